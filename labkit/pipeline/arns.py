"""The ARNs of the pipeline's resources, which follow from their names.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from labkit.lab import Lab


def queue_arn(lab: Lab, name: str) -> str:
    """The ARN of a queue: `arn:aws:sqs:us-east-1:123456789012:orders`."""
    return f"arn:aws:sqs:{lab.region}:{lab.account_id}:{name}"


def topic_arn(lab: Lab) -> str:
    """The ARN of the topic of order events."""
    return f"arn:aws:sns:{lab.region}:{lab.account_id}:{lab.names.topic}"


def role_arn(lab: Lab, name: str) -> str:
    """The ARN of a role; the path is a part of it."""
    return f"arn:aws:iam::{lab.account_id}:role{lab.names.path}{name}"


def policy_arn(lab: Lab, name: str) -> str:
    """The ARN of a managed policy; the path is a part of it."""
    return f"arn:aws:iam::{lab.account_id}:policy{lab.names.path}{name}"
