"""How DynamoDB's operations on tables answer.

As AWS was recorded to answer (test_lambda_integration_dynamodbstreams of the LocalStack project): a
table is CREATING, UPDATING or DELETING in the answer of the call that makes it so, and passes at
once here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import MockValidationException, ResourceNotFoundException
from moto.dynamodb.models.table import Table

from labkit.cloud.streams.writes_api import WritesHandler

ON_DEMAND, PROVISIONED = "PAY_PER_REQUEST", "PROVISIONED"


class LabDynamoHandler(WritesHandler):
    """DynamoDB's operations, with those on tables."""

    def create_table(self) -> ActionResult:
        """CreateTable."""
        if self.body.get("BillingMode") == ON_DEMAND and self.body.get("ProvisionedThroughput"):
            raise MockValidationException(
                "One or more parameter values were invalid: Neither ReadCapacityUnits nor "
                "WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
            )
        answer = _described(super().create_table(), status="CREATING")
        description = _description(answer)
        del description["WarmThroughput"]
        if "BillingModeSummary" in description:
            description["BillingModeSummary"] = {"BillingMode": ON_DEMAND}
        return answer

    def update_table(self) -> ActionResult:
        """UpdateTable, which adds to the attributes that are defined."""
        body, table = self.body, self.dynamodb_backend.get_table(self.body["TableName"])
        if body.get("BillingMode") == PROVISIONED and not body.get("ProvisionedThroughput"):
            raise MockValidationException(
                "One or more parameter values were invalid: ReadCapacityUnits and "
                f"WriteCapacityUnits must both be specified when BillingMode is {PROVISIONED}"
            )
        if given := body.get("AttributeDefinitions"):
            defined = {each["AttributeName"]: each for each in (*table.attr, *given)}
            body["AttributeDefinitions"] = list(defined.values())
        names = {index.name for index in table.global_indexes}
        for change, index in _changes(body.get("GlobalSecondaryIndexUpdates") or ()):
            if change != "Create" and index["IndexName"] not in names:
                raise ResourceNotFoundException
            if change == "Create" and index["IndexName"] in names:
                raise MockValidationException("Attempting to create an index which already exists")
        return _described(super().update_table(), status="UPDATING")

    def delete_table(self) -> ActionResult:
        """DeleteTable."""
        if self._described_table().deletion_protection_enabled:
            raise MockValidationException(
                "Resource cannot be deleted as it is currently protected against deletion. "
                "Disable deletion protection first."
            )
        return _described(super().delete_table(), status="DELETING")

    def describe_table(self) -> ActionResult:
        """DescribeTable."""
        return _described(super().describe_table())

    def describe_time_to_live(self) -> ActionResult:
        """DescribeTimeToLive."""
        self._described_table()
        return super().describe_time_to_live()

    def update_time_to_live(self) -> ActionResult:
        """UpdateTimeToLive."""
        self._described_table()
        return super().update_time_to_live()

    def _described_table(self) -> Table:
        name = self.body["TableName"]
        try:
            return self.dynamodb_backend.get_table(name)
        except ResourceNotFoundException:
            raise ResourceNotFoundException(table_name=name) from None


def _changes(updates: Iterable[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    return (change for update in updates for change in update.items())


def _described(answer: ActionResult, *, status: str | None = None) -> ActionResult:
    description = _description(answer)
    for indexes in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if not description[indexes]:
            del description[indexes]
    created = description["CreationDateTime"]
    if description["BillingModeSummary"]["BillingMode"] == ON_DEMAND:
        description["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"] = created
    else:
        del description["BillingModeSummary"]
    table = f"{description['TableArn']} {created}"
    description["TableId"] = str(uuid.uuid5(uuid.NAMESPACE_URL, table))
    if status is not None:
        description["TableStatus"] = status
    return answer


def _description(answer: ActionResult) -> dict[str, Any]:
    result: Any = answer.result
    return result.get("TableDescription") or result["Table"]
