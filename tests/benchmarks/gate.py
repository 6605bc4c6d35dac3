"""What the gate costs: orders with it on and off, `python -m tests.benchmarks.gate`.

Two clouds run side by side, one with LAB_IAM=enforce and one with LAB_IAM=off, and take turns, so
that whatever else the machine does slows both down alike. Orders per second tell of the machine's
other work as well, however short the turns; processor time of the cloud's process hardly does.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass

import boto3
import pandas as pd
import psutil
from tqdm import tqdm

from labkit import aws_settings, pipeline, targets
from labkit.lab import Lab
from tests.benchmarks.__main__ import endless_orders, steady, subscribe
from tests.benchmarks.subscriber import Subscriber

MODES = ("off", "enforce")
WARM_UP, ORDERS, ROUNDS = 200, 150, 40


@dataclass(frozen=True)
class Running:
    """A lab with the whole pipeline, its cloud's process, and the topic's only subscriber."""

    lab: Lab
    cloud: psutil.Process
    subscriber: Subscriber

    @property
    def cpu(self) -> float:
        """Seconds of processor time that the cloud has used, without its functions."""
        times = self.cloud.cpu_times()
        return times.user + times.system


def open_lab(mode: str, stack: ExitStack) -> Running:
    """The pipeline on a cloud in this mode."""
    os.environ["LAB_IAM"] = mode
    this = psutil.Process()
    others = set(this.children())
    endpoint_url, stop = targets.start_cloud()
    stack.callback(stop)
    (cloud,) = set(this.children()) - others
    session = boto3.Session(region_name=aws_settings.REGION)
    lab = stack.enter_context(
        Lab(session=session, target=mode, endpoint_url=endpoint_url, region=aws_settings.REGION)
    )
    pipeline.build(lab, progress=False)
    subscriber = Subscriber()
    stack.callback(subscriber.close)
    subscribe(lab, subscriber)
    return Running(lab, cloud, subscriber)


def measure() -> pd.DataFrame:
    """A row for each round and mode: seconds, and the cloud's seconds of processor time."""
    source = endless_orders()
    rows = []
    with ExitStack() as stack:
        labs = {mode: open_lab(mode, stack) for mode in MODES}
        for running in labs.values():
            steady(running.lab, running.subscriber, source, WARM_UP)
        for number in tqdm(range(ROUNDS), desc="rounds"):
            for mode in MODES if number % 2 else MODES[::-1]:
                running = labs[mode]
                before = running.cpu
                seconds = steady(running.lab, running.subscriber, source, ORDERS)
                rows.append((number, mode, seconds, running.cpu - before))
    return pd.DataFrame(rows, columns=["round", "mode", "seconds", "cpu"])


def main() -> None:
    """Print orders per second and the cloud's milliseconds per order of each mode, and ratios."""
    os.environ.update(aws_settings.LOCAL_KEYS)
    found = measure()
    found["orders per second"] = ORDERS / found["seconds"]
    found["cloud CPU, ms per order"] = 1000 * found["cpu"] / ORDERS
    shown = found.columns[-2:].to_list()
    table = found.pivot(index="round", columns="mode", values=shown)
    print(table.round(2).to_string())
    for name in shown:
        by_round = table[name]["enforce"] / table[name]["off"]
        medians = table[name].median()
        print(
            f"\n{name}, medians: {medians['enforce']:.2f} with the gate, {medians['off']:.2f} "
            f"without\nwith / without: {medians['enforce'] / medians['off']:.3f} of the medians, "
            f"{by_round.median():.3f} the median of {ROUNDS} rounds"
        )


if __name__ == "__main__":
    main()
