"""What the gate costs: orders per second with it on and off, `python -m tests.benchmarks.gate`.

Two clouds run side by side, one with LAB_IAM=enforce and one with LAB_IAM=off, and take turns, so
that whatever else the machine does slows both down alike.
"""

from __future__ import annotations

import os
import statistics
from contextlib import ExitStack

import boto3
import pandas as pd

from labkit import pipeline, targets
from labkit.lab import Lab
from tests.benchmarks.__main__ import endless_orders, steady, subscribe
from tests.benchmarks.subscriber import Subscriber

MODES = ("off", "enforce")
WARM_UP, ORDERS, ROUNDS = 100, 300, 7


def open_lab(mode: str, stack: ExitStack) -> tuple[Lab, Subscriber]:
    """A lab with the whole pipeline on a cloud in this mode, and the topic's only subscriber."""
    os.environ["LAB_IAM"] = mode
    endpoint_url, stop = targets.start_cloud()
    stack.callback(stop)
    session = boto3.Session(region_name=targets.REGION)
    lab = stack.enter_context(
        Lab(session=session, target=mode, endpoint_url=endpoint_url, region=targets.REGION)
    )
    pipeline.build(lab, progress=False)
    subscriber = Subscriber()
    stack.callback(subscriber.close)
    subscribe(lab, subscriber)
    return lab, subscriber


def main() -> None:
    """Print orders per second of each mode, and their ratio."""
    os.environ.update(targets.LOCAL_KEYS)
    source = endless_orders()
    with ExitStack() as stack:
        labs = {mode: open_lab(mode, stack) for mode in MODES}

        def run(mode: str, count: int) -> float:
            return count / steady(*labs[mode], source, count)

        for mode in MODES:
            run(mode, WARM_UP)
        rates: dict[str, list[float]] = {mode: [] for mode in MODES}
        for number in range(ROUNDS):
            for mode in MODES if number % 2 else MODES[::-1]:
                rates[mode].append(run(mode, ORDERS))
    ratios = [on / off for on, off in zip(rates["enforce"], rates["off"], strict=True)]
    print(pd.DataFrame(rates).round(1).to_string())
    medians = {mode: statistics.median(found) for mode, found in rates.items()}
    print(f"\nmedian orders per second: {medians}")
    print(f"with the gate / without: {medians['enforce'] / medians['off']:.3f} of the medians, ")
    print(f"{statistics.median(ratios):.3f} the median of {ROUNDS} rounds")


if __name__ == "__main__":
    main()
