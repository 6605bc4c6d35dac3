"""Requests and answers of SQS where moto's differ from AWS's."""

from __future__ import annotations

import json
from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult, PaginatedResult
from moto.sqs.constants import MAXIMUM_VISIBILITY_TIMEOUT
from moto.sqs.exceptions import QueueDoesNotExist, SQSException
from moto.sqs.responses import SQSResponse

from labkit.cloud.aws_errors import QUEUE_STATUSES
from labkit.cloud.queues.batches import check_count
from labkit.cloud.queues.checks import invalid
from labkit.cloud.queues.holding import DEAD_LETTER_SOURCE
from labkit.cloud.queues.message import LabMessage

MAX_MESSAGES = 10
MAX_QUEUES = 1000  # of a page
MAX_TASKS = 10
MAX_SECONDS = {"WaitTimeSeconds": 20, "VisibilityTimeout": MAXIMUM_VISIBILITY_TIMEOUT}
# Recorded: what the SDK shows as `QueryErrorCode`, of errors that the API's model does not have.
MODELLED_AS = {
    "InvalidParameterValue": "com.amazon.coral.service#InvalidParameterValueException",
}
# Recorded: the errors of these say nothing about a detail in the query protocol, the others' do.
WITHOUT_DETAIL = ("ChangeMessageVisibilityBatch", "DeleteMessageBatch")
NO_QUEUE_IN_XML = "The specified queue does not exist for this wsdl version."
# Whoever asks the query protocol for JSON, as API Gateway does, gets what has no value as null.
JSON_ANSWER = '{"SendMessageResponse":'
JSON_ATTRIBUTES = '{"GetQueueAttributesResponse":'
SENT = (
    *("MD5OfMessageAttributes", "MD5OfMessageBody", "MD5OfMessageSystemAttributes"),
    *("MessageId", "SequenceNumber"),
)


