"""How DynamoDB's API describes tables: what moto leaves out, and states that pass at once here.

As AWS was recorded to answer (test_lambda_integration_dynamodbstreams of the LocalStack project): a
table is CREATING, UPDATING or DELETING in the answer of the call that makes it so.
"""

from __future__ import annotations

import uuid
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.responses import DynamoHandler
from moto.dynamodb.urls import url_bases

__all__ = ["url_bases", "url_paths"]

ON_DEMAND = "PAY_PER_REQUEST"


class LabDynamoHandler(DynamoHandler):
    """DynamoDB's operations, of which those on tables answer as AWS does."""

    def create_table(self) -> ActionResult:
        """CreateTable."""
        answer = _described(super().create_table(), status="CREATING")
        description = _description(answer)
        del description["WarmThroughput"]
        if "BillingModeSummary" in description:
            description["BillingModeSummary"] = {"BillingMode": ON_DEMAND}
        return answer

    def update_table(self) -> ActionResult:
        """UpdateTable."""
        return _described(super().update_table(), status="UPDATING")

    def delete_table(self) -> ActionResult:
        """DeleteTable."""
        return _described(super().delete_table(), status="DELETING")

    def describe_table(self) -> ActionResult:
        """DescribeTable."""
        return _described(super().describe_table())


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


url_paths = {"{0}/": LabDynamoHandler.dispatch}
