"""The journey from the table on: stream record, publications, what the subscribers got."""

from __future__ import annotations

from labkit.pipeline.writer import KEY_SCHEMA
from labkit.show.log_events import Line
from labkit.show.stable import epoch
from labkit.show.tracing.events import FAILURE, Event, Invocation, invocations
from labkit.show.tracing.evidence import Evidence, message_id_of

PUBLISHED = "published"
KEY = KEY_SCHEMA[0]["AttributeName"]


def outlet(evidence: Evidence, item: Event | None) -> list[Event]:
    """Every event from the stream's record to the subscribers, after that of the item."""
    records = _records(evidence, item)
    attempts = _attempts(evidence, item, records)
    notifications = _notifications(evidence, attempts)
    return [
        *records,
        *attempts,
        *notifications,
        *_mails(evidence, notifications),
        *_requests(evidence, notifications),
        *_audits(evidence, notifications),
    ]


def _records(evidence: Evidence, item: Event | None) -> list[Event]:
    # A record tells its time in whole seconds, rounded down: too coarse to be compared.
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
    return [
        Event(
            f"record {record['SequenceNumber']}",
            "stream",
            "record",
            record["eventName"],
            cause=item.key if item else "",
            kind="record",
            id=record["SequenceNumber"],
        )
        for record in evidence.records
    ]


def _attempts(evidence: Evidence, item: Event | None, records: list[Event]) -> list[Event]:
    """What the notifier's log says of the order, or of what holds up the stream before it."""
    numbers = {record.id for record in records}
    first = records[0].key if records else ""
    found = []
    for invocation in invocations(evidence.notifier):
        logged = [line for line in invocation.lines if line.fields]
        own = [
            line
            for line in logged
            if line.fields.get("sequenceNumber") in numbers
            or line.fields.get(KEY) == evidence.order_id
        ]
        if own:
            found += [_attempt(invocation, line, first) for line in own]
        elif named := invocation.naming(evidence.order_id):
            found.append(_printed(evidence.order_id, invocation, named, first))
        elif other := next((line for line in logged if line.fields["outcome"] == "failed"), None):
            reason = f"the record before it: {other.fields.get('reason', '')}"
            found.append(_held_up(invocation, "held up", reason, first))
        elif not logged and invocation.failure():
            found.append(_held_up(invocation, "failed", invocation.failure(), first))
    published = [event.time for event in found if not event.trouble and event.time is not None]
    began, ended = _since(evidence, item), min(published, default=float("inf"))
    return [
        event
        for event in found
        if event.certain or (began is not None and began <= (event.time or 0.0) <= ended)
    ]


def _attempt(invocation: Invocation, line: Line, record: str) -> Event:
    fields = line.fields
    outcome = str(fields.get("outcome", ""))
    number = fields.get("sequenceNumber", "")
    return Event(
        f"attempt {invocation.request} {number}",
        "notifier",
        "invocation",
        outcome,
        cause=f"record {number}" if number else record,
        time=invocation.began,
        kind="invocation",
        id=invocation.request,
        detail=str(fields.get("reason", fields.get("eventName", ""))),
        batch=fields.get("batchSize"),
        trouble=outcome == "failed",
    )


def _printed(order_id: str, invocation: Invocation, named: list[Line], record: str) -> Event:
    said = named[-1].message.split("\n")[0]
    failure = said if FAILURE.search(said) else ""
    return Event(
        f"attempt {invocation.request}",
        "notifier",
        "invocation",
        "failed" if failure else said.replace(order_id, "").strip(" :,.") or "named the order",
        cause=record,
        time=invocation.began,
        kind="invocation",
        id=invocation.request,
        detail=failure,
        trouble=bool(failure),
    )


def _held_up(invocation: Invocation, outcome: str, reason: str, record: str) -> Event:
    return Event(
        f"attempt {invocation.request}",
        "notifier",
        "invocation",
        outcome,
        cause=record,
        time=invocation.began,
        kind="invocation",
        id=invocation.request,
        detail=reason,
        trouble=True,
        certain=False,
    )


def _notifications(evidence: Evidence, attempts: list[Event]) -> list[Event]:
    """What was published, by MessageId: from the notifier's log, else from who received it."""
    succeeded = {event.id: event for event in attempts if event.outcome.startswith(PUBLISHED)}
    found = []
    for line in evidence.notifier:
        if line.fields.get("outcome") == PUBLISHED and line.fields.get(KEY) == evidence.order_id:
            cause = succeeded.get(line.request)
            found.append(_notification(line.fields["messageId"], cause, line.time))
    if found:
        return found
    cause = next(iter(succeeded.values()), None)
    received = dict.fromkeys(map(message_id_of, [*evidence.requests, *evidence.audits]))
    if not received and (evidence.mails or cause):
        received = {"": None}  # a mail does not tell the MessageId
    return [_notification(identifier, cause, None) for identifier in received]


def _notification(message_id: str, cause: Event | None, time: float | None) -> Event:
    return Event(
        f"notification {message_id}",
        "topic",
        "notification",
        PUBLISHED,
        cause=cause.key if cause else "",
        time=time,
        kind="notification" if message_id else "",
        id=message_id,
    )


def _mails(evidence: Evidence, notifications: list[Event]) -> list[Event]:
    events = []
    for number, mail in enumerate(evidence.mails, start=1):
        # Mails carry no MessageId: each is put to the latest notification before it.
        earlier = [event for event in notifications if (event.time or 0.0) <= mail["received"]]
        cause = (earlier or notifications)[-1]
        events.append(
            Event(
                f"mail {number}",
                "email",
                "mail",
                "received",
                cause=cause.key,
                time=mail["received"],
                detail=", ".join(mail["to"]),
            )
        )
    return events


def _requests(evidence: Evidence, notifications: list[Event]) -> list[Event]:
    keys = {event.id: event.key for event in notifications}
    attempts: dict[str, int] = {}
    events = []
    for request in evidence.requests:
        identifier = message_id_of(request)
        attempts[identifier] = attempts.get(identifier, 0) + 1
        status = request["answered"]
        events.append(
            Event(
                f"call {request['id']}",
                "webhook",
                f"call {attempts[identifier]}",
                f"answered {status}",
                cause=keys.get(identifier, ""),
                time=request["received"],
                kind="notification",
                id=identifier,
                trouble=status >= 400,
            )
        )
    return events


def _audits(evidence: Evidence, notifications: list[Event]) -> list[Event]:
    keys = {event.id: event.key for event in notifications}
    return [
        Event(
            f"audit {message['id']}",
            "audit",
            "message",
            "received",
            cause=keys.get(message_id_of(message), ""),
            time=message["sent"],
            kind="message",
            id=message["id"],
            detail=message["state"],
        )
        for message in evidence.audits
    ]


def _since(evidence: Evidence, item: Event | None) -> float | None:
    """From when on an invocation of the notifier can have had to do with the order."""
    if item is not None and item.time is not None:
        return item.time
    created = (epoch(record["ApproximateCreationDateTime"]) for record in evidence.records)
    return min(created, default=None)
