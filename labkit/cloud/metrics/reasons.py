"""Why an alarm is in its state, in AWS's words: StateReason and StateReasonData.

The texts are those of alarms on AWS, as notifications and DescribeAlarmHistory show them:
"Threshold Crossed: 1 out of the last 20 datapoints [613.0 (16/03/24 12:15:00)] was greater than or
equal to the threshold (1.0) and 19 missing datapoints were treated as [NonBreaching] (minimum 1
datapoint for OK -> ALARM transition)."
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from labkit.cloud import instants
from labkit.cloud.metrics.evaluation import COMPARISONS, State, Treatment

INITIAL = "Unchecked: Initial alarm creation"
WORDS = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}


@dataclass(frozen=True)
class Datapoint:
    """One evaluated period: when it began (epoch seconds), its value and its samples."""

    at: int
    value: float | None = None
    samples: float | None = None


def threshold_crossed(
    datapoints: Sequence[Datapoint],
    *,
    state: State,
    comparison: str,
    threshold: float,
    periods: int,
    to_alarm: int | None,
    treatment: Treatment,
) -> str:
    """The reason for a state; `datapoints` are newest first, `to_alarm` None if it was not set."""
    received = [point for point in datapoints if point.value is not None]
    missing = periods - len(received)
    if state is State.INSUFFICIENT_DATA:
        return f"Insufficient Data: {_count(periods)} {_were(periods)} unknown."
    filled = ""
    if missing and treatment in (Treatment.BREACHING, Treatment.NOT_BREACHING):
        kind = "Breaching" if treatment is Treatment.BREACHING else "NonBreaching"
        filled = (
            f" and {missing} missing datapoint{_s(missing)} {_were(missing)} treated as [{kind}]"
        )
    if not received:
        return (
            f"Threshold Crossed: no datapoints were received for {periods} "
            f"period{_s(periods)}{filled}."
        )
    told = [
        point
        for point in received
        if COMPARISONS[comparison](point.value, threshold) is (state is State.ALARM)  # type: ignore[arg-type]
    ]
    if not told:  # it is the missing ones that decided
        return (
            f"Threshold Crossed: {_count(len(received))} {_were(len(received))} received for "
            f"{periods} period{_s(periods)}{filled}."
        )
    values = ", ".join(
        f"{point.value} ({datetime.fromtimestamp(point.at, UTC):%d/%m/%y %H:%M:%S})"
        for point in told
    )
    relation = "" if state is State.ALARM else "not "
    relation += f"{WORDS[comparison]} the threshold ({threshold})"
    if to_alarm is None:
        count, minimum = _count(len(told)), ""
    else:
        count = f"{len(told)} out of the last {periods} datapoints"
        least = to_alarm if state is State.ALARM else periods - to_alarm + 1
        way = "OK -> ALARM" if state is State.ALARM else "ALARM -> OK"
        minimum = f" (minimum {_count(least)} for {way} transition)"
    return f"Threshold Crossed: {count} [{values}] {_were(len(told))} {relation}{filled}{minimum}."


def reason_data(
    datapoints: Sequence[Datapoint],
    *,
    asked: float,
    statistic: str,
    period: int,
    threshold: float,
    unit: str | None,
) -> str:
    """StateReasonData: the evaluated periods as JSON; `datapoints` are newest first."""
    received = [point for point in datapoints if point.value is not None]
    data: dict[str, object] = {"version": "1.0", "queryDate": iso_time(asked)}
    if received:
        data["startDate"] = iso_time(min(point.at for point in received))
    if unit:
        data["unit"] = unit
    data |= {
        "statistic": statistic,
        "period": period,
        "recentDatapoints": [point.value for point in reversed(received)],
        "threshold": threshold,
        "evaluatedDatapoints": [_shown(point) for point in datapoints],
    }
    return json.dumps(data, separators=(",", ":"))


def iso_time(instant: float) -> str:
    """An instant as CloudWatch writes it in JSON.

    >>> iso_time(1729969238.853)
    '2024-10-26T19:00:38.853+0000'
    """
    return instants.iso_time(instant).replace("Z", "+0000")


def _shown(point: Datapoint) -> dict[str, object]:
    shown = {"timestamp": iso_time(point.at), "sampleCount": point.samples, "value": point.value}
    return {name: value for name, value in shown.items() if value is not None}


def _count(number: int) -> str:
    return f"{number} datapoint{_s(number)}"


def _s(number: int) -> str:
    return "" if number == 1 else "s"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
