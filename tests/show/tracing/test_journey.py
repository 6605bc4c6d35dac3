"""What the evidence of each stage says of an order: causes, effects and how they went."""

from __future__ import annotations

import pytest

from labkit.show.tracing.ending import ending
from labkit.show.tracing.events import Event
from labkit.show.tracing.evidence import Evidence
from labkit.show.tracing.trace import events_of
from tests.show.tracing.journeys import (
    ORDER,
    healthy,
    invocation,
    mail,
    post,
    published,
    record,
    request,
    told,
)


def story(evidence: Evidence) -> list[tuple[str, str, str]]:
    """Stage, what and outcome of each event."""
    return [(event.stage, event.what, event.outcome) for event in events_of(evidence)]


def end(evidence: Evidence) -> str:
    return ending(ORDER, events_of(evidence))


def at(evidence: Evidence, stage: str) -> list[Event]:
    return [event for event in events_of(evidence) if event.stage == stage]


def test_an_order_that_arrives():
    """Every stage has one event, each caused by the one before, both ends by the topic's."""
    events = events_of(healthy())
    assert [(event.stage, event.outcome) for event in events] == [
        ("api", "200"),
        ("queue", "sent"),
        ("writer", "stored"),
        ("table", "stored"),
        ("stream", "INSERT"),
        ("notifier", "published"),
        ("topic", "published"),
        ("email", "received"),
        ("webhook", "answered 200"),
    ]
    keys = ["", *(event.key for event in events[:7]), events[6].key]
    assert [event.cause for event in events] == keys
    assert not any(event.trouble for event in events)
    assert end(healthy()) == (
        "Order 536365: stored, published and received by the inbox and the webhook."
    )


def test_times_are_of_the_clouds_clock():
    """The request is put before its message by what its answer took; a record tells no time."""
    times = {event.stage: event.time for event in events_of(healthy())}
    assert (times["api"], times["queue"], times["writer"]) == (10.0, 10.5, 11.0)
    assert (times["table"], times["stream"]) == (pytest.approx(11.001), None)


def test_what_is_logged_late_is_not_put_after_its_effect():
    """The function logs that it published when the webhook may have been called already."""
    early = healthy(requests=[request(received=11.5005)])
    assert [event.time for event in at(early, "topic")] == [11.5005]
    assert [event.time for event in at(healthy(), "topic")] == [pytest.approx(11.501)]


def test_a_second_post():
    """The second message's delivery is a duplicate and has no further effect."""
    duplicate = told("duplicate", messageId="m2", sentTimestamp=10_700)
    evidence = healthy(
        posts=[post(), post("m2", request_id="r2")],
        writer=[*invocation("w1", 11.0, told("stored")), *invocation("w2", 11.2, duplicate)],
    )
    assert story(evidence)[9:] == [
        ("api", "POST /orders", "200"),
        ("queue", "message", "sent"),
        ("writer", "delivery 1", "duplicate"),
    ]


def test_a_redelivery_has_the_same_message_as_its_cause():
    """A message that failed and came again is one message with two deliveries."""
    failed = told("failed", reason="ClientError: throttled")
    stored = told("stored", receiveCount=2)
    evidence = healthy(writer=[*invocation("w1", 11.0, failed), *invocation("w2", 41.0, stored)])
    first, second = at(evidence, "writer")
    assert (first.what, first.outcome, first.detail) == (
        "delivery 1",
        "failed",
        "ClientError: throttled",
    )
    assert (second.what, second.outcome, second.cause) == ("delivery 2", "stored", first.cause)
    assert len(at(evidence, "queue")) == 1


def test_refused_by_the_api():
    """Nothing but the request is seen, and the API's reason is told."""
    evidence = Evidence(ORDER, posts=[post(status=400)])
    assert story(evidence) == [("api", "POST /orders", "400")]
    assert end(evidence) == "Order 536365: refused by the API (400 Invalid request body)."
    assert events_of(evidence)[0].time == 10.0


def test_dead_letter():
    """Each delivery that was refused is told, then the dead letter; the reason is the end."""
    writer = [
        line
        for n in range(1, 6)
        for line in invocation(
            f"w{n}", 11.0 + n, told("refused", reason="no price", receiveCount=n)
        )
    ]
    dead = {"id": "m1", "state": "visible", "receives": 6, "sent": 10.5, "body": "{}"}
    evidence = Evidence(ORDER, posts=[post()], writer=writer, dead_letters=[dead])
    assert [event.outcome for event in at(evidence, "writer")] == ["refused"] * 5
    assert [event.detail for event in at(evidence, "dead_letters")] == ["after 5 deliveries"]
    assert end(evidence) == "Order 536365: a dead letter (no price)."


