"""SQS's three batch operations, built on the single ones.

A batch is refused as a whole when its entries are not well formed; what is wrong with one message
fails that entry alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from moto.sqs.constants import MAXIMUM_MESSAGE_LENGTH
from moto.sqs.exceptions import (
    BatchEntryIdsNotDistinct,
    BatchRequestTooLong,
    EmptyBatchRequest,
    InvalidBatchEntryId,
    InvalidParameterValue,
    MissingParameter,
    SQSException,
    TooManyEntriesInBatchRequest,
)
from moto.sqs.models import SQSBackend

from labkit.cloud.queues.checks import check_fifo, size_of
from labkit.cloud.queues.message import LabMessage
from labkit.cloud.queues.queue import IndexedQueue

ENTRY_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
MAX_ENTRIES = 10

Done = TypeVar("Done")


class Batches(SQSBackend):
    """Several messages in one call."""

    def send_message_batch(
        self, queue_name: str, entries: dict[str, dict[str, Any]]
    ) -> tuple[list[LabMessage], list[dict[str, Any]]]:
        """Store up to ten messages; what is wrong with one entry fails that entry alone."""
        queue = self.get_queue(queue_name)
        _check_entries(list(entries.values()))
        total = sum(
            size_of(entry.get("MessageBody") or "", entry["MessageAttributes"])
            for entry in entries.values()
        )
        if total > MAXIMUM_MESSAGE_LENGTH:
            raise BatchRequestTooLong(total)
        if queue.fifo_queue:
            for entry in entries.values():
                _check_batch_fifo(queue, entry)

        def send(entry: dict[str, Any]) -> LabMessage:
            message = self.send_message(
                queue_name,
                entry.get("MessageBody"),
                message_attributes=entry["MessageAttributes"],
                delay_seconds=entry["DelaySeconds"],
                deduplication_id=entry.get("MessageDeduplicationId"),
                group_id=entry.get("MessageGroupId"),
                system_attributes=entry.get("MessageSystemAttributes"),
            )
            message.user_id = entry["Id"]
            return message

        sent, failed = _each(entries.values(), send)
        for failure in failed:
            # Recorded: an entry that is too long is told so in other words than a message.
            failure["Message"] = failure["Message"].replace(
                "parameters are invalid.", "parameters cannot be validated."
            )
        return sent, failed

    def delete_message_batch(
        self, queue_name: str, receipts: list[dict[str, Any]]
    ) -> tuple[list[str], list[dict[str, Any]]]:
        """Delete up to ten messages; a bad handle fails its own entry."""
        _check_entries(receipts)
        queue = self.get_queue(queue_name)

        def delete(entry: dict[str, Any]) -> str:
            queue.delete_message(entry["ReceiptHandle"])
            return entry["Id"]

        return _each(receipts, delete)

    def change_message_visibility_batch(
        self, queue_name: str, entries: list[dict[str, Any]]
    ) -> tuple[list[str], list[dict[str, Any]]]:
        """Change up to ten visibility timeouts; what is wrong with one entry fails it alone."""
        if not entries:
            raise EmptyBatchRequest("ChangeVisibility")  # moto sees to the other two
        _check_entries(entries)
        self.get_queue(queue_name)

        def change(entry: dict[str, Any]) -> str:
            if entry.get("VisibilityTimeout") is None:  # which the API's model leaves open
                raise MissingParameter("VisibilityTimeout")
            self.change_message_visibility(
                queue_name, entry["ReceiptHandle"], int(entry["VisibilityTimeout"])
            )
            return entry["Id"]

        return _each(entries, change)


def _each(
    entries: Iterable[dict[str, Any]], work: Callable[[dict[str, Any]], Done]
) -> tuple[list[Done], list[dict[str, Any]]]:
    """What came of each entry that `work` was done for, and what was wrong with the others."""
    done, failed = [], []
    for entry in entries:
        try:
            done.append(work(entry))
        except SQSException as error:
            fault = {"SenderFault": True, "Code": error.code, "Message": error.message}
            failed.append({"Id": entry["Id"], **fault})
    return done, failed


def _check_batch_fifo(queue: IndexedQueue, entry: dict[str, Any]) -> None:
    # AWS refuses the whole batch, and with another code than for a single message.
    try:
        check_fifo(
            entry.get("MessageGroupId"),
            entry.get("MessageDeduplicationId"),
            content_based=queue.content_based_deduplication,
        )
    except MissingParameter as error:
        raise InvalidParameterValue(error.message) from error


def check_count(entries: list[dict[str, Any]]) -> None:
    """Refuse a batch of more than ten entries."""
    if len(entries) > MAX_ENTRIES:
        raise TooManyEntriesInBatchRequest(len(entries))


def _check_entries(entries: list[dict[str, Any]]) -> None:
    check_count(entries)
    seen = set()
    for entry in entries:
        if not ENTRY_ID.fullmatch(entry["Id"]):
            raise InvalidBatchEntryId()
        if entry["Id"] in seen:
            raise BatchEntryIdsNotDistinct(entry["Id"])
        seen.add(entry["Id"])
