"""The journey from the table on: stream record, publications, what the subscribers got."""

from __future__ import annotations

from labkit.pipeline.writer import KEY_SCHEMA
from labkit.show.stable import epoch
from labkit.show.tracing.events import Event
from labkit.show.tracing.evidence import Evidence, message_id_of
from labkit.show.tracing.invoked import invocations

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
    found: list[Event] = []
    for invocation in invocations(evidence.notifier, "notifier", "invocation"):
        own = [
            line
            for line in invocation.logged
            if line.fields.get("sequenceNumber") in numbers
            or line.fields.get(KEY) == evidence.order_id
        ]
        failed = [line for line in invocation.logged if line.fields.get("outcome") == "failed"]
        if own:
            for line in own:
                number = line.fields.get("sequenceNumber", "")
                cause = f"record {number}" if number else first
                found.append(invocation.as_logged(line, number, cause=cause))
        elif invocation.naming(evidence.order_id):
            found.append(invocation.as_printed(evidence.order_id, cause=first))
        elif failed:
            reason = f"the record before it: {failed[0].fields.get('reason', '')}"
            found.append(invocation.as_suspected("held up", reason, cause=first))
        elif not invocation.logged and invocation.failure():
            found.append(invocation.as_suspected("failed", invocation.failure(), cause=first))
    began = _since(evidence, item)
    published = [event.time or 0.0 for event in found if not event.trouble]
    ended = min(published, default=float("inf"))
    return [event for event in found if event.certain or began <= (event.time or 0.0) <= ended]


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


def _since(evidence: Evidence, item: Event | None) -> float:
    """From when on an invocation of the notifier can have had to do with the order."""
    if item is not None and item.time is not None:
        return item.time
    created = (epoch(record["ApproximateCreationDateTime"]) for record in evidence.records)
    return min(created, default=float("inf"))
