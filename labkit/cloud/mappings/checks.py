"""What must be true of source and function before a mapping is made, in the order of AWS's checks.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html; texts as recorded. The
parameters themselves are checked in `configuration`.
"""

from __future__ import annotations

from collections.abc import Iterable

from labkit.cloud.functions.errors import ResourceConflict
from labkit.cloud.mappings import sources
from labkit.cloud.mappings.errors import InvalidParameter
from labkit.cloud.mappings.kinds import Kind
from labkit.cloud.mappings.mapping import Mapping, State


def check(mapping: Mapping, *, others: Iterable[Mapping]) -> None:
    """Raise AWS's error when `mapping` cannot work, or repeats one of `others`."""
    function = sources.find_function(mapping)
    if function is None:
        raise InvalidParameter("Function does not exist")
    if mapping.kind is Kind.STREAM:
        _check_stream(mapping)
    else:
        _check_queue(mapping, function.timeout)
    _check_duplicate(mapping, others)


def _check_queue(mapping: Mapping, timeout: float) -> None:
    queue = sources.find_queue(mapping)
    if queue is None:
        raise InvalidParameter(
            "Error occurred while ReceiveMessage. SQS Error Code: "
            "AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does "
            "not exist."
        )
    if queue.visibility_timeout < timeout:
        raise InvalidParameter(
            f"Queue visibility timeout: {queue.visibility_timeout} seconds is less than "
            f"Function timeout: {timeout:g} seconds"
        )


def _check_stream(mapping: Mapping) -> None:
    if sources.find_shard(mapping) is None:
        raise InvalidParameter(f"Stream not found: {mapping.event_source_arn}")


def _check_duplicate(mapping: Mapping, others: Iterable[Mapping]) -> None:
    """One mapping for a source and a function; the spaces inside the quotes are AWS's."""
    for other in others:
        if (
            other.state is State.DELETING
            or other.event_source_arn != mapping.event_source_arn
            or other.function_arn != mapping.function_arn
        ):
            continue
        pair = f'(" {mapping.event_source_arn} ") and function (" {mapping.function_name} ")'
        remedy = f"Please update or delete the existing mapping with UUID {other.uuid}"
        if mapping.kind is Kind.STREAM:
            raise ResourceConflict(
                f"The event source arn {pair} provided mapping already exists. {remedy}"
            )
        raise ResourceConflict(
            f"An event source mapping with SQS arn {pair} already exists. {remedy}"
        )
