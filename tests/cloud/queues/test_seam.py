"""What the queues rely on in moto; one of these fails when an update moves it."""

from __future__ import annotations

import inspect

import pytest
from moto.sqs.models import Message, Queue, SQSBackend
from moto.sqs.responses import SQSResponse

from labkit.cloud.queues.backend import LabSQSBackend


@pytest.mark.parametrize(
    "name",
    [
        "change_message_visibility",
        "change_message_visibility_batch",
        "create_queue",
        "delete_message",
        "delete_message_batch",
        "delete_queue",
        "get_queue_attributes",
        "purge_queue",
        "receive_message",
        "send_message",
        "send_message_batch",
        "set_queue_attributes",
    ],
)
def test_moto_calls_the_backend_as_it_did(name: str) -> None:
    """The names and the order of the parameters that the response class uses."""
    ours = inspect.signature(getattr(LabSQSBackend, name)).parameters.values()
    motos = inspect.signature(getattr(SQSBackend, name)).parameters.values()
    assert [(p.name, p.kind, p.default) for p in ours if p.kind != p.VAR_KEYWORD] == [
        (p.name, p.kind, p.default) for p in motos if p.kind != p.VAR_KEYWORD
    ]


def test_a_queue_is_made_as_it_was() -> None:
    """The collections that ours takes away, and the hooks that it fills."""
    queue = Queue("orders", "us-east-1", "123456789012")
    for name in ("_messages", "_pending_messages", "deleted_messages", "_messages_lock"):
        assert hasattr(queue, name)
    assert list(inspect.signature(Queue._set_attributes).parameters) == [
        "self",
        "attributes",
        "now",
    ]
    assert queue.attributes["CreatedTimestamp"] == queue.created_timestamp


def test_a_message_is_made_as_it_was() -> None:
    """The attributes that answers are written from."""
    assert list(inspect.signature(Message.__init__).parameters) == [
        "self",
        "message_id",
        "body",
        "system_attributes",
    ]
    assert inspect.getsource(SQSResponse.receive_message).count("sqs_backend.receive_message") == 1
