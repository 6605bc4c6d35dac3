"""moto's CloudWatch Logs, asked while a function still runs.

What a running invocation has printed lies in its worker's file until the invocation ends; whoever
reads the log group gets it at that moment, so that `aws logs tail --follow` shows it live and
nothing has to be polled.
"""

from __future__ import annotations

import logging
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any

from moto.cloudwatch.exceptions import InvalidParameterValue
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import unix_time_millis
from moto.logs import models
from moto.logs.exceptions import LogsClientError, ResourceNotFoundException
from moto.logs.models import LogGroup, LogsBackend

from labkit.cloud.constraints import not_one_of
from labkit.cloud.functions.log_patterns import LogPattern
from labkit.cloud.metrics import embedded

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

log = logging.getLogger("labkit.cloud")
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
LONGEST_NAME = 512
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTIONS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
INVALID = "InvalidParameterException"
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
TOO_OLD, TOO_NEW = 14 * 24 * 3_600_000, 2 * 3_600_000  # milliseconds before and after now


class LabLogGroup(LogGroup):
    """A log group that is described as AWS does."""

    def to_describe_dict(self) -> dict[str, Any]:
        """What DescribeLogGroups shows of it."""
        described = super().to_describe_dict()
        return described | {"logGroupClass": "STANDARD", "deletionProtectionEnabled": False}


class LabLogsBackend(LogsBackend):
    """Log groups with the output of running functions in them."""

    cloud: Cloud

    def put_log_events(
        self, log_group_name: str, log_stream_name: str, log_events: list[dict[str, Any]]
    ) -> tuple[str, dict[str, Any]]:
        """Keep events of one stream that are not too old or too new, and count their metrics.

        https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_RejectedLogEventsInfo.html
        """
        now = unix_time_millis()
        token, rejected = super().put_log_events(log_group_name, log_stream_name, log_events)
        times = [event["timestamp"] for event in log_events]
        begin, end = bisect_left(times, now - TOO_OLD), bisect_right(times, now + TOO_NEW)
        if begin > 0:
            rejected["tooOldLogEventEndIndex"] = begin
        if end < len(times):
            rejected["tooNewLogEventStartIndex"] = end
        for event in log_events[begin:end]:
            for metrics in embedded.read(event["message"]):
                self._count(**metrics)
        return token, rejected

    def _count(self, Namespace: str, MetricData: list[dict[str, Any]]) -> None:  # noqa: N803
        backend = cloudwatch_backends[self.account_id][self.region_name]
        try:
            backend.put_metric_data(Namespace, MetricData)
        except InvalidParameterValue as error:  # a log event is kept, whatever it holds
            log.warning("Metrics embedded in a log event are not counted: %s", error.message)

    def get_log_events(self, log_group_name: str | None, **kwargs: Any) -> Any:
        """Events of one stream, up to but without those of `end_time`."""
        if kwargs.get("end_time") is not None:
            kwargs["end_time"] -= 1
        self.cloud.functions.collect(log_group_name)
        group = self.groups.get(log_group_name or "")
        if group is not None and kwargs["log_stream_name"] not in group.streams:
            raise ResourceNotFoundException("The specified log stream does not exist.")
        return super().get_log_events(log_group_name, **kwargs)

    def create_log_group(self, log_group_name: str, *args: Any, **kwargs: Any) -> LogGroup:
        """Make a log group, whose name has an end."""
        if len(log_group_name) > LONGEST_NAME:
            raise LogsClientError(
                INVALID,
                "Invalid LogGroup or LogStream, both must have length less than or equal to "
                f"{LONGEST_NAME}.",
            )
        return super().create_log_group(log_group_name, *args, **kwargs)

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        """Add tags to a log group."""
        self._check_group(arn)
        super().tag_resource(arn, tags)

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        """Take tags from a log group."""
        self._check_group(arn)
        super().untag_resource(arn, tag_keys)

    def list_tags_for_resource(self, resource_arn: str) -> dict[str, str]:
        """The tags of a log group."""
        self._check_group(resource_arn)
        return super().list_tags_for_resource(resource_arn)

    def _check_group(self, arn: str) -> None:
        """Refuse what is no group's ARN; moto keeps tags for whatever is named."""
        if arn not in [group.arn for group in self.groups.values()]:
            raise ResourceNotFoundException()

    def create_log_stream(self, log_group_name: str, log_stream_name: str) -> None:
        """Make a stream that its group does not have yet."""
        group = self.groups.get(log_group_name)
        if group is not None and log_stream_name in group.streams:
            raise LogsClientError(
                "ResourceAlreadyExistsException", "The specified log stream already exists"
            )
        super().create_log_stream(log_group_name, log_stream_name)

    def describe_log_streams(self, **asked: Any) -> tuple[list[dict[str, Any]], str | None]:
        """The streams of a group that goes by its name or by its ARN."""
        if asked["log_group_name"] and asked["log_group_id"]:
            raise LogsClientError(
                "ValidationException",
                "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
            )
        return super().describe_log_streams(**asked)

    def put_retention_policy(self, log_group_name: str, retention_in_days: Any) -> None:
        """Show how long a group's events would be kept."""
        if retention_in_days not in RETENTIONS:
            fault = not_one_of("retentionInDays", retention_in_days, RETENTIONS)
            raise LogsClientError(INVALID, fault)
        super().put_retention_policy(log_group_name, retention_in_days)

    def filter_log_events(self, log_group_name: str, *asked: Any) -> Any:
        """Events of a group's streams that a pattern finds, oldest first.

        Whatever `interleaved` says, which comes last: AWS ignores it.
        https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
        """
        *others, next_token, filter_pattern, _interleaved = asked
        LogPattern(filter_pattern)  # a wrong one is refused, also where there are no events
        if next_token and not next_token.startswith(f"{log_group_name}@"):
            raise LogsClientError(INVALID, "The specified nextToken is invalid.")
        self.cloud.functions.collect(log_group_name)
        return super().filter_log_events(
            log_group_name, *others, next_token, filter_pattern or "", True
        )


def install() -> None:
    """Make moto read filter patterns as CloudWatch does, and describe groups likewise.

    Its own reader takes most patterns for "all".
    """
    models.EventMessageFilter = LogPattern  # type: ignore[misc]
    models.LogGroup = LabLogGroup  # type: ignore[misc]
