"""How DynamoDB's API answers: what moto leaves out, shows unasked, or lets happen by halves.

As AWS was recorded to answer (test_lambda_integration_dynamodbstreams of the LocalStack project): a
table is CREATING, UPDATING or DELETING in the answer of the call that makes it so, and passes at
once here. What a batch or a transaction has consumed is answered to whom asks for it.
"""

from __future__ import annotations

import uuid
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models.utilities import dynamo_to_dict
from moto.dynamodb.responses import DynamoHandler, ProjectionExpressionParser
from moto.dynamodb.urls import url_bases

from labkit.cloud.access.partiql import target

__all__ = ["url_bases", "url_paths"]

ON_DEMAND = "PAY_PER_REQUEST"


class LabDynamoHandler(DynamoHandler):
    """DynamoDB's operations, of which those on tables and on several items answer as AWS does."""

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
        """UpdateTable."""
        return _described(super().update_table(), status="UPDATING")

    def delete_table(self) -> ActionResult:
        """DeleteTable."""
        return _described(super().delete_table(), status="DELETING")

    def describe_table(self) -> ActionResult:
        """DescribeTable."""
        return _described(super().describe_table())

    def batch_get_item(self) -> ActionResult:
        """BatchGetItem."""
        return self._as_asked(super().batch_get_item())

    def batch_write_item(self) -> ActionResult:
        """BatchWriteItem: nothing is written unless every item and key fits its table."""
        for name, requests in self.body["RequestItems"].items():
            table = self.dynamodb_backend.get_table(name)
            types = {each["AttributeName"]: each["AttributeType"] for each in table.attr}
            for request in requests:
                put, delete = request.get("PutRequest"), request.get("DeleteRequest")
                given = put["Item"] if put else (delete or {}).get("Key", {})
                for key in table.table_key_attrs:
                    if types.get(key) not in given.get(key, {}):
                        raise MockValidationException(
                            "The provided key element does not match the schema"
                        )
        return self._as_asked(super().batch_write_item())

    def transact_get_items(self) -> ActionResult:
        """TransactGetItems, each item with what its projection names."""
        answer = self._as_asked(super().transact_get_items())
        result: Any = answer.result
        for found, asked in zip(result["Responses"], self.body["TransactItems"], strict=True):
            if found and (projection := asked["Get"].get("ProjectionExpression")):
                names = asked["Get"].get("ExpressionAttributeNames") or {}
                paths = ProjectionExpressionParser(projection, names).parse()
                item = self.dynamodb_backend.get_item(
                    asked["Get"]["TableName"], asked["Get"]["Key"], paths
                )
                found["Item"] = dynamo_to_dict(item.describe_attrs(attributes=None))["Item"]
        return answer

    def transact_write_items(self) -> ActionResult:
        """TransactWriteItems, once for each token."""
        token, items = self.body.get("ClientRequestToken"), self.body["TransactItems"]
        if self.dynamodb_backend.tokens.repeats(token, items):
            empty: dict[str, Any] = {"ConsumedCapacity": [], "ItemCollectionMetrics": {}}
            return self._as_asked(ActionResult(empty))
        answer = self._as_asked(super().transact_write_items())
        self.dynamodb_backend.tokens.keep(token, items)
        return answer

    def execute_transaction(self) -> ActionResult:
        """ExecuteTransaction, once for each token if it writes."""
        token, statements = self.body.get("ClientRequestToken"), self.body["TransactStatements"]
        if all(_reads(each["Statement"]) for each in statements):
            return super().execute_transaction()
        if self.dynamodb_backend.tokens.repeats(token, statements):
            return ActionResult({"Responses": [{} for _ in statements]})
        answer = super().execute_transaction()
        self.dynamodb_backend.tokens.keep(token, statements)
        return answer

    def update_item(self) -> ActionResult:
        """UpdateItem; one that updates nothing makes an item of the key, if there is none."""
        if "UpdateExpression" not in self.body:
            self.body.setdefault("AttributeUpdates", {})
        return self._as_asked(super().update_item())

    def _as_asked(self, answer: ActionResult) -> ActionResult:
        result: Any = answer.result
        for what in ("ConsumedCapacity", "ItemCollectionMetrics"):
            if self.body.get(f"Return{what}", "NONE") == "NONE":
                result.pop(what, None)
        return answer


def _reads(statement: str) -> bool:
    aim = target(statement)
    return aim is not None and aim.action == "PartiQLSelect"


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
