"""The queues of one account and region: created, listed, changed, emptied and deleted."""

from __future__ import annotations

import time
from functools import cached_property, partial
from typing import Any

from moto.sqs.exceptions import (
    InvalidParameterValue,
    PurgeQueueInProgress,
    QueueAlreadyExists,
)

from labkit.cloud.clock import Signal
from labkit.cloud.queues.moves import Moves
from labkit.cloud.queues.queue import IndexedQueue

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html
PURGE_SECONDS = 60
VERSION_OF_PERMISSIONS = "2008-10-17"  # of the policy that AddPermission makes


class Catalogue(Moves):
    """The queues by name; a queue that goes takes its move tasks along."""

    queues: dict[str, IndexedQueue]

    @cached_property
    def created(self) -> Signal:
        """Rings at each new queue, for what polls one that was deleted."""
        return Signal()

    def reset(self) -> None:
        """Forget every queue, waking whoever waits on one."""
        for queue in self.queues.values():
            self.end_moves(queue.queue_arn)
            queue.close()
        super().reset()

    def create_queue(
        self, name: str, tags: dict[str, str] | None = None, **attributes: Any
    ) -> IndexedQueue:
        """Create a queue, or give the existing one when its attributes are the same."""
        wanted = IndexedQueue(name, self.region_name, self.account_id, **attributes)
        queue = self.queues.get(name)
        if queue is None:
            queue = self.queues[name] = wanted
            queue.count = partial(
                self.cloud.metrics.record, "AWS/SQS", region=self.region_name, QueueName=name
            )
            self._link_sources(queue)
            self.created.ring()
        else:
            present, asked = queue.attributes, wanted.attributes
            for attribute in attributes:
                if present.get(attribute) != asked.get(attribute):
                    raise QueueAlreadyExists(
                        "A queue already exists with the same name and a different value "
                        f"for attribute {attribute}"
                    )
        if tags:
            queue.tags = tags
        return queue

    def list_queues(self, queue_name_prefix: str | None) -> list[IndexedQueue]:
        """The queues whose names begin with a prefix, taken as text and not as a pattern."""
        prefix = queue_name_prefix or ""
        return [queue for name, queue in self.queues.items() if name.startswith(prefix)]

    def set_queue_attributes(self, queue_name: str, attributes: dict[str, Any]) -> IndexedQueue:
        """Set the given attributes of a queue and leave the others."""
        queue = self.get_queue(queue_name)
        queue.change_attributes(attributes)
        return queue

    def delete_queue(self, queue_name: str) -> None:
        """Delete a queue with its messages; its long polls end at once."""
        queue = self.get_queue(queue_name)
        super().delete_queue(queue_name)
        self.end_moves(queue.queue_arn)
        queue.close()

    def purge_queue(self, queue_name: str) -> None:
        """Delete the messages of a queue, at most once a minute."""
        queue = self.get_queue(queue_name)
        now = time.time()
        if queue.last_purged_at is not None and now - queue.last_purged_at < PURGE_SECONDS:
            raise PurgeQueueInProgress(queue_name)
        queue.last_purged_at = now
        queue.purge()

    def add_permission(
        self,
        region_name: str,
        queue_name: str,
        actions: list[str],
        account_ids: list[str],
        label: str,
    ) -> None:
        """Add a statement to a queue's policy, which is of the version recorded if it is new."""
        queue = self.get_queue(queue_name)
        if not queue.policy:
            queue._policy_json["Version"] = VERSION_OF_PERMISSIONS
        super().add_permission(region_name, queue_name, actions, account_ids, label)

    def remove_permission(self, queue_name: str, label: str) -> None:
        """Take the statement of a label out of a queue's policy."""
        try:
            super().remove_permission(queue_name, label)
        except InvalidParameterValue as error:  # in AWS's words, as recorded
            error.message = error.message.replace("label on existing policy.", "label.")
            raise

    def _link_sources(self, queue: IndexedQueue) -> None:
        # A redrive policy names an ARN: it works again when that queue is created anew.
        for source in self.queues.values():
            policy = source.redrive_policy
            if policy and policy["deadLetterTargetArn"] == queue.queue_arn:
                source.dead_letter_queue = queue
