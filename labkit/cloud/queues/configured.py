"""A queue's attributes: set one by one as on AWS, checked, and linked to the dead-letter queue.

moto forgets the policy of a queue whenever another attribute is set, shows times with fractions,
and knows no RedriveAllowPolicy.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

from moto.sqs.exceptions import InvalidAttributeName, InvalidParameterValue, SQSException
from moto.sqs.models import Queue, sqs_backends

from labkit.cloud.queues.attributes import (
    allows,
    check_attributes,
    read_redrive_allow_policy,
    read_redrive_policy,
)
from labkit.cloud.queues.checks import invalid

FIFO_ONLY = frozenset(Queue.FIFO_ATTRIBUTES)
HIGH_THROUGHPUT = frozenset({"DeduplicationScope", "FifoThroughputLimit"})


class ConfiguredQueue(Queue):
    """The attributes of one SQS queue; what it holds is its subclass's business."""

    BASE_ATTRIBUTES: ClassVar[list[str]] = [*Queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]
    redrive_allow_policy: dict[str, Any] | None = None
    dead_letter_queue: ConfiguredQueue | None

    def __init__(self, name: str, region: str, account_id: str, **attributes: Any) -> None:
        check_attributes(attributes)
        is_fifo = attributes.get("FifoQueue", "false").lower() == "true"
        _check_type(attributes, is_fifo=is_fifo)
        super().__init__(name, region, account_id, **attributes)
        if name.endswith(".fifo") and not is_fifo:
            raise InvalidParameterValue(
                "Can only include alphanumeric characters, hyphens, or underscores. "
                "1 to 80 in length"
            )

    def change_attributes(self, attributes: dict[str, Any]) -> None:
        """Set `attributes` and leave the others as they are; an empty policy takes it away."""
        check_attributes(attributes)
        _check_type(attributes, is_fifo=self.fifo_queue)
        if attributes.get("FifoQueue", "true").lower() != "true":
            raise SQSException(
                "InvalidAttributeValue",
                "Invalid value for the parameter FifoQueue. "
                "Reason: Modifying queue type is not supported.",
            )
        self._set_attributes(attributes)

    @property
    def attributes(self) -> dict[str, Any]:
        """All attributes as SQS shows them: whole seconds, policies as compact JSON."""
        attributes = super().attributes
        for name in ("CreatedTimestamp", "LastModifiedTimestamp"):
            attributes[name] = int(attributes[name])
        for name, policy in (
            ("RedrivePolicy", self.redrive_policy),
            ("RedriveAllowPolicy", self.redrive_allow_policy),
        ):
            attributes[name] = policy and json.dumps(policy, separators=(",", ":"))
        return attributes

    def _set_attributes(self, attributes: dict[str, Any], now: float | None = None) -> None:
        # Everything is checked before anything is set.
        changed = {**attributes}
        if "Policy" not in attributes:
            changed["Policy"] = self.policy
        allowed = self.redrive_allow_policy
        if "RedriveAllowPolicy" in attributes:
            allowed = read_redrive_allow_policy(changed.pop("RedriveAllowPolicy"))
        if "RedrivePolicy" in attributes:
            self._set_redrive_policy(changed.pop("RedrivePolicy"))
        self.redrive_allow_policy = allowed
        super()._set_attributes(changed, now)

    def _set_redrive_policy(self, text: str | None) -> None:
        policy = read_redrive_policy(text)
        target = None
        if policy is not None:
            arn = policy["deadLetterTargetArn"]
            queues = sqs_backends[self.account_id][self.region].queues
            target = queues.get(arn.rpartition(":")[2])
            if target is None or target.queue_arn != arn:
                raise invalid("RedrivePolicy", text, "Dead letter target does not exist.")
            if target.fifo_queue != self.name.endswith(".fifo"):
                reason = "Dead-letter queue must be same type of queue as the source."
                raise invalid("RedrivePolicy", text, reason)
            if not allows(target.redrive_allow_policy, self.queue_arn):
                # That AWS refuses is documented; its wording is not.
                reason = (
                    "The RedriveAllowPolicy of the dead-letter queue does not allow this queue."
                )
                raise invalid("RedrivePolicy", text, reason)
        self.redrive_policy = policy
        self.dead_letter_queue = target


def _check_type(attributes: dict[str, Any], *, is_fifo: bool) -> None:
    # Recorded: on a standard queue the FIFO attributes are unknown, FifoQueue=false included.
    if not is_fifo:
        for name in attributes:
            if name in HIGH_THROUGHPUT:
                raise SQSException(
                    "InvalidAttributeName",
                    f"You can specify the {name} only when FifoQueue is set to true.",
                )
            if name in FIFO_ONLY:
                raise InvalidAttributeName(name)
