"""SQS as a moto backend whose queues are indexed: LabSQSBackend takes the place of SQSBackend.

moto's response class parses requests and writes answers; it calls the methods below. What they
share with moto is their signatures. `tests/cloud/queues/test_seam.py` fails when those move.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

from moto.moto_api._internal import mock_random
from moto.sqs.constants import MAXIMUM_VISIBILITY_TIMEOUT

from labkit.cloud.callers import caller_id, sampled_trace
from labkit.cloud.moto import Wait, deadline
from labkit.cloud.queues.batches import Batches
from labkit.cloud.queues.catalogue import Catalogue
from labkit.cloud.queues.checks import (
    check_attributes,
    check_body,
    check_delay,
    check_fifo,
    check_id,
    check_size,
    check_system_attributes,
    invalid,
)
from labkit.cloud.queues.deduplication import content_deduplication_id
from labkit.cloud.queues.message import LabMessage, trace_attribute

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud


class LabSQSBackend(Batches, Catalogue):
    """The queues of one account and region, and the messages that go in and out."""

    cloud: ClassVar[Cloud]

    # Messages in.

    def send_message(
        self,
        queue_name: str,
        message_body: str,
        message_attributes: dict[str, Any] | None = None,
        delay_seconds: int | None = None,
        deduplication_id: str | None = None,
        group_id: str | None = None,
        system_attributes: dict[str, Any] | None = None,
        validate_group_id: bool = True,
    ) -> LabMessage:
        """Store one message and wake whoever waits for it.

        `validate_group_id` is False when another service of moto sends: it may then pass a
        deduplication id to a standard queue.
        """
        queue = self.get_queue(queue_name)
        attributes = message_attributes or {}
        check_body(message_body)
        check_attributes(attributes)
        if system_attributes and validate_group_id:
            check_system_attributes(system_attributes)
        check_size(message_body, attributes, queue.maximum_message_size)
        check_delay(int(delay_seconds or 0), fifo=queue.fifo_queue)
        if queue.fifo_queue and not delay_seconds:
            delay_seconds = None  # recorded: 0 stands for the queue's own delay
        check_id("MessageGroupId", group_id)
        check_id("MessageDeduplicationId", deduplication_id)
        if queue.fifo_queue:
            check_fifo(group_id, deduplication_id, content_based=queue.content_based_deduplication)
        elif deduplication_id is not None and validate_group_id:
            reason = "The request includes a parameter that is not valid for this queue type."
            raise invalid("MessageDeduplicationId", deduplication_id, reason)
        if validate_group_id and not system_attributes and (trace := sampled_trace()):
            system_attributes = trace_attribute(trace)
        message = LabMessage(str(mock_random.uuid4()), message_body, system_attributes)
        message.message_attributes = attributes
        if validate_group_id and (sender := caller_id()):
            message.sender_id = sender
        message.group_id = group_id
        message.deduplication_id = deduplication_id
        if queue.fifo_queue and deduplication_id is None:
            message.deduplication_id = content_deduplication_id(message_body)
        delay = queue.delay_seconds if delay_seconds is None else int(delay_seconds)
        return queue.add_message(message, delay)

    # Messages out.

    def receive_message(
        self,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        visibility_timeout: int,
        message_attribute_names: list[str] | None = None,
    ) -> list[LabMessage]:
        """Up to `count` messages; with nothing to give, wait through the bridge (long poll)."""
        queue = self.get_queue(queue_name)
        messages = queue.receive(count, visibility_timeout)
        if not messages and wait_seconds_timeout:
            until = deadline(wait_seconds_timeout)
            if time.time() < until:
                raise Wait(queue.arrival, min(until, queue.next_due() or until))
        if not messages:
            queue.count("NumberOfEmptyReceives", 1)
        for message in messages:
            message.message_attributes = _chosen(
                message.message_attributes, message_attribute_names or []
            )
        return messages

    def change_message_visibility(
        self, queue_name: str, receipt_handle: str, visibility_timeout: int
    ) -> None:
        """Hide a received message for `visibility_timeout` seconds from now."""
        if not 0 <= visibility_timeout <= MAXIMUM_VISIBILITY_TIMEOUT:
            reason = f"VisibilityTimeout must be between 0 and {MAXIMUM_VISIBILITY_TIMEOUT}."
            raise invalid("VisibilityTimeout", visibility_timeout, reason)
        self.get_queue(queue_name).change_visibility(receipt_handle, visibility_timeout)


def _chosen(attributes: dict[str, Any], names: list[str]) -> dict[str, Any]:
    # "All", "*" or ".*" for all of them, "prefix.*" for those that begin so.
    if not attributes or not {"All", "*"}.isdisjoint(names):
        return attributes
    prefixes = tuple(name[:-2] for name in names if name.endswith(".*"))
    return {
        name: value
        for name, value in attributes.items()
        if name in names or (prefixes and name.startswith(prefixes))
    }
