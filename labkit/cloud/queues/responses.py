"""Requests and answers of SQS where moto's differ from AWS's."""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.sqs.exceptions import InvalidParameterValue
from moto.sqs.responses import SQSResponse

from labkit.cloud.queues.queue import DEAD_LETTER_SOURCE

MAX_MESSAGES = 10
MAX_WAIT_SECONDS = 20


class QueuesResponse(SQSResponse):
    """The operations of SQS, as moto dispatches them by name."""

    def receive_message(self) -> ActionResult:
        """ReceiveMessage, with AWS's words for what is out of range."""
        count = self._get_param("MaxNumberOfMessages", 1)
        if not 1 <= count <= MAX_MESSAGES:
            raise InvalidParameterValue(
                f"Value {count} for parameter MaxNumberOfMessages is invalid. "
                f"Reason: Must be between 1 and {MAX_MESSAGES}, if provided."
            )
        wait = self._get_param("WaitTimeSeconds", 0)
        if not 0 <= wait <= MAX_WAIT_SECONDS:
            raise InvalidParameterValue(
                f"Value {wait} for parameter WaitTimeSeconds is invalid. "
                f"Reason: Must be >= 0 and <= {MAX_WAIT_SECONDS}, if provided."
            )
        answer = super().receive_message()
        asked = {
            *self._get_param("AttributeNames", []),
            *self._get_param("MessageSystemAttributeNames", []),
        }
        if asked & {"All", DEAD_LETTER_SOURCE}:
            self._add_sources(answer)
        return answer

    def _add_sources(self, answer: ActionResult) -> None:
        queue = self.sqs_backend.get_queue(self._get_queue_name())
        for message in answer.result.get("Messages", []):
            source = queue.dead_letter_source_of(message["MessageId"])
            if source is not None:
                message.setdefault("Attributes", {})[DEAD_LETTER_SOURCE] = source
