"""A look into a queue that changes nothing, which SQS itself does not have.

On AWS even a receive with a visibility timeout of 0 counts towards the dead-letter queue. Students
must be able to look as often as they like, so the local cloud has a page of its own, outside of
AWS's interfaces, where other local clouds have one too:

    GET /_lab/queue/{name}?region=us-east-1     every message, in any state, oldest first
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote

from moto.core import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends

from labkit.cloud.messages import Request, Response
from labkit.cloud.queues.message import LabMessage
from labkit.cloud.queues.queue import IndexedQueue

PAGE = "/_lab/queue/"


async def handle(request: Request) -> Response | None:
    """Answer /_lab/queue/{name}; None when the request is for another page."""
    if not request.path.startswith(PAGE):
        return None
    if request.method != "GET":
        return Response.of_json({"message": "A queue's page takes GET."}, 405)
    name = unquote(request.path.removeprefix(PAGE))
    region = parse_qs(request.query).get("region", ["us-east-1"])[0]
    regions = sqs_backends[DEFAULT_ACCOUNT_ID]
    queue = regions[region].queues.get(name) if region in regions.regions else None
    if queue is None:
        return Response.of_json({"message": f"There is no queue '{name}' in {region}."}, 404)
    return Response.of_json(contents(queue))


def contents(queue: IndexedQueue) -> list[dict[str, Any]]:
    """Every message of a queue with its state: visible, in flight or delayed.

    `sent` is in epoch seconds, `receives` the receive count as it is.
    """
    found = [_shown(message, state) for message, state in queue.look()]
    return sorted(found, key=lambda message: message["sent"])


def _shown(message: LabMessage, state: str) -> dict[str, Any]:
    attributes = message.message_attributes.items()
    return {
        "id": message.id,
        "state": state,
        "receives": message.approximate_receive_count,
        "sent": message.sent_timestamp / 1000,
        "attributes": {key: value.get("StringValue", "(binary)") for key, value in attributes},
        "body": message.body,
    }
