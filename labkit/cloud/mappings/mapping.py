"""One event source mapping: its settings, its state, and the document that the API answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from labkit.cloud.mappings.configuration import Settings
from labkit.cloud.mappings.kinds import Kind
from labkit.cloud.mappings.outcomes import REPORT_BATCH_ITEM_FAILURES

#: Recorded; a queue's mapping has no LastProcessingResult in AWS's documents.
USER_INITIATED, USER_ACTION = "USER_INITIATED", "User action"
NOTHING_YET, OK = "No records processed", "OK"
CALL_FAILED = "PROBLEM: Function call failed"


class State(StrEnum):
    """https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html"""

    CREATING = "Creating"
    ENABLING = "Enabling"
    ENABLED = "Enabled"
    UPDATING = "Updating"
    DISABLING = "Disabling"
    DISABLED = "Disabled"
    DELETING = "Deleting"


@dataclass(eq=False)
class Mapping:
    """One mapping, as moto's Lambda backend keeps it under its UUID.

    `function_arn` has the version or alias that was asked for; `last_modified` is in seconds.
    """

    uuid: str
    arn: str
    kind: Kind
    event_source_arn: str
    function_arn: str
    settings: Settings
    enabled: bool
    last_modified: float
    state: State = State.CREATING
    tags: dict[str, str] = field(default_factory=dict)
    last_processing_result: str | None = None

    def __post_init__(self) -> None:
        if self.kind is Kind.STREAM:
            self.last_processing_result = NOTHING_YET

    @property
    def region(self) -> str:
        """The region of the mapping, its source and its function."""
        return self.arn.split(":")[3]

    @property
    def account_id(self) -> str:
        """The account of the mapping, its source and its function."""
        return self.arn.split(":")[4]

    @property
    def function_name(self) -> str:
        """The name of the function, without a version or alias."""
        return self.function_arn.split(":")[6]

    @property
    def source_name(self) -> str:
        """The name of the queue, or of the table that the stream belongs to."""
        resource = self.event_source_arn.split(":", 5)[5]
        return resource.split("/")[1] if self.kind is Kind.STREAM else resource

    @property
    def reports_failures(self) -> bool:
        """Whether the function's `batchItemFailures` count."""
        return REPORT_BATCH_ITEM_FAILURES in self.settings["FunctionResponseTypes"]

    @property
    def on_failure(self) -> str | None:
        """The ARN of the queue or topic that is told of batches given up, if there is one."""
        on_failure = self.settings.get("DestinationConfig", {}).get("OnFailure", {})
        return on_failure.get("Destination") or None

    def get_configuration(self) -> dict[str, Any]:
        """The mapping as the API shows it."""
        document = {
            "UUID": self.uuid,
            "EventSourceMappingArn": self.arn,
            "EventSourceArn": self.event_source_arn,
            "FunctionArn": self.function_arn,
            "LastModified": self.last_modified,
            "State": self.state,
            "StateTransitionReason": (USER_ACTION if self.kind is Kind.STREAM else USER_INITIATED),
            **self.settings,
        }
        if self.last_processing_result is not None:
            document["LastProcessingResult"] = self.last_processing_result
        return document
