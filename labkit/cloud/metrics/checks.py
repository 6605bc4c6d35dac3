"""What CloudWatch refuses of an alarm or of data, and what only this cloud refuses.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from moto.cloudwatch.exceptions import (
    InvalidParameterCombination,
    InvalidParameterValue,
    ValidationError,
)

from labkit.cloud.constraints import not_one_of
from labkit.cloud.metrics.errors import refuse
from labkit.cloud.metrics.evaluation import COMPARISONS, Treatment
from labkit.cloud.metrics.statistics import SIMPLE, statistic
from labkit.cloud.metrics.store import MINUTE

DAY = 86_400
SHORT_PERIODS = (1, 5, 10, 20, 30)  # seconds
SHORTEST_OF_ALARM = 10
REQUIRED = ("MetricName", "Namespace", "Period", "Threshold")  # of an alarm on one metric


def check_alarm(asked: Mapping[str, Any], region: str) -> None:
    """Refuse what PutMetricAlarm asks for in a region and cannot have."""
    for name in REQUIRED:
        if asked.get(name) is None:
            raise ValidationError(f"The parameter {name} is required.")
    _check_one_of("comparisonOperator", asked["ComparisonOperator"], COMPARISONS)
    _check_statistic(asked)
    check_period(asked["Period"], shortest=SHORTEST_OF_ALARM)
    _check_evaluation(asked)
    for kind in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        for arn in asked.get(kind) or ():
            _check_action(arn, region)


def check_period(seconds: int, *, shortest: int = 1) -> None:
    """Refuse a period that is no number of minutes, nor one of those below a minute."""
    if seconds < shortest or (seconds not in SHORT_PERIODS and seconds % MINUTE):
        raise InvalidParameterValue(f"The parameter Period must be a multiple of {MINUTE}.")


def check_datum(datum: Mapping[str, Any], number: int, *, at: float, now: float) -> None:
    """Refuse a datum, the `number`th of its request, that is too old or means two things."""
    where = f"MetricData.member.{number}"
    if datum.get("Values") and datum.get("Value") is not None:
        raise InvalidParameterCombination(
            f"The parameters {where}.Value and {where}.Values are mutually exclusive and you have "
            "specified both."
        )
    statistics = (datum.get("StatisticValues") or {}).values()
    for value in (datum.get("Value", 0.0), *(datum.get("Values") or ()), *statistics):
        if not math.isfinite(value):
            shown = "NaN" if math.isnan(value) else value
            raise InvalidParameterValue(
                f"The value {shown} for parameter {where}.Value is invalid."
            )
    if at < now - 14 * DAY:
        raise InvalidParameterValue(
            f"The parameter {where}.Timestamp must be within the past two weeks."
        )
    if at > now + 2 * 3600:
        raise InvalidParameterValue(
            f"The parameter {where}.Timestamp must specify a time no more than two hours "
            "in the future."
        )


def _check_statistic(asked: Mapping[str, Any]) -> None:
    simple, extended = asked.get("Statistic"), asked.get("ExtendedStatistic")
    if bool(simple) == bool(extended):
        raise InvalidParameterCombination(
            "Exactly one of Statistic and ExtendedStatistic must be specified."
        )
    if simple:
        _check_one_of("statistic", simple, SIMPLE)
    else:
        statistic(extended)


def _check_evaluation(asked: Mapping[str, Any]) -> None:
    period, periods = asked["Period"], asked["EvaluationPeriods"]
    to_alarm = asked.get("DatapointsToAlarm")
    if to_alarm is not None and to_alarm > periods:
        raise ValidationError("DatapointsToAlarm must be between 1 and EvaluationPeriods.")
    longest = DAY if period < 3600 else 7 * DAY
    if period * periods > longest:
        raise ValidationError(f"Period times EvaluationPeriods must be at most {longest} seconds.")
    treatment = asked.get("TreatMissingData")
    if treatment is not None and treatment not in set(Treatment):
        raise ValidationError(
            f"Option {treatment} is not supported. Supported options for parameter "
            f"TreatMissingData are {', '.join(Treatment)}."
        )


def _check_action(arn: str, region: str) -> None:
    parts = arn.split(":")
    if len(parts) < 6 or parts[0] != "arn":
        raise ValidationError(f"Invalid arn syntax: {arn}")
    if parts[2] != "sns":
        raise refuse(f"The action {arn}, which is no SNS topic,")
    if parts[3] != region:
        raise ValidationError(f"Invalid region {parts[3]} specified. Only {region} is supported.")


def _check_one_of(name: str, value: str, known: Mapping[str, object]) -> None:
    if value not in known:
        raise ValidationError(not_one_of(name, value, known))
