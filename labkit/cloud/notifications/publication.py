"""What a publisher handed to a topic, and the text of it that each protocol gets.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Publication:
    """One message of a topic. `attributes` are `{name: {"Type": ..., "Value": ...}}`."""

    message_id: str
    topic_arn: str
    message: str
    timestamp: str
    subject: str | None = None
    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)
    structure: str | None = None
    signature_version: str = "1"
    group_id: str | None = None
    deduplication_id: str | None = None
    sequence_number: str | None = None
    trace: str | None = None

    def group_id_for(self, queue_arn: str) -> str | None:
        """The group of a message in a queue: a standard queue gets that of a standard topic only.

        Recorded (LocalStack, test_fifo_topic_to_regular_sqs).
        """
        of_fifo_topic = self.sequence_number is not None
        return None if of_fifo_topic and not queue_arn.endswith(".fifo") else self.group_id

    def text_for(self, protocol: str) -> str:
        """The message for subscribers of `protocol`.

        With MessageStructure=json each protocol may have its own; the others get "default".
        """
        if self.structure != "json":
            return self.message
        texts = json.loads(self.message)
        own = texts.get(protocol)
        return own if isinstance(own, str) else texts["default"]

    @property
    def delivered_attributes(self) -> dict[str, dict[str, Any]]:
        """The attributes that subscribers see: none when the message structure is JSON.

        https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
        """
        return {} if self.structure == "json" else self.attributes
