"""The look into a queue that changes nothing."""

from __future__ import annotations

import json
from asyncio import run

import pytest
from time_machine import Traveller

from labkit.cloud.messages import Request
from labkit.cloud.queues.backend import LabSQSBackend
from labkit.cloud.queues.peek import contents, handle


def test_every_state_in_order_of_sending(backend: LabSQSBackend, clock: Traveller) -> None:
    """Visible, in flight and delayed messages are all there, oldest first."""
    queue = backend.create_queue("orders")
    backend.send_message("orders", "taken")
    clock.shift(1)
    backend.send_message("orders", "later", delay_seconds=60)
    clock.shift(1)
    backend.send_message("orders", "waiting")
    queue.receive(1, 30)
    assert [(message["body"], message["state"]) for message in contents(queue)] == [
        ("taken", "in flight"),
        ("later", "delayed"),
        ("waiting", "visible"),
    ]
    clock.shift(61)
    assert {message["state"] for message in contents(queue)} == {"visible"}


@pytest.mark.fidelity(
    "The local cloud",
    "`/_lab/queue/{name}` shows every message of a queue without receiving any.",
    differs="AWS has no such page: only a receive shows messages, and it counts.",
)
def test_looking_changes_nothing(backend: LabSQSBackend) -> None:
    """However often one looks, no receive is counted and nothing becomes a dead letter."""
    dead = backend.create_queue("orders-dead")
    redrive = {"deadLetterTargetArn": dead.queue_arn, "maxReceiveCount": 1}
    queue = backend.create_queue("orders", RedrivePolicy=json.dumps(redrive))
    backend.send_message("orders", "order")
    for _ in range(5):
        assert contents(queue)[0]["receives"] == 0
    assert [message.body for message in queue.receive(1, 30)] == ["order"]
    assert contents(dead) == []


def ask(method: str, path: str, query: str = "") -> tuple[int, object]:
    response = run(handle(Request(method, path, query)))
    return response.status, json.loads(response.body)


def test_page(backend: LabSQSBackend) -> None:
    """The page of a queue lists its messages with text attributes."""
    backend.create_queue("orders")
    attributes = {"country": {"DataType": "String", "StringValue": "France"}}
    backend.send_message("orders", "order", message_attributes=attributes)
    status, messages = ask("GET", "/_lab/queue/orders", "region=us-east-1")
    assert status == 200
    assert [message["attributes"] for message in messages] == [{"country": "France"}]


@pytest.mark.parametrize(
    ("method", "path", "query", "status"),
    [
        ("GET", "/_lab/queue/none", "", 404),
        ("GET", "/_lab/queue/orders", "region=mars", 404),
        ("POST", "/_lab/queue/orders", "", 405),
    ],
)
def test_refusals(backend: LabSQSBackend, method: str, path: str, query: str, status: int) -> None:
    """A queue that is not there, a region that AWS does not have, a method that does not read."""
    backend.create_queue("orders")
    assert ask(method, path, query)[0] == status


def test_other_pages_are_not_ours() -> None:
    """A request for another page is left to the others."""
    assert run(handle(Request("GET", "/_lab/inbox"))) is None
