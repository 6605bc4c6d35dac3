"""Which state the latest periods of a metric put an alarm in, missing ones included.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
CloudWatch looks at more periods than it evaluates, so that a late or missing one does no harm. How
many more it does not say; its examples, with 5 periods for 3, have two.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

SPARE_PERIODS = 2


class State(StrEnum):
    """The states of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Treatment(StrEnum):
    """What a missing period counts as (TreatMissingData)."""

    MISSING = "missing"
    IGNORE = "ignore"
    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"


COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True)
class Rule:
    """`to_alarm` of the last `periods` periods must breach (M out of N)."""

    periods: int
    to_alarm: int
    treatment: Treatment = Treatment.MISSING

    @property
    def range(self) -> int:
        """How many periods are looked at."""
        return self.periods + SPARE_PERIODS


@dataclass(frozen=True)
class Verdict:
    """The state; `evaluated` counts back from the latest period (0), and `filled` were missing."""

    state: State
    evaluated: tuple[int, ...]
    filled: int


def judge(breaches: Sequence[bool | None], rule: Rule, present: State) -> Verdict:
    """The state after `breaches`, oldest first, of which None is a missing period.

    >>> judge([False, True, True, None, True], Rule(3, 3), State.OK).state
    <State.ALARM: 'ALARM'>
    """
    ages = [age for age, breach in enumerate(reversed(breaches)) if breach is not None]
    evaluated = tuple(ages[: rule.periods])
    breaching = [age for age in evaluated if breaches[-1 - age]]
    filled = rule.periods - len(evaluated)
    state = _state(rule, present, evaluated, breaching, filled)
    return Verdict(state, evaluated, filled)


def _state(
    rule: Rule, present: State, evaluated: tuple[int, ...], breaching: list[int], filled: int
) -> State:
    if filled and rule.treatment is Treatment.BREACHING:
        return State.ALARM if len(breaching) + filled >= rule.to_alarm else State.OK
    if len(breaching) >= rule.to_alarm:
        return State.ALARM
    if not filled or rule.treatment is Treatment.NOT_BREACHING or len(breaching) < len(evaluated):
        return State.OK
    # Nothing but missing and breaching periods, too few of these.
    if rule.treatment is Treatment.IGNORE:
        return present
    # "Avoiding premature transitions to alarm state": when the breach is old enough, and nothing
    # better has come since, the alarm no longer waits for more.
    if breaching and breaching[-1] + 1 >= rule.to_alarm:
        return State.ALARM
    return State.INSUFFICIENT_DATA
