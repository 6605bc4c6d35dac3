"""What an alarm does when it changes its state: it tells SNS topics that let CloudWatch publish.

The message is the JSON that AWS's alarms send, field by field as notifications on AWS show it.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
from moto.core.exceptions import ServiceException
from moto.sns.models import sns_backends

from labkit.cloud.metrics.alarm import LabAlarm
from labkit.cloud.metrics.evaluation import State
from labkit.cloud.metrics.reasons import iso_time

if TYPE_CHECKING:
    from labkit.cloud.access.access import Access

SERVICE = "cloudwatch.amazonaws.com"
LONGEST_SUBJECT = 99
STATISTICS = {"SampleCount": "SAMPLE_COUNT"}


def of(alarm: LabAlarm, state: State) -> list[str]:
    """The ARNs that an alarm notifies of a state."""
    arns: list[str] = {
        State.ALARM: alarm.alarm_actions,
        State.OK: alarm.ok_actions,
        State.INSUFFICIENT_DATA: alarm.insufficient_data_actions,
    }[state]
    return arns


def execute(
    access: Access, alarm: LabAlarm, topic_arn: str, old: State, at: float
) -> tuple[dict[str, Any], str | None]:
    """Publish an alarm's new state; return the message and, if that failed, the reason."""
    _, _, _, region, account, _ = topic_arn.split(":", 5)
    message = notification(alarm, old, account_id=account, at=at)
    if access.service_denial(SERVICE, "sns:Publish", topic_arn, source_arn=alarm.alarm_arn):
        # https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
        return message, (
            f"Resource: {alarm.alarm_arn} is not authorized to perform: SNS:Publish on resource: "
            f"{topic_arn}"
        )
    subject = f'{alarm.state_value}: "{alarm.name}" in {region_name(alarm.region_name)}'
    try:
        sns_backends[account][region].publish(
            json.dumps(message, separators=(",", ":")), topic_arn, subject=subject[:LONGEST_SUBJECT]
        )
    except ServiceException as error:
        return message, error.message
    return message, None


def notification(alarm: LabAlarm, old: State, *, account_id: str, at: float) -> dict[str, Any]:
    """The message about an alarm that was in the state `old`."""
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": account_id,
        "AlarmConfigurationUpdatedTimestamp": iso_time(alarm.configured_at),
        "NewStateValue": str(alarm.state_value),
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": iso_time(at),
        "Region": region_name(alarm.region_name),
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": str(old),
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
        "Trigger": _trigger(alarm),
    }


def _trigger(alarm: LabAlarm) -> dict[str, Any]:
    if alarm.extended_statistic:
        measured = {
            "StatisticType": "ExtendedStatistic",
            "ExtendedStatistic": alarm.extended_statistic,
        }
    else:
        name = STATISTICS.get(alarm.statistic, alarm.statistic.upper())
        measured = {"StatisticType": "Statistic", "Statistic": name}
    to_alarm = alarm.datapoints_to_alarm
    return {
        "MetricName": alarm.metric_name,
        "Namespace": alarm.namespace,
        **measured,
        "Unit": alarm.unit,
        "Dimensions": [{"value": each.value, "name": each.name} for each in alarm.dimensions],
        "Period": alarm.period,
        "EvaluationPeriods": alarm.evaluation_periods,
        **({} if to_alarm is None else {"DatapointsToAlarm": to_alarm}),
        "ComparisonOperator": alarm.comparison_operator,
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.treat_missing_data or "",
        "EvaluateLowSampleCountPercentile": alarm.evaluate_low_sample_count_percentile or "",
    }


@cache
def region_name(region: str) -> str:
    """A region as AWS calls it.

    >>> region_name("us-east-1")
    'US East (N. Virginia)'
    """
    for partition in botocore.session.get_session().get_data("endpoints")["partitions"]:
        if region in partition["regions"]:
            return str(partition["regions"][region]["description"])
    return region
