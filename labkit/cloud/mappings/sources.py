"""What a mapping connects, found in moto's state: queue, stream, function.

Looked up afresh whenever needed, since each may be deleted and made again under a poller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import lambda_backends
from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends

if TYPE_CHECKING:
    from labkit.cloud.clock import Signal
    from labkit.cloud.functions.lab_function import LabFunction
    from labkit.cloud.mappings.mapping import Mapping
    from labkit.cloud.queues.queue import IndexedQueue
    from labkit.cloud.streams.shard import LabStreamShard

#: LastProcessingResult of a mapping that has nothing to work with; AWS's wording is not recorded.
SOURCE_MISSING = "PROBLEM: The event source does not exist"
FUNCTION_MISSING = "PROBLEM: The function does not exist"


def find_queue(mapping: Mapping) -> IndexedQueue | None:
    """The queue that a mapping polls, if it exists."""
    queue = sqs_backends[mapping.account_id][mapping.region].queues.get(mapping.source_name)
    return queue if queue is not None and queue.queue_arn == mapping.event_source_arn else None


def queue_created(mapping: Mapping) -> Signal:
    """What rings when a queue is created where the one of a mapping was."""
    return sqs_backends[mapping.account_id][mapping.region].created


def find_shard(mapping: Mapping) -> LabStreamShard | None:
    """The shard of the stream that a mapping polls, as long as it can be read."""
    streams = dynamodb_backends[mapping.account_id][mapping.region].streams
    return streams.get(mapping.event_source_arn)


def find_function(mapping: Mapping) -> LabFunction | None:
    """The function that a mapping invokes, if it exists."""
    backend = lambda_backends[mapping.account_id][mapping.region]
    try:
        return backend.get_function(mapping.function_arn)
    except LambdaClientError:
        return None
