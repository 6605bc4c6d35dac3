"""The journey as far as the table: requests, messages, deliveries to the writer, the item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from labkit.show.tracing.events import Event
from labkit.show.tracing.evidence import Evidence
from labkit.show.tracing.invoked import Invocation, invocations

ACCEPTED = 200
STORED = "stored"


@dataclass(frozen=True)
class Message:
    """An SQS message that holds the order: when it was sent (None: not known), and where it is."""

    id: str
    sent: float | None = None
    state: str = "sent"
    receives: int = 0
    dead: bool = False


def intake(evidence: Evidence) -> list[Event]:
    """Every event from the request to the item in the table."""
    messages = _messages(evidence)
    deliveries = _deliveries(evidence, messages)
    return [
        *_requests(evidence, messages),
        *(_sent(evidence, message) for message in messages.values()),
        *deliveries,
        *(_dead_letter(message, deliveries) for message in messages.values() if message.dead),
        *_item(evidence, deliveries),
    ]


def _messages(evidence: Evidence) -> dict[str, Message]:
    """The messages by id, in the order in which they were sent as far as that is known."""
    found = {post.message_id: Message(post.message_id) for post in evidence.posts}
    found.pop("", None)
    for message in evidence.messages:
        found[message["id"]] = Message(
            message["id"], message["sent"], message["state"], message["receives"]
        )
    for message in evidence.dead_letters:
        found[message["id"]] = Message(
            message["id"], message["sent"], receives=message["receives"], dead=True
        )
    for line in evidence.writer:
        identifier = line.fields.get("messageId")
        if not identifier:
            continue
        if identifier in found or line.fields.get("orderID") == evidence.order_id:
            known = found.setdefault(identifier, Message(identifier))
            if known.sent is None and "sentTimestamp" in line.fields:
                found[identifier] = replace(known, sent=line.fields["sentTimestamp"] / 1000)
    return found


def _requests(evidence: Evidence, messages: dict[str, Message]) -> list[Event]:
    events = []
    for number, post in enumerate(evidence.posts, start=1):
        status, body = post.answer.status, post.answer.body
        accepted = status == ACCEPTED
        sent = messages[post.message_id].sent if post.message_id else None
        # The sender's clock is not the cloud's. The message was sent before the answer, so the
        # request came at most as long before that as the answer took.
        time = sent - post.seconds if sent is not None else post.answered
        said = body.get("message", body) if isinstance(body, dict) else body
        events.append(
            Event(
                f"request {number}",
                "api",
                "POST /orders",
                str(status),
                time=time,
                kind="request",
                id=post.request_id,
                detail="" if accepted else str(said),
                trouble=not accepted,
            )
        )
    return events


def _sent(evidence: Evidence, message: Message) -> Event:
    posts = enumerate(evidence.posts, start=1)
    causes = (f"request {number}" for number, post in posts if post.message_id == message.id)
    waiting = message.state != "sent"
    state = "waiting" if message.state == "visible" else message.state
    return Event(
        f"message {message.id}",
        "queue",
        "message",
        f"sent, now {state}" if waiting else "sent",
        cause=next(causes, ""),
        time=message.sent,
        kind="message",
        id=message.id,
        detail=_times(message.receives) if waiting else "",
    )


def _deliveries(evidence: Evidence, messages: dict[str, Message]) -> list[Event]:
    """What the writer's log says of the order, message by message, each from its first delivery."""
    found: list[Event] = []
    for invocation in _invocations(evidence):
        about = [
            line
            for line in invocation.logged
            if line.fields.get("orderID") == evidence.order_id
            or line.fields.get("messageId") in messages
        ]
        likely = _latest_before(invocation.began, messages)
        if about:
            for line in about:
                identifier = line.fields.get("messageId", "")
                cause = f"message {identifier}"
                found.append(invocation.as_logged(line, identifier, cause=cause))
        elif invocation.naming(evidence.order_id):
            found.append(invocation.as_printed(evidence.order_id, cause=likely))
        elif not invocation.logged and invocation.failure():
            found.append(invocation.as_suspected("failed", invocation.failure(), cause=likely))
    began = _began(evidence, messages)
    stored = [event.time or 0.0 for event in found if event.outcome == STORED]
    ended = min(stored, default=float("inf"))
    place = {f"message {identifier}": number for number, identifier in enumerate(messages)}
    return sorted(
        (event for event in found if event.certain or began <= (event.time or 0.0) <= ended),
        key=lambda event: place.get(event.cause, -1),
    )


def _invocations(evidence: Evidence) -> list[Invocation]:
    return invocations(evidence.writer, "writer", "delivery")


def _dead_letter(message: Message, deliveries: list[Event]) -> Event:
    # Its receive count grows with every look into the dead-letter queue, so it is not shown.
    cause = f"message {message.id}"
    count = sum(event.cause == cause for event in deliveries)
    return Event(
        f"dead letter {message.id}",
        "dead_letters",
        "dead letter",
        "given up",
        cause=cause,
        kind="message",
        id=message.id,
        detail=f"after {count} {'delivery' if count == 1 else 'deliveries'}" if count else "",
        trouble=True,
    )


def _item(evidence: Evidence, deliveries: list[Event]) -> Iterable[Event]:
    stored = [event for event in deliveries if event.outcome == STORED]
    if evidence.item is None and not stored:
        return
    cause = next(iter(stored or [event for event in deliveries if not event.trouble]), None)
    yield Event(
        "item",
        "table",
        "item",
        STORED if evidence.item is not None else "stored, now deleted",
        cause=cause.key if cause else "",
        time=_logged(evidence, cause) if cause else None,
    )


def _logged(evidence: Evidence, delivery: Event) -> float | None:
    """When the writer told that it had stored the order: right after the put."""
    for invocation in _invocations(evidence):
        if invocation.request == delivery.id:
            own = [
                line for line in invocation.lines if line.fields.get("orderID") == evidence.order_id
            ]
            return (own or invocation.naming(evidence.order_id))[-1].time
    return None


def _latest_before(time: float, messages: dict[str, Message]) -> str:
    """The key of the message that an invocation which names none was most likely given."""
    sent = [message for message in messages.values() if (message.sent or 0.0) <= time]
    return f"message {sent[-1].id}" if sent else ""


def _began(evidence: Evidence, messages: dict[str, Message]) -> float:
    """When the order was first seen, in epoch seconds; before that nothing can be its own."""
    times = [message.sent for message in messages.values()]
    times += [post.answered for post in evidence.posts]
    return min((time for time in times if time is not None), default=float("inf"))


def _times(number: int) -> str:
    return {0: "not received yet", 1: "received once"}.get(number, f"received {number} times")
