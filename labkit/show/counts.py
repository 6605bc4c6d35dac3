"""How much there is at every stage: the numbers that `changes` compares.

CloudWatch counts what went through a queue or a topic; the local cloud's metrics are there at
once, those of AWS some minutes later, so on AWS they are left out, and so are the inbox and the
webhook, which only the local cloud has. Confirmations bring no news, and are counted apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from labkit.errors import LocalOnly, StageMissing
from labkit.lab import Lab
from labkit.show.deliveries import count_mails, count_requests
from labkit.show.metrics import total
from labkit.show.queues import read_queue
from labkit.show.streams import read_records
from labkit.show.tables import count_items
from labkit.show.topics import topic_arn_of

# Stage and what is counted there -> how many; what is not built yet is not in it.
Counts = dict[tuple[str, str], int]

SENT, WAITING, IN_FLIGHT = "messages sent", "waiting", "in flight"
PUBLISHED, ITEMS, RECORDS = "messages published", "items", "records"
MAILS, REQUESTS, MESSAGES, DEAD_LETTERS = "mails", "requests", "messages", "dead letters"
CONFIRMATIONS = "confirmations"


def read_counts(lab: Lab) -> Counts:
    """What every stage holds now, in the order in which an order passes them."""
    names = lab.names
    counters: list[Callable[[], Iterator[tuple[str, str, int]]]] = [
        lambda: _queue(lab),
        lambda: _other_queue(lab, names.dead_letter_queue, DEAD_LETTERS),
        lambda: iter([(f"table {names.table}", ITEMS, count_items(lab, names.table))]),
        lambda: iter([(f"stream {names.table}", RECORDS, _records(lab))]),
        lambda: _topic(lab),
        lambda: _arrivals("inbox", MAILS, *count_mails(lab)),
        lambda: _arrivals(
            f"webhook {names.webhook}", REQUESTS, *count_requests(lab, names.webhook)
        ),
        lambda: _other_queue(lab, names.audit_queue, MESSAGES),
    ]
    counts: Counts = {}
    for count in counters:
        try:
            counts |= {(stage, what): number for stage, what, number in count()}
        except (StageMissing, LocalOnly):
            continue
    return counts


def _queue(lab: Lab) -> Iterator[tuple[str, str, int]]:
    name = lab.names.queue
    attributes = read_queue(lab, name)
    stage = f"queue {name}"
    if lab.is_local:
        sent = total(lab, "AWS/SQS", "NumberOfMessagesSent", "QueueName", name)
        yield stage, SENT, round(sent)
    waiting = int(attributes["ApproximateNumberOfMessages"])
    yield stage, WAITING, waiting + int(attributes["ApproximateNumberOfMessagesDelayed"])
    yield stage, IN_FLIGHT, int(attributes["ApproximateNumberOfMessagesNotVisible"])


def _other_queue(lab: Lab, name: str, what: str) -> Iterator[tuple[str, str, int]]:
    attributes = read_queue(lab, name)
    held = int(attributes["ApproximateNumberOfMessages"])
    yield f"queue {name}", what, held + int(attributes["ApproximateNumberOfMessagesNotVisible"])


def _topic(lab: Lab) -> Iterator[tuple[str, str, int]]:
    name = lab.names.topic
    topic_arn_of(lab, name)  # says so when the topic is not there
    if lab.is_local:
        number = total(lab, "AWS/SNS", "NumberOfMessagesPublished", "TopicName", name)
        yield f"topic {name}", PUBLISHED, round(number)


def _arrivals(
    stage: str, what: str, news: int, confirmations: int
) -> Iterator[tuple[str, str, int]]:
    yield stage, what, news
    yield stage, CONFIRMATIONS, confirmations


def _records(lab: Lab) -> int:
    return sum(1 for _ in read_records(lab, lab.names.table))