def test_a_record_that_blocks_the_stream():
    """The notifier's attempts are told with their reason, and that the order is not published."""
    failed = {"outcome": "failed", "sequenceNumber": record()["SequenceNumber"], "reason": "denied"}
    attempts = [*invocation("p1", 11.5, failed), *invocation("p2", 12.5, failed)]
    evidence = healthy(notifier=attempts, mails=[], requests=[])
    assert [(event.outcome, event.certain) for event in at(evidence, "notifier")] == [
        ("failed", True)
    ] * 2
    assert end(evidence) == ("Order 536365: stored, not published: the notifier failed (denied).")


def test_a_record_behind_one_that_blocks_the_stream():
    """What fails before the record holds it up; what failed before it was stored does not."""
    failed = {"outcome": "failed", "sequenceNumber": "3999", "reason": "denied"}
    attempts = [*invocation("p0", 9.0, failed), *invocation("p1", 11.5, failed)]
    [event] = at(healthy(notifier=attempts, mails=[], requests=[]), "notifier")
    assert (event.id, event.outcome, event.certain) == ("p1", "held up", False)
    assert event.detail == "the record before it: denied"


def test_a_function_that_fails_before_it_names_an_order():
    """Its failures while the order waited are told as perhaps the order's; others are not."""
    error = "[ERROR] ClientError: not authorized\nTraceback"
    writer = [*invocation("w0", 9.0, error), *invocation("w1", 11.0, error)]
    evidence = Evidence(ORDER, posts=[post()], writer=writer)
    [event] = at(evidence, "writer")
    assert (event.id, event.outcome, event.certain) == ("w1", "failed", False)
    assert event.detail == "ClientError: not authorized"


def test_sns_tries_again():
    """Each call of the webhook is told with its number and its answer."""
    calls = [request(500), request(500, number=2), request(200, number=3)]
    events = at(healthy(requests=calls), "webhook")
    assert [(event.what, event.outcome, event.trouble) for event in events] == [
        ("call 1", "answered 500", True),
        ("call 2", "answered 500", True),
        ("call 3", "answered 200", False),
    ]
    only_failing = healthy(requests=calls[:2])
    assert end(only_failing) == (
        "Order 536365: stored, published and received by the inbox, not by the webhook."
    )


def test_functions_that_print_plain_text():
    """Lines that name the order tell of it; another order's name in it is another order."""
    evidence = healthy(
        writer=[
            *invocation("w1", 11.0, "stored 536365"),
            *invocation("w2", 11.2, "stored 5363651", "stored A-536365"),
            *invocation("w3", 41.0, "stored before: 536365"),
        ],
        notifier=invocation("p1", 11.5, "published 536365"),
    )
    assert [(event.id, event.outcome) for event in at(evidence, "writer")] == [
        ("w1", "stored"),
        ("w3", "stored before"),
    ]
    assert [event.outcome for event in at(evidence, "notifier")] == ["published"]
    assert [event.id for event in at(evidence, "topic")] == ["n1"]  # as the webhook was told


def test_a_function_that_prints_why_it_failed():
    """An error that names the order is its failure, with the error's first line as the reason."""
    error = "[ERROR] ValueError: order 536365: 22139 has no description\nTraceback"
    evidence = Evidence(ORDER, posts=[post()], writer=invocation("w1", 11.0, error))
    [event] = at(evidence, "writer")
    assert (event.outcome, event.trouble) == ("failed", True)
    assert event.detail == "ValueError: order 536365: 22139 has no description"


def test_a_message_that_waits():
    """Before anybody takes it, the queue is where the order was last seen."""
    waiting = {"id": "m1", "state": "visible", "receives": 0, "sent": 10.5, "body": "{}"}
    evidence = Evidence(ORDER, posts=[post()], messages=[waiting])
    assert end(evidence) == "Order 536365: last seen in the queue: sent, now waiting."
    assert at(evidence, "queue")[0].detail == "not received yet"


def test_sent_by_somebody_else():
    """Without a request of this lab's the trace begins with the message, as the log tells it."""
    assert story(healthy(posts=[]))[0] == ("queue", "message", "sent")


def test_only_mails_are_known():
    """A mail carries no id of the notification; it still is an effect of one."""
    evidence = healthy(notifier=[], requests=[], mails=[mail()])
    assert [event.cause for event in at(evidence, "email")] == ["notification "]


def test_published_twice():
    """Each mail is put to the latest notification before it."""
    notifier = [
        *invocation("p1", 11.5, published()),
        *invocation("p2", 12.5, published(messageId="n2")),
    ]
    mails = [mail(12.0), mail(13.0)]
    events = at(healthy(notifier=notifier, mails=mails, requests=[]), "email")
    assert [event.cause for event in events] == ["notification n1", "notification n2"]