class QueuesResponse(SQSResponse):
    """The operations of SQS, as moto dispatches them by name."""

    def serialized(self, action_result: ActionResult) -> TYPE_RESPONSE:
        """An answer in the protocol of the request, an error with its own status."""
        error = action_result.result
        if isinstance(error, QueueDoesNotExist) and not self._speaks_json:
            error.message = NO_QUEUE_IN_XML
        status, headers, body = super().serialized(action_result)
        if isinstance(error, SQSException):
            status = QUEUE_STATUSES.get(error.code.rpartition(".")[2], status)
            if self._speaks_json and error.code in MODELLED_AS:
                document = {**json.loads(body), "__type": MODELLED_AS[error.code]}
                body = json.dumps(document)
            elif not self._speaks_json and self._get_action() not in WITHOUT_DETAIL:
                body = body.replace("</Error>", "<Detail/></Error>")
        if isinstance(body, str) and body.startswith(JSON_ANSWER):
            body = with_nulls(body)
        if isinstance(body, str) and body.startswith(JSON_ATTRIBUTES):
            body = with_names(body)
        return status, headers, body

    @property
    def _speaks_json(self) -> bool:
        return "X-Amz-Target" in self.headers

    def receive_message(self) -> ActionResult:
        """ReceiveMessage, with AWS's words for what is out of range."""
        self._check_count("MaxNumberOfMessages", MAX_MESSAGES)
        for name, highest in MAX_SECONDS.items():
            seconds = self._get_param(name, 0)
            if not 0 <= seconds <= highest:
                raise invalid(name, seconds, f"Must be >= 0 and <= {highest}, if provided.")
        if not self._speaks_json and self._get_param("AttributeNames"):
            self.params.pop("MessageSystemAttributeNames", None)  # recorded: the older name wins
        answer = super().receive_message()
        asked = {
            *self._get_param("AttributeNames", []),
            *self._get_param("MessageSystemAttributeNames", []),
        }
        if asked & {"All", DEAD_LETTER_SOURCE}:
            self._add_sources(answer)
        return answer

    def send_message(self) -> ActionResult:
        """SendMessage; system attributes have a digest too."""
        sent = super().send_message().result
        return ActionResult(sent | digest_of(self._get_param("MessageSystemAttributes")))

    def send_message_batch(self) -> ActionResult:
        """SendMessageBatch; a list without entries is left out (recorded)."""
        answer = super().send_message_batch().result
        entries = self._get_param("Entries")
        digests = {each["Id"]: digest_of(each.get("MessageSystemAttributes")) for each in entries}
        for sent in answer["Successful"]:
            sent |= digests[sent["Id"]]
        return ActionResult({name: sent for name, sent in answer.items() if sent})

    def delete_message_batch(self) -> ActionResult:
        """DeleteMessageBatch; that the entries are too many is said before anything else."""
        check_count(self._get_param("Entries") or [])
        return super().delete_message_batch()

    def list_queue_tags(self) -> ActionResult:
        """ListQueueTags; no tags are left out (recorded)."""
        return ActionResult(
            {name: tags for name, tags in super().list_queue_tags().result.items() if tags}
        )

    def list_dead_letter_source_queues(self) -> ActionResult:
        """ListDeadLetterSourceQueues, page by page when a number of results is asked for."""
        self._check_count("MaxResults", MAX_QUEUES)
        answer = super().list_dead_letter_source_queues()
        return PaginatedResult(answer.result) if self._get_param("MaxResults") else answer

    def list_queues(self) -> ActionResult:
        """ListQueues, likewise."""
        self._check_count("MaxResults", MAX_QUEUES)
        return super().list_queues()

    def start_message_move_task(self) -> ActionResult:
        """StartMessageMoveTask."""
        handle = self.sqs_backend.start_message_move_task(
            self._get_param("SourceArn"),
            self._get_param("DestinationArn"),
            self._get_param("MaxNumberOfMessagesPerSecond"),
        )
        return ActionResult({"TaskHandle": handle})

    def list_message_move_tasks(self) -> ActionResult:
        """ListMessageMoveTasks, the latest one unless more are asked for."""
        self._check_count("MaxResults", MAX_TASKS)
        tasks = self.sqs_backend.list_message_move_tasks(
            self._get_param("SourceArn"), self._get_param("MaxResults") or 1
        )
        return ActionResult({"Results": tasks})

    def cancel_message_move_task(self) -> ActionResult:
        """CancelMessageMoveTask."""
        moved = self.sqs_backend.cancel_message_move_task(self._get_param("TaskHandle"))
        return ActionResult({"ApproximateNumberOfMessagesMoved": moved})

    def _check_count(self, name: str, most: int) -> None:
        count = self._get_param(name)
        if count is not None and not 1 <= count <= most:
            raise invalid(name, count, f"Must be between 1 and {most}, if provided.")

    def _add_sources(self, answer: ActionResult) -> None:
        queue = self.sqs_backend.get_queue(self._get_queue_name())
        for message in answer.result.get("Messages", []):
            source = queue.dead_letter_source_of(message["MessageId"])
            if source is not None:
                message.setdefault("Attributes", {})[DEAD_LETTER_SOURCE] = source


def digest_of(system_attributes: dict[str, Any] | None) -> dict[str, str]:
    """What SendMessage answers about the system attributes of a message that has some."""
    if not system_attributes:
        return {}
    carrier = LabMessage("", "")
    carrier.message_attributes = system_attributes
    return {"MD5OfMessageSystemAttributes": carrier.attribute_md5}


def with_names(body: str) -> str:
    """GetQueueAttributes's answer in JSON with a name and a value for each attribute (recorded)."""
    answer = json.loads(body)
    result = answer["GetQueueAttributesResponse"].get("GetQueueAttributesResult", {})
    result["Attributes"] = [
        {"Name": each["key"], "Value": each["value"]} for each in result.get("Attributes", [])
    ]
    return json.dumps(answer)


def with_nulls(body: str) -> str:
    """SendMessage's answer in JSON with all its members, in AWS's order."""
    answer = json.loads(body)["SendMessageResponse"]
    result = {name: answer["SendMessageResult"].get(name) for name in SENT}
    metadata = answer["ResponseMetadata"]
    return json.dumps(
        {"SendMessageResponse": {"ResponseMetadata": metadata, "SendMessageResult": result}}
    )
