"""What a mapping connects, found in moto's state: queue, stream, function, on-failure destination.

Looked up afresh whenever needed, since each may be deleted and made again under a poller.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import lambda_backends
from moto.core.exceptions import HTTPException, ServiceException
from moto.dynamodb.models import dynamodb_backends
from moto.sns.models import sns_backends
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
    return sqs_backends[mapping.account_id][mapping.region].queues.get(mapping.source_name)


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


def deliver(document: dict[str, Any], destination: str) -> str | None:
    """Send an on-failure record to the queue or topic with this ARN; what went wrong, or None."""
    _, _, service, region, account_id, name = destination.split(":", 5)
    text = json.dumps(document)
    try:
        if service == "sqs":
            sqs_backends[account_id][region].send_message(name, text)
        else:
            sns_backends[account_id][region].publish(text, arn=destination)
    except (HTTPException, ServiceException) as error:
        return f"PROBLEM: {destination} did not take the failure record: {error}"
    return None
