"""How DynamoDB's operations on items answer: what moto leaves out, shows unasked, or lets pass.

Recordings are dynamodb/test_dynamodb.snapshot.json of the LocalStack project. What a call has
consumed is answered to whom asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models.utilities import dynamo_to_dict
from moto.dynamodb.responses import (
    DynamoHandler,
    ProjectionExpressionParser,
    include_consumed_capacity,
    validate_put_has_empty_keys,
)

from labkit.cloud.streams import expressions, placeholders

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
LARGEST_BATCH = 25
# As moto says it of a filter and of a projection.
RESERVED = re.compile(r"(?:Invalid )?(\w+): (Attribute name is a reserved keyword; .*)")
EMPTY_KEY = (
    "One or more parameter values are not valid. "
    "The AttributeValue for a key attribute cannot contain an empty string value. Key: {}"
)


class LabItemsHandler(DynamoHandler):
    """DynamoDB's operations on items."""

    def put_item(self) -> ActionResult:
        """PutItem."""
        self._check_expressions(prefix=placeholders.WRITES)
        table = self.dynamodb_backend.get_table(self.body["TableName"])
        validate_put_has_empty_keys(self.body["Item"], table, EMPTY_KEY)
        return super().put_item()

    @include_consumed_capacity()
    def update_item(self) -> ActionResult:
        """UpdateItem."""
        self._check_expressions(prefix=placeholders.WRITES)
        if "UpdateExpression" not in self.body:  # an item of the key is made, if there is none
            self.body.setdefault("AttributeUpdates", {})
        answer = super().update_item()
        result: Any = answer.result
        del result["ConsumedCapacity"]
        return answer

    def delete_item(self) -> ActionResult:
        """DeleteItem."""
        self._check_expressions(prefix=placeholders.WRITES)
        return super().delete_item()

    def get_item(self) -> ActionResult:
        """GetItem."""
        return self._read(super().get_item)

    def query(self) -> ActionResult:
        """Query."""
        return self._read(super().query)

    def scan(self) -> ActionResult:
        """Scan."""
        return self._read(super().scan)

    def batch_get_item(self) -> ActionResult:
        """BatchGetItem."""
        for asked in self.body["RequestItems"].values():
            expressions.check(asked or {})
        return self._as_asked(super().batch_get_item())

    def batch_write_item(self) -> ActionResult:
        """BatchWriteItem: nothing is written unless every item and key fits its table."""
        self._check_size_of_batch()
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
        self._check_transaction()
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
        """TransactWriteItems: once for each token."""
        self._check_transaction()
        call = super().transact_write_items
        return self._once(self.body["TransactItems"], lambda: self._as_asked(call()), repeated={})

    def execute_transaction(self) -> ActionResult:
        """ExecuteTransaction: once for each token."""
        call = super().execute_transaction
        return self._once(self.body["TransactStatements"], call, repeated={"Responses": []})

    def _once(
        self, asked: Any, call: Callable[[], ActionResult], *, repeated: dict[str, Any]
    ) -> ActionResult:
        """The answer of a call, or to what its token has carried out before."""
        token, tokens = self.body.get("ClientRequestToken"), self.dynamodb_backend.tokens
        if tokens.carried_out(token, asked):
            return ActionResult(repeated)
        answer = call()
        tokens.remember(token, asked)
        return answer

    def _read(self, call: Callable[[], ActionResult]) -> ActionResult:
        self._check_expressions()
        self._check_index()
        try:
            return call()
        except MockValidationException as error:
            if (named := RESERVED.fullmatch(error.exception_msg)) is None:
                raise
            member = named[1].replace("Condition", "Filter")
            raise MockValidationException(f"Invalid {member}: {named[2]}") from None

    def _check_index(self) -> None:
        if (index := self.body.get("IndexName")) is not None:
            table = self.dynamodb_backend.get_table(self.body["TableName"])
            table.get_index(index, error_if_not=True)

    def _check_transaction(self) -> None:
        for item in self.body["TransactItems"]:
            for asked in item.values():
                expressions.check(asked or {})

    def _check_expressions(self, *, prefix: str = "") -> None:
        expressions.check(self.body)
        placeholders.check(self.body, prefix=prefix)

    def _check_size_of_batch(self) -> None:
        batches = self.body["RequestItems"]
        for name, requests in batches.items():
            if not 1 <= len(requests) <= LARGEST_BATCH:
                raise MockValidationException(
                    f"1 validation error detected: Value '{{{name}=[...]}}' at 'requestItems' "
                    "failed to satisfy constraint: Map value must satisfy constraint: [Member must "
                    f"have length less than or equal to {LARGEST_BATCH}, Member must have length "
                    "greater than or equal to 1]"
                )
        if sum(map(len, batches.values())) > LARGEST_BATCH:
            raise MockValidationException("Too many items requested for the BatchWriteItem call")

    def _as_asked(self, answer: ActionResult) -> ActionResult:
        result: Any = answer.result
        for what in ("ConsumedCapacity", "ItemCollectionMetrics"):
            if self.body.get(f"Return{what}", "NONE") == "NONE":
                result.pop(what, None)
        return answer
