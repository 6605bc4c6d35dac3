"""Which settings of a mapping AWS refuses: values out of range, and what does not go together.

https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html; texts as recorded,
where they were. What the local cloud does not honour is refused, never ignored.
"""

from __future__ import annotations

from typing import Any

from labkit.cloud.constraints import one_of
from labkit.cloud.mappings.errors import InvalidParameter, ValidationFailed, not_supported
from labkit.cloud.mappings.kinds import Kind
from labkit.cloud.mappings.outcomes import REPORT_BATCH_ITEM_FAILURES
from labkit.cloud.mappings.patterns import InvalidPattern, parse

Settings = dict[str, Any]

# Parameters of the API, whatever the source, that are not settings of the poller.
COMMON = {"EventSourceArn", "FunctionName", "Enabled", "Tags"}
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
_OF_QUEUES = {
    "BatchSize",
    "FilterCriteria",
    "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds",
    "ScalingConfig",
}
# https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
_OF_STREAMS = {
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "FilterCriteria",
    "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "ParallelizationFactor",
    "StartingPosition",
    "TumblingWindowInSeconds",
}
# What AWS takes for a queue or a table's stream and the local cloud does not honour.
_UNSUPPORTED = {"KMSKeyArn", "LoggingConfig", "MetricsConfig", "ProvisionedPollerConfig"}

# botocore's model of the API.
_RANGES = {
    "BatchSize": (1, 10_000),
    "MaximumBatchingWindowInSeconds": (0, 300),
    "ParallelizationFactor": (1, 10),
    "MaximumRecordAgeInSeconds": (-1, 604_800),
    "MaximumRetryAttempts": (-1, 10_000),
    "TumblingWindowInSeconds": (0, 900),
}
_CONCURRENCY_RANGE = (2, 1000)
_POSITIONS = ("LATEST", "AT_TIMESTAMP", "TRIM_HORIZON")
# https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html, FIFO queues
_LARGEST_FIFO_BATCH = 10
_LARGEST_BATCH_WITHOUT_WINDOW = 10
# API_CreateEventSourceMapping: "-1", or 60 and above
_SMALLEST_AGE = 60
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
_MOST_FILTERS = 5


def check(settings: Settings, spec: Settings, kind: Kind) -> None:
    """Raise AWS's error unless `settings`, to which a request's `spec` led, can be."""
    for parameter, value in spec.items():
        if parameter not in COMMON and value is not None:
            _check_parameter(parameter, value, kind, spec)
    _check_ranges(settings)
    if kind is Kind.STREAM:
        _check_stream(settings)
    else:
        _check_queue(settings, kind)
    _check_filters(settings)


def filters_of(settings: Settings) -> list[Any]:
    """The filters of a mapping, as given."""
    return (settings.get("FilterCriteria") or {}).get("Filters") or []


def _check_parameter(parameter: str, value: Any, kind: Kind, spec: Settings) -> None:
    if parameter == "StartingPosition" and value not in _POSITIONS:
        raise ValidationFailed(value, "startingPosition", one_of(_POSITIONS))
    if parameter in ("StartingPosition", "StartingPositionTimestamp"):
        if kind is not Kind.STREAM:
            raise InvalidParameter("StartingPosition is not valid for SQS event sources.")
        if spec.get("StartingPosition") == "AT_TIMESTAMP":
            raise InvalidParameter(
                f"Unsupported starting position for arn type: {spec.get('EventSourceArn')}"
            )
        if parameter == "StartingPositionTimestamp":
            raise InvalidParameter("Timestamp only valid with StartingPosition AT_TIMESTAMP")
    if parameter in _UNSUPPORTED:
        raise not_supported(parameter)
    if parameter not in (_OF_STREAMS if kind is Kind.STREAM else _OF_QUEUES):
        raise InvalidParameter(
            f"Unsupported {parameter} parameter for given event source mapping type."
        )


def _check_ranges(settings: Settings) -> None:
    for parameter, (least, most) in _RANGES.items():
        if parameter in settings:
            _check_range(settings[parameter], _member(parameter), least, most)
    concurrency = settings.get("ScalingConfig", {}).get("MaximumConcurrency")
    if concurrency is not None:
        _check_range(concurrency, "scalingConfig.maximumConcurrency", *_CONCURRENCY_RANGE)
    for response_type in settings["FunctionResponseTypes"]:
        if response_type != REPORT_BATCH_ITEM_FAILURES:
            allowed = one_of([REPORT_BATCH_ITEM_FAILURES])
            raise ValidationFailed([response_type], "functionResponseTypes", allowed)


def _check_range(value: Any, member: str, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValidationFailed(value, member, "Member must be an integer")
    if value < least:
        bound = f"Member must have value greater than or equal to {least}"
        raise ValidationFailed(value, member, bound)
    if value > most:
        bound = f"Member must have value less than or equal to {most}"
        raise ValidationFailed(value, member, bound)


def _check_queue(settings: Settings, kind: Kind) -> None:
    size, window = settings["BatchSize"], settings["MaximumBatchingWindowInSeconds"]
    if kind is Kind.FIFO_QUEUE:
        if window > 0:
            raise InvalidParameter("Batching window is not supported for FIFO queues.")
        if size > _LARGEST_FIFO_BATCH:
            raise InvalidParameter(
                f"Batch size must be at most {_LARGEST_FIFO_BATCH} for FIFO queues."
            )
    elif size > _LARGEST_BATCH_WITHOUT_WINDOW and window == 0:
        raise InvalidParameter(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is "
            "greater than 10"
        )


def _check_stream(settings: Settings) -> None:
    if settings["TumblingWindowInSeconds"] > 0:
        raise not_supported("TumblingWindowInSeconds greater than 0")
    age = settings["MaximumRecordAgeInSeconds"]
    if age != -1 and age < _SMALLEST_AGE:
        raise InvalidParameter(
            "MaximumRecordAgeInSeconds must be -1 or between 60 and 604800, inclusive"
        )
    destination = settings["DestinationConfig"]
    on_failure = destination.get("OnFailure") or {}
    if "OnSuccess" in destination:
        raise InvalidParameter(
            "Unsupported DestinationConfig parameter for given event source mapping type."
        )
    arn = on_failure.get("Destination") or ""
    if arn and (arn.count(":") != 5 or arn.split(":")[2] not in ("sqs", "sns")):
        raise not_supported(f"The on-failure destination {arn}")
    if arn.endswith(".fifo"):
        raise InvalidParameter("An on-failure destination is a standard queue or topic.")


def _check_filters(settings: Settings) -> None:
    filters = filters_of(settings)
    if len(filters) > _MOST_FILTERS:
        raise InvalidParameter(f"A mapping has at most {_MOST_FILTERS} filters.")
    for filter_ in filters:
        pattern = filter_.get("Pattern") if isinstance(filter_, dict) else None
        try:
            parse(pattern if isinstance(pattern, str) else "")
        except InvalidPattern:
            raise InvalidParameter("Invalid filter pattern definition.") from None


def _member(parameter: str) -> str:
    return parameter[0].lower() + parameter[1:]
