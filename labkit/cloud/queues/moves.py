"""Dead-letter queue redrive: StartMessageMoveTask, ListMessageMoveTasks, CancelMessageMoveTask.

A task moves what was visible in a dead-letter queue when it started, to one destination or back
to where each message came from. "Redriven messages are considered new messages with a new
messageID and enqueueTime" (SQS developer guide, "Configure a dead-letter queue redrive"). Errors
and results are as recorded in LocalStack's test-suite (Apache-2.0,
tests/aws/services/sqs/test_sqs_move_task.snapshot.json). Without a rate AWS chooses its own; here
such a task is done at once.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import time
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from moto.moto_api._internal import mock_random
from moto.sqs.exceptions import InvalidParameterValue, SQSException
from moto.sqs.models import SQSBackend

from labkit.cloud.queues.checks import invalid
from labkit.cloud.queues.holding import DEAD_LETTER_SOURCE
from labkit.cloud.queues.message import LabMessage
from labkit.cloud.queues.queue import IndexedQueue

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
MAX_RATE = 500
# "lists the most recent message movement tasks (up to 10) under a specific source queue"
REMEMBERED = 10


class Status(StrEnum):
    """The states of a task."""

    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


@dataclass(kw_only=True)
class Move:
    """One task; `rate` in messages a second, `started` in epoch milliseconds."""

    handle: str
    source: IndexedQueue
    destination_arn: str | None
    rate: int | None
    started: int
    to_move: int
    moved: int = 0
    status: Status = Status.RUNNING
    failure: str | None = None
    task: asyncio.Task[None] | None = None

    def to_json(self) -> dict[str, Any]:
        """The task as ListMessageMoveTasks shows it: its handle only while it can be cancelled."""
        shown = {
            "TaskHandle": self.handle if self.status is Status.RUNNING else None,
            "Status": str(self.status),
            "SourceArn": self.source.queue_arn,
            "DestinationArn": self.destination_arn,
            "MaxNumberOfMessagesPerSecond": self.rate,
            "ApproximateNumberOfMessagesMoved": self.moved,
            "ApproximateNumberOfMessagesToMove": self.to_move,
            "FailureReason": self.failure,
            "StartedTimestamp": self.started,
        }
        return {name: value for name, value in shown.items() if value is not None}


class Moves(SQSBackend):
    """The message move tasks of one account and region."""

    cloud: ClassVar[Cloud]

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._moves: dict[str, deque[Move]] = {}

    def start_message_move_task(
        self, source_arn: str, destination_arn: str | None, rate: int | None
    ) -> str:
        """Begin to move the dead letters of a queue; return the task's handle."""
        source = self._queue_of(source_arn, "SourceArn")
        if not self.list_dead_letter_source_queues(source.name):
            raise InvalidParameterValue("Source queue must be configured as a Dead Letter Queue.")
        if destination_arn is not None:
            destination = self._queue_of(destination_arn, "DestinationArn")
            if destination is source:  # as below
                raise InvalidParameterValue(
                    "The destination queue cannot be the dead-letter queue itself."
                )
            if destination.fifo_queue != source.fifo_queue:
                # "must be of the same type"; that AWS refuses is documented, its wording is not.
                raise InvalidParameterValue(
                    "The destination queue must be of the same type as the dead-letter queue."
                )
        if rate is not None and not 1 <= rate <= MAX_RATE:
            reason = f"You must enter a value that's in between 1 and {MAX_RATE}."
            raise invalid("MaxNumberOfMessagesPerSecond", rate, reason)
        known = self._moves.setdefault(source_arn, deque(maxlen=REMEMBERED))
        if any(move.status is Status.RUNNING for move in known):
            raise InvalidParameterValue(
                "There is already a task running. Only one active task is allowed for "
                "a source queue arn at a given time."
            )
        move = Move(
            handle=_handle(source_arn),
            source=source,
            destination_arn=destination_arn,
            rate=rate,
            started=int(time.time() * 1000),
            to_move=source.approximate_number_of_messages,
        )
        known.appendleft(move)
        if rate is None:
            while self._advance(move):
                pass
        else:
            move.task = self.cloud.tasks.start(self._pace(move), name=f"move {source.name}")
        return move.handle

    def list_message_move_tasks(self, source_arn: str, max_results: int) -> list[dict[str, Any]]:
        """The latest tasks of a queue, newest first."""
        self._queue_of(source_arn, "SourceArn")
        moves = list(self._moves.get(source_arn, ()))
        return [move.to_json() for move in moves[:max_results]]

    def cancel_message_move_task(self, handle: str) -> int:
        """Stop a running task; return how many messages it has moved."""
        try:
            source_arn = json.loads(base64.b64decode(handle, validate=True))["sourceArn"]
        except (binascii.Error, ValueError, KeyError, TypeError) as error:
            raise InvalidParameterValue("Value for parameter TaskHandle is invalid.") from error
        self._queue_of(source_arn, "SourceArn")
        for move in self._moves.get(source_arn, ()):
            if move.handle == handle and move.status is Status.RUNNING:
                self._end(move, Status.CANCELLED)
                return move.moved
        raise SQSException("ResourceNotFoundException", "Task does not exist.")

    def end_moves(self, source_arn: str) -> None:
        """Stop and forget the tasks of a queue that is deleted."""
        for move in self._moves.pop(source_arn, ()):
            if move.status is Status.RUNNING:
                self._end(move, Status.FAILED)

    async def _pace(self, move: Move) -> None:
        due = self.cloud.clock.now()
        while self._advance(move):
            due += 1 / move.rate
            await self.cloud.clock.sleep_until(due)

    def _advance(self, move: Move) -> bool:
        message = move.source.withdraw() if move.moved < move.to_move else None
        if message is None:
            move.status = Status.COMPLETED
            return False
        destination = self._destination_of(message, move)
        if destination is None:
            move.source.put_back(message)
            move.status = Status.FAILED
            move.failure = "AWS.SimpleQueueService.NonExistentQueue"
            return False
        destination.add_message(_renewed(message), destination.delay_seconds)
        move.moved += 1
        return True

    def _destination_of(self, message: LabMessage, move: Move) -> IndexedQueue | None:
        source = message.system_attributes.get(DEAD_LETTER_SOURCE, {}).get("StringValue", "")
        return self.queues.get((move.destination_arn or source).rpartition(":")[2])

    def _end(self, move: Move, status: Status) -> None:
        move.status = status
        if move.task is not None:
            move.task.cancel()

    def _queue_of(self, arn: str, parameter: str) -> IndexedQueue:
        queue = self.queues.get(arn.rpartition(":")[2])
        if queue is None or queue.queue_arn != arn:
            raise SQSException(
                "ResourceNotFoundException",
                f"The resource that you specified for the {parameter} parameter doesn't exist.",
            )
        return queue


def _handle(source_arn: str) -> str:
    task = {"taskId": str(mock_random.uuid4()), "sourceArn": source_arn}
    return base64.b64encode(json.dumps(task).encode()).decode()


def _renewed(message: LabMessage) -> LabMessage:
    system_attributes = {**message.system_attributes}
    system_attributes.pop(DEAD_LETTER_SOURCE, None)
    renewed = LabMessage(str(mock_random.uuid4()), message.body, system_attributes)
    renewed.message_attributes = message.message_attributes
    renewed.sender_id = message.sender_id
    renewed.group_id = message.group_id
    renewed.deduplication_id = message.deduplication_id
    return renewed
