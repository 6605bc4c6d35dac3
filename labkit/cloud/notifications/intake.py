"""What Publish and PublishBatch take in: a message is checked as on AWS, numbered and handed on.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

from moto.moto_api._internal import mock_random
from moto.sns.exceptions import SNSException
from moto.sns.models import SNSBackend, Topic

from labkit.cloud.callers import sampled_trace
from labkit.cloud.instants import iso_time
from labkit.cloud.notifications import checks
from labkit.cloud.notifications.publication import Publication
from labkit.cloud.notifications.subscriptions import LabSubscription
from labkit.cloud.queues.deduplication import DeduplicationWindow, Sent, content_deduplication_id

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

MOST_ENTRIES = 10  # of a batch
# https://docs.aws.amazon.com/sns/latest/api/API_PublishBatchRequestEntry.html
ENTRY_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
MOST_SENT_KEPT = 1000  # of each topic, for moto's own inspection API


class MessageId(str):
    """The id of a message; of one in a FIFO topic, the sequence number comes along through moto."""

    def __new__(cls, message_id: str, sequence_number: str | None) -> MessageId:
        """An id with a number, or without."""
        made = super().__new__(cls, message_id)
        made.sequence_number = sequence_number
        return made

    sequence_number: str | None


class Intake(SNSBackend):
    """The messages of one account and region, on their way to the subscriptions of a topic."""

    cloud: ClassVar[Cloud]

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        # Twenty digits that grow, as AWS's.
        self._sequence_numbers = count(10**19, 1000)
        # A duplicate is answered as the first one was, and not delivered (recorded by LocalStack,
        # test_publish_batch_messages_from_fifo_topic_to_fifo_queue).
        self._windows: WeakKeyDictionary[Topic, DeduplicationWindow] = WeakKeyDictionary()

    def publish(
        self,
        message: str,
        arn: str | None,
        phone_number: str | None = None,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        message_structure: str | None = None,
    ) -> MessageId:
        """Accept a message for a topic."""
        checks.check_publication(
            message, subject=subject, attributes=message_attributes, structure=message_structure
        )
        if arn and ":endpoint/" in arn:  # of an app, of which there are none
            raise checks.refuse("TargetArn Reason: No endpoint found for the target arn specified")
        topic = self._topic_of(arn)
        _check_fifo(topic, group_id, deduplication_id)
        if topic.fifo_topic and not deduplication_id:
            deduplication_id = content_deduplication_id(message)
        now = self.cloud.clock.now()
        window = self._windows.setdefault(topic, DeduplicationWindow())
        key = (None, str(deduplication_id))
        if topic.fifo_topic and (first := window.find(key, now)):
            return MessageId(first.message_id, first.sequence_number)
        publication = Publication(
            message_id=str(mock_random.uuid4()),
            topic_arn=topic.arn,
            message=message,
            timestamp=iso_time(now),
            subject=subject,
            attributes=message_attributes or {},
            structure=message_structure,
            signature_version=getattr(topic, "signature_version", "1"),
            group_id=group_id,
            deduplication_id=deduplication_id,
            sequence_number=str(next(self._sequence_numbers)) if topic.fifo_topic else None,
            trace=sampled_trace(),
        )
        if publication.sequence_number:
            window.note(key, Sent(publication.message_id, publication.sequence_number, now))
        sent = (publication.message_id, message, subject, message_attributes, group_id)
        topic.sent_notifications.append(sent)
        del topic.sent_notifications[:-MOST_SENT_KEPT]
        self.cloud.notifications.publish(publication, self._of_topic(topic.arn))
        return MessageId(publication.message_id, publication.sequence_number)

    def publish_batch(
        self, topic_arn: str, publish_batch_request_entries: list[dict[str, Any]]
    ) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
        """Publish up to ten messages, which together are no larger than one may be."""
        if not publish_batch_request_entries:
            raise SNSException(
                "EmptyBatchRequest", "The batch request doesn't contain any entries."
            )
        total = sum(
            checks.size_of(entry["Message"], entry.get("MessageAttributes"))
            for entry in publish_batch_request_entries
        )
        if total > checks.LARGEST_MESSAGE:
            raise SNSException(
                "BatchRequestTooLong",
                "The length of all the messages put together is more than the limit.",
            )
        self._check_batch(self._topic_of(topic_arn), publish_batch_request_entries)
        return super().publish_batch(topic_arn, publish_batch_request_entries)

    def get_topic(self, arn: str) -> Topic:
        """The topic of an ARN, which must look like one."""
        checks.check_arn(arn)
        return super().get_topic(arn)

    def _check_batch(self, topic: Topic, entries: list[dict[str, Any]]) -> None:
        """Refuse the whole batch for an entry's structure or missing ids, as recorded from AWS."""
        ids = [entry["Id"] for entry in entries]
        if len(ids) > MOST_ENTRIES or len(set(ids)) != len(ids):
            return  # moto's own errors
        if not all(ENTRY_ID.fullmatch(each) for each in ids):
            raise SNSException(
                "InvalidBatchEntryId",
                "The Id of a batch entry in a batch request doesn't abide by the specification.",
            )
        for entry in entries:
            if entry.get("MessageStructure") == "json":
                checks.check_structured(entry["Message"])
            _check_fifo(topic, entry.get("MessageGroupId"), entry.get("MessageDeduplicationId"))

    def _topic_of(self, arn: str | None) -> Topic:
        if arn is not None:
            checks.check_arn(arn)
        if arn is None or not checks.is_topic_arn(arn):
            raise checks.refuse("TopicArn or TargetArn Reason: no value for required parameter")
        if arn.split(":")[3] != self.region_name:
            raise checks.refuse("TopicArn")
        return self.get_topic(arn)

    def _of_topic(self, arn: str) -> list[LabSubscription]:
        return [each for each in self.subscriptions.values() if each.topic.arn == arn]


def _check_fifo(topic: Topic, group_id: str | None, deduplication_id: str | None) -> None:
    if not topic.fifo_topic:
        if deduplication_id:
            raise checks.refuse(
                "MessageDeduplicationId Reason: The request includes MessageDeduplicationId "
                "parameter that is not valid for this topic type"
            )
        return
    if not group_id:
        raise checks.refuse("The MessageGroupId parameter is required for FIFO topics")
    if not deduplication_id and not topic.content_based_deduplication:
        raise checks.refuse(
            "The topic should either have ContentBasedDeduplication enabled or "
            "MessageDeduplicationId provided explicitly"
        )
