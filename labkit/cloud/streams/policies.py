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
        """Give a table or stream its policy, or another one; the same one is no revision."""
        self._check_holder(resource_arn)
        current = self.resource_policies.get(resource_arn)
        _check_revision(resource_arn, current, expected_revision_id)
        if current is not None and current.policy_doc == policy_doc:
            return current
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
        _check_revision(resource_arn, current, expected_revision_id)
        self.resource_policies.pop(resource_arn, None)

    def delete_table(self, name: str) -> Table:
        """Delete a table, and its policy with it."""
        table = super().delete_table(name)
        self.resource_policies.pop(table.table_arn, None)
        return table

    def _check_holder(self, resource_arn: str) -> None:
        tables = (table.table_arn for table in self.tables.values())
        if resource_arn not in self.streams and resource_arn not in tables:
            of_stream = "/stream/" in resource_arn
            name = f"Stream: {resource_arn}" if of_stream else f"Table: {_table_of(resource_arn)}"
            raise ResourceNotFoundException(f"Requested resource not found: {name} not found")


def _check_revision(
    resource_arn: str, current: ResourcePolicy | None, expected: str | None
) -> None:
    """Refuse a change of another policy than the one that the caller expects."""
    if expected is None or expected == (current.revision_id if current else NO_POLICY):
        return
    if current is None:
        raise _not_found(resource_arn)
    table = _table_of(resource_arn)
    if expected == NO_POLICY:
        raise _not_found(
            f"Requested policy update expecting none to be present for table {table}, but a policy "
            f"exists with revision id {current.revision_id}."
        )
    raise _not_found(
        f"Requested update for policy with revision id {expected}, but the policy associated to "
        f"target table {table} has revision id {current.revision_id}."
    )


def _not_found(what: str) -> PolicyNotFoundException:
    return PolicyNotFoundException(
        f"Resource-based policy not found for the provided ResourceArn: {what}"
    )


def _table_of(resource_arn: str) -> str:
    return resource_arn.partition("/")[2].partition("/")[0]
