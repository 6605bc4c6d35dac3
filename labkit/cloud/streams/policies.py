"""Policies that tables and streams have of their own; moto keeps those of tables only.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html
"""

from __future__ import annotations

from typing import Any

from moto.dynamodb.exceptions import (
    PolicyNotFoundException,
    ResourceNotFoundException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import ResourcePolicy, Table

# What a caller names who expects that there is none yet.
NO_POLICY = "NO_POLICY"


class PoliciesMixin(DynamoDBBackend):
    """The part of the DynamoDB backend that keeps policies, by the ARN of table or stream."""

    streams: Any

    def put_resource_policy(
        self, resource_arn: str, policy_doc: str, expected_revision_id: str | None
    ) -> ResourcePolicy:
        """Give a table or stream its policy, or another one."""
        self._check_holder(resource_arn)
        current = self.resource_policies.get(resource_arn)
        expected = current is None if expected_revision_id == NO_POLICY else True
        if expected_revision_id and expected_revision_id != NO_POLICY:
            expected = current is not None and current.revision_id == expected_revision_id
        if not expected:
            raise _not_found(resource_arn)
        policy = ResourcePolicy(resource_arn=resource_arn, policy_doc=policy_doc)
        self.resource_policies[resource_arn] = policy
        return policy

    def get_resource_policy(self, resource_arn: str) -> ResourcePolicy:
        """The policy of a table or stream."""
        self._check_holder(resource_arn)
        if resource_arn not in self.resource_policies:
            raise _not_found(resource_arn)
        return self.resource_policies[resource_arn]

    def delete_resource_policy(self, resource_arn: str, expected_revision_id: str | None) -> None:
        """Take a policy away, if it is still the one that is expected."""
        self._check_holder(resource_arn)
        current = self.resource_policies.get(resource_arn)
        if expected_revision_id and (
            current is None or current.revision_id != expected_revision_id
        ):
            raise _not_found(resource_arn)
        self.resource_policies.pop(resource_arn, None)

    def delete_table(self, name: str) -> Table:
        """Delete a table, and its policy with it."""
        table = super().delete_table(name)
        self.resource_policies.pop(table.table_arn, None)
        return table

    def _check_holder(self, resource_arn: str) -> None:
        tables = (table.table_arn for table in self.tables.values())
        if resource_arn not in self.streams and resource_arn not in tables:
            raise ResourceNotFoundException(table_name=resource_arn)


def _not_found(resource_arn: str) -> PolicyNotFoundException:
    return PolicyNotFoundException(
        f"Resource-based policy not found for the provided ResourceArn: {resource_arn}"
    )
