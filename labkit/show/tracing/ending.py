"""Where an order's journey ended, or where it was last seen, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from labkit.show.tracing.events import Event

SUBSCRIBERS = ("email", "webhook", "audit")
LONGEST = 100  # characters of a reason


def ending(order_id: str, events: Sequence[Event]) -> str:
    """The sentence for a journey's events.

    >>> ending("536365", [Event("request 1", "api", "POST /orders", "200")])
    'Order 536365: accepted by the API, and not seen after it.'
    """
    return f"Order {order_id}: {_end(events)}."


def _end(events: Sequence[Event]) -> str:
    at = {stage: [event for event in events if event.stage == stage] for stage in _stages(events)}
    delivered = [event for stage in SUBSCRIBERS for event in at.get(stage, []) if not event.trouble]
    if "topic" in at:
        return f"stored, published and {_received(delivered, at)}"
    if "notifier" in at and at["notifier"][-1].trouble:
        return f"stored, not published: the notifier failed ({_reason(at['notifier'])})"
    if "notifier" in at:
        return f"stored; the notifier says: {at['notifier'][-1].outcome}"
    if "stream" in at:
        return "stored and in the stream; the notifier has told nothing of it"
    if "table" in at:
        return "stored; no record of it is in a stream"
    if "dead_letters" in at:
        return f"a dead letter ({_reason(at.get('writer', []))})"
    if "writer" in at:
        last = at["writer"][-1]
        return f"not stored; the writer says: {last.outcome} ({_reason([last])})"
    if "queue" in at:
        return f"last seen in the queue: {at['queue'][-1].outcome}"
    answers = [event for event in at["api"] if event.trouble]
    if len(answers) == len(at["api"]):
        return f"refused by the API ({answers[-1].outcome} {answers[-1].detail})"
    return "accepted by the API, and not seen after it"


def _received(delivered: Sequence[Event], at: dict[str, list[Event]]) -> str:
    if not delivered:
        return "not seen at any subscriber"
    places = {"email": "the inbox", "webhook": "the webhook", "audit": "the audit queue"}
    stages = {event.stage for event in delivered}
    *names, last = [place for stage, place in places.items() if stage in stages]
    text = f"received by {', '.join(names)} and {last}" if names else f"received by {last}"
    return f"{text}, not by the webhook" if "webhook" in at.keys() - stages else text


def _reason(events: Sequence[Event]) -> str:
    told = [event.detail for event in events if event.detail]
    reason = told[-1] if told else "it told no reason"
    return reason if len(reason) <= LONGEST else f"{reason[: LONGEST - 1]}…"


def _stages(events: Sequence[Event]) -> list[str]:
    return list(dict.fromkeys(event.stage for event in events))
