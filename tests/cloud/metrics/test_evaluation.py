"""Alarm states, by the examples of AWS's documentation."""

from __future__ import annotations

import pytest

from labkit.cloud.metrics.evaluation import Rule, State, Treatment, judge

OK, ALARM, NO_DATA = State.OK, State.ALARM, State.INSUFFICIENT_DATA
RETAIN = None
READ = {"0": False, "X": True, "-": None}

# Five periods, the latest on the right; states if missing data are missing, ignored, breaching and
# not breaching. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
THREE_OF_THREE = [
    ("0-X-X", (OK, OK, OK, OK)),
    ("0----", (OK, OK, OK, OK)),
    ("-----", (NO_DATA, RETAIN, ALARM, OK)),
    ("0XX-X", (ALARM, ALARM, ALARM, ALARM)),
    ("--X--", (ALARM, RETAIN, ALARM, OK)),
    # "The alarm does not go immediately into ALARM state."
    ("----X", (NO_DATA, RETAIN, ALARM, OK)),
    ("---X-", (NO_DATA, RETAIN, ALARM, OK)),
    # "False positives are avoided when the next data point is non-breaching."
    ("---X0", (OK, OK, OK, OK)),
    ("--X-0", (OK, OK, OK, OK)),
]
TWO_OF_THREE = [
    ("0-X-X", (ALARM, ALARM, ALARM, ALARM)),
    ("00X0X", (ALARM, ALARM, ALARM, ALARM)),
    ("0-X--", (OK, OK, ALARM, OK)),
    ("----0", (OK, OK, ALARM, OK)),
    ("---X-", (ALARM, RETAIN, ALARM, OK)),
    ("----X", (NO_DATA, RETAIN, ALARM, OK)),
]


@pytest.mark.fidelity(
    "CloudWatch",
    "An alarm treats missing data as it is told, and looks two periods further back for real ones.",
    source="CloudWatch guide: alarms-and-missing-data",
)
@pytest.mark.parametrize(
    ("to_alarm", "periods", "states"),
    [(3, *row) for row in THREE_OF_THREE] + [(2, *row) for row in TWO_OF_THREE],
)
@pytest.mark.parametrize("present", [OK, ALARM, NO_DATA])
def test_states_are_those_of_the_documentation(
    to_alarm: int, periods: str, states: tuple[State | None, ...], present: State
) -> None:
    """Every row of both tables, for each treatment and from each state."""
    breaches = [READ[period] for period in periods]
    for treatment, state in zip(Treatment, states, strict=True):
        rule = Rule(3, to_alarm, treatment)
        assert rule.range == len(breaches)
        assert judge(breaches, rule, present).state is (state or present), treatment


def test_one_period_is_enough_when_one_is_asked_for() -> None:
    """The latest real one decides, even when it is two periods old."""
    rule = Rule(1, 1)
    assert judge([None, None, True], rule, OK).state is ALARM
    assert judge([True, None, None], rule, OK).state is ALARM
    assert judge([True, None, False], rule, ALARM).state is OK
    assert judge([None, None, None], rule, OK).state is NO_DATA


def test_says_what_it_has_evaluated() -> None:
    """Ages of periods, newest first, and how many were filled in."""
    verdict = judge([False, None, True, None, True], Rule(3, 3), OK)
    assert (verdict.evaluated, verdict.filled) == ((0, 2, 4), 0)
    verdict = judge([None, None, True, None, None], Rule(3, 3, Treatment.BREACHING), OK)
    assert (verdict.evaluated, verdict.filled) == ((2,), 2)
