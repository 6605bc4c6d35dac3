"""The settings of a mapping: what a request asks for over the defaults of its kind of source.

https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html; texts as recorded,
where they were. The API's model has been asked before (`responses`); here is what does not go
together. What the local cloud does not honour is refused, never ignored.
"""

from __future__ import annotations

import copy
from typing import Any

from labkit.cloud.constraints import null
from labkit.cloud.mappings.errors import InvalidParameter, not_supported
from labkit.cloud.mappings.kinds import Kind
from labkit.cloud.mappings.patterns import InvalidPattern, Pattern, parse

Settings = dict[str, Any]

# Recorded: what AWS shows of a mapping that was made with nothing but its source and function.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
_OF_QUEUES: Settings = {
    "BatchSize": 10,
    "MaximumBatchingWindowInSeconds": 0,
    "FunctionResponseTypes": [],
}
# https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
_OF_STREAMS: Settings = {
    "BatchSize": 100,
    "MaximumBatchingWindowInSeconds": 0,
    "ParallelizationFactor": 1,
    "DestinationConfig": {"OnFailure": {}},
    "MaximumRecordAgeInSeconds": -1,
    "BisectBatchOnFunctionError": False,
    "MaximumRetryAttempts": -1,
    "TumblingWindowInSeconds": 0,
    "FunctionResponseTypes": [],
}
# What each kind takes besides, and shows only when it was given.
_SHOWN_IF_GIVEN = {
    Kind.QUEUE: {"FilterCriteria", "ScalingConfig"},
    Kind.FIFO_QUEUE: {"FilterCriteria", "ScalingConfig"},
    Kind.STREAM: {"FilterCriteria", "StartingPosition"},
}
# Parameters of the API, whatever the source, that are not settings of the poller.
_COMMON = {"EventSourceArn", "FunctionName", "Enabled", "Tags"}
# What AWS takes for a queue or a table's stream and the local cloud does not honour.
_UNSUPPORTED = {"KMSKeyArn", "LoggingConfig", "MetricsConfig", "ProvisionedPollerConfig"}

# https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html, FIFO queues
_LARGEST_FIFO_BATCH = 10
_LARGEST_BATCH_WITHOUT_WINDOW = 10
# API_CreateEventSourceMapping: "-1", or 60 and above
_SMALLEST_AGE = 60
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
_MOST_FILTERS = 5


def create(spec: Settings, kind: Kind) -> Settings:
    """The settings of a new mapping; AWS's error when `spec` asks for what cannot be."""
    if kind is Kind.STREAM and not spec.get("StartingPosition"):
        raise InvalidParameter(f"{null('startingPosition')}.")
    return update(_OF_STREAMS if kind is Kind.STREAM else _OF_QUEUES, spec, kind)


def update(settings: Settings, spec: Settings, kind: Kind) -> Settings:
    """`settings` with the changes that `spec` asks for, checked as a whole."""
    changes = {name: value for name, value in spec.items() if name not in _COMMON}
    for parameter in changes:
        _check_parameter(parameter, kind, spec)
    changed = copy.deepcopy({**settings, **changes})
    # An empty object in a request takes a setting away: API_UpdateEventSourceMapping.
    for removable in ("FilterCriteria", "ScalingConfig"):
        if removable in changed and not any(changed[removable].values()):
            del changed[removable]
    if kind is Kind.STREAM:
        changed["DestinationConfig"].setdefault("OnFailure", {})
        _check_stream(changed)
    else:
        _check_queue(changed, kind)
    _check_filters(changed)
    return changed


def patterns(settings: Settings) -> list[Pattern]:
    """The parsed filter patterns of a mapping."""
    return [parse(filter_.get("Pattern", "")) for filter_ in _filters(settings)]


def _filters(settings: Settings) -> list[dict[str, str]]:
    return settings.get("FilterCriteria", {}).get("Filters", [])


def _check_parameter(parameter: str, kind: Kind, spec: Settings) -> None:
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
    taken = _OF_STREAMS if kind is Kind.STREAM else _OF_QUEUES
    if parameter not in taken and parameter not in _SHOWN_IF_GIVEN[kind]:
        raise InvalidParameter(
            f"Unsupported {parameter} parameter for given event source mapping type."
        )


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
    if "OnSuccess" in destination:
        raise InvalidParameter(
            "Unsupported DestinationConfig parameter for given event source mapping type."
        )
    arn = destination["OnFailure"].get("Destination", "")
    if arn and (arn.count(":") != 5 or arn.split(":")[2] not in ("sqs", "sns")):
        raise not_supported(f"The on-failure destination {arn}")
    if arn.endswith(".fifo"):
        raise InvalidParameter("An on-failure destination is a standard queue or topic.")


def _check_filters(settings: Settings) -> None:
    if len(_filters(settings)) > _MOST_FILTERS:
        raise InvalidParameter(f"A mapping has at most {_MOST_FILTERS} filters.")
    try:
        patterns(settings)
    except InvalidPattern:
        raise InvalidParameter("Invalid filter pattern definition.") from None
