"""Reasons of alarms, word by word those that alarms on AWS have given."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from labkit.cloud.metrics.evaluation import State, Treatment
from labkit.cloud.metrics.reasons import Datapoint, reason_data, threshold_crossed


def at(text: str) -> int:
    """Epoch seconds of a time as reasons write it."""
    return int(datetime.strptime(text, "%d/%m/%y %H:%M:%S").replace(tzinfo=UTC).timestamp())


def points(**values: float | None) -> list[Datapoint]:
    """Datapoints by their times, such as `t0550=2.0`, of one day."""
    return [
        Datapoint(at(f"19/08/26 {name[1:3]}:{name[3:5]}:00"), value, 1.0)
        for name, value in values.items()
    ]


GREATER = {"comparison": "GreaterThanThreshold", "threshold": 0.0}


@pytest.mark.fidelity(
    "CloudWatch",
    "An alarm gives its reason in the words of AWS, with the data points that decided.",
    source="CloudWatch guide: Notify_Users_Alarm_Changes",
)
@pytest.mark.parametrize(
    ("datapoints", "options", "reason"),
    [
        (
            points(t0550=2.0, t0547=3.0, t0544=1.0),
            {"state": State.ALARM, "periods": 3, **GREATER},
            "Threshold Crossed: 3 datapoints [2.0 (19/08/26 05:50:00), 3.0 (19/08/26 05:47:00), "
            "1.0 (19/08/26 05:44:00)] were greater than the threshold (0.0).",
        ),
        (
            points(t0948=0.0),
            {"state": State.OK, "periods": 1, **GREATER},
            "Threshold Crossed: 1 datapoint [0.0 (19/08/26 09:48:00)] was not greater than the "
            "threshold (0.0).",
        ),
        (
            points(t1215=613.0),
            {
                "state": State.ALARM,
                "periods": 20,
                "to_alarm": 1,
                "comparison": "GreaterThanOrEqualToThreshold",
                "threshold": 1.0,
                "treatment": Treatment.NOT_BREACHING,
            },
            "Threshold Crossed: 1 out of the last 20 datapoints [613.0 (19/08/26 12:15:00)] was "
            "greater than or equal to the threshold (1.0) and 19 missing datapoints were treated "
            "as [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition).",
        ),
        (
            points(t0936=2.0),
            {
                "state": State.OK,
                "periods": 8,
                "comparison": "LessThanOrEqualToThreshold",
                "threshold": 0.0,
                "treatment": Treatment.BREACHING,
            },
            "Threshold Crossed: 1 datapoint [2.0 (19/08/26 09:36:00)] was not less than or equal "
            "to the threshold (0.0) and 7 missing datapoints were treated as [Breaching].",
        ),
        (
            points(t0800=None, t0745=None),
            {"state": State.ALARM, "periods": 2, **GREATER, "treatment": Treatment.BREACHING},
            "Threshold Crossed: no datapoints were received for 2 periods and 2 missing "
            "datapoints were treated as [Breaching].",
        ),
        (
            points(t0800=0.0, t0745=None, t0730=None),
            {"state": State.ALARM, "periods": 3, **GREATER, "treatment": Treatment.BREACHING},
            "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints "
            "were treated as [Breaching].",
        ),
        (
            points(t0800=None),
            {"state": State.INSUFFICIENT_DATA, "periods": 1, **GREATER},
            "Insufficient Data: 1 datapoint was unknown.",
        ),
    ],
)
def test_the_reason_is_the_one_of_aws(
    datapoints: list[Datapoint], options: dict[str, Any], reason: str
) -> None:
    """As found in notifications and histories of alarms on AWS."""
    defaults = {"to_alarm": None, "treatment": Treatment.MISSING}
    assert threshold_crossed(datapoints, **{**defaults, **options}) == reason


def test_the_data_of_a_reason_are_those_of_aws() -> None:
    """The document of an alarm on a sum, with one period that has data and one that has none."""
    data = reason_data(
        [Datapoint(at("26/10/24 18:59:00"), 3.0, 3.0), Datapoint(at("26/10/24 18:58:00"))],
        asked=at("26/10/24 19:00:38") + 0.853,
        statistic="Sum",
        period=60,
        threshold=1.0,
        unit=None,
    )
    assert json.loads(data) == {
        "version": "1.0",
        "queryDate": "2024-10-26T19:00:38.853+0000",
        "startDate": "2024-10-26T18:59:00.000+0000",
        "statistic": "Sum",
        "period": 60,
        "recentDatapoints": [3.0],
        "threshold": 1.0,
        "evaluatedDatapoints": [
            {"timestamp": "2024-10-26T18:59:00.000+0000", "sampleCount": 3.0, "value": 3.0},
            {"timestamp": "2024-10-26T18:58:00.000+0000"},
        ],
    }
