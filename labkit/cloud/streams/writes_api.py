"""How DynamoDB's operations that write items answer: what moto leaves out, or lets pass.

Recordings are dynamodb/test_dynamodb.snapshot.json of the LocalStack project.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoResult, validate_put_has_empty_keys

from labkit.cloud.constraints import not_one_of
from labkit.cloud.streams import expressions, keys, placeholders, updates
from labkit.cloud.streams.projections import projected
from labkit.cloud.streams.reads_api import ReadsHandler

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
LARGEST_BATCH = 25
EMPTY_KEY = (
    "One or more parameter values are not valid. "
    "The AttributeValue for a key attribute cannot contain an empty string value. Key: {}"
)
RETURNED = ("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW")
Write = tuple[Table, Mapping[str, Any]]  # of an item with a key


class WritesHandler(ReadsHandler):
    """DynamoDB's operations on items."""

    def put_item(self) -> ActionResult:
        """PutItem."""
        self._check_expressions(prefix=placeholders.WRITES)
        self._check_old_is_asked()
        table = self._table()
        validate_put_has_empty_keys(self.body["Item"], table, EMPTY_KEY)
        return self._written([(table, self.body["Item"])], super().put_item)

    def update_item(self) -> ActionResult:
        """UpdateItem."""
        return self._written([self._keyed()], self._update)

    def delete_item(self) -> ActionResult:
        """DeleteItem."""
        self._check_old_is_asked()
        return self._written([self._keyed()], super().delete_item)

    def batch_write_item(self) -> ActionResult:
        """BatchWriteItem: nothing is written unless every item and key fits its table."""
        self._check_size_of_batch()
        written = list[Write]()
        for name, requests in self.body["RequestItems"].items():
            table = self._table(name)
            for request in requests:
                ((kind, asked),) = request.items()
                given = asked["Item"] if kind == "PutRequest" else asked["Key"]
                keys.check(table, given, of_item=kind == "PutRequest")
                keys.check_indexed(table, given)
                written.append((table, given))
        keyed = [
            (table.name, [given[key] for key in table.table_key_attrs]) for table, given in written
        ]
        if any(each in keyed[:at] for at, each in enumerate(keyed)):
            raise MockValidationException("Provided list of item keys contains duplicates")
        return self._written(written, super().batch_write_item)

    def transact_write_items(self) -> ActionResult:
        """TransactWriteItems: once for each token."""
        written, items = list[Write](), self.body["TransactItems"]
        for kind, asked in (pair for item in items for pair in item.items()):
            expressions.check(asked)
            placeholders.check(asked)
            table = self._table(asked["TableName"])
            if kind == "Put":
                validate_put_has_empty_keys(asked["Item"], table)
            written.append((table, asked["Item" if kind == "Put" else "Key"]))

        def write() -> ActionResult:
            self.dynamodb_backend.transact_write_items(items)
            return ActionResult({})

        return self._once(items, lambda: self._written(written, write), repeated={})

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

    def _check_old_is_asked(self) -> None:
        if self.body.get("ReturnValues", "NONE") not in ("ALL_OLD", "NONE"):
            raise MockValidationException("ReturnValues can only be ALL_OLD or NONE")

    def _keyed(self) -> Write:
        self._check_expressions(prefix=placeholders.WRITES)
        table = self._table()
        keys.check(table, self.body["Key"])
        return table, self.body["Key"]

    def _update(self) -> ActionResult:
        body, returned = self.body, self.body.get("ReturnValues", "NONE")
        if returned not in RETURNED:
            raise MockValidationException(not_one_of("returnValues", returned, RETURNED))
        if "UpdateExpression" in body and "AttributeUpdates" in body:
            raise MockValidationException(
                "Can not use both expression and non-expression parameters in the same request: "
                "Non-expression parameters: {AttributeUpdates} "
                "Expression parameters: {UpdateExpression}"
            )
        what = {
            "update_expression": body.get("UpdateExpression"),
            "expression_attribute_names": body.get("ExpressionAttributeNames"),
            "expression_attribute_values": body.get("ExpressionAttributeValues"),
            "attribute_updates": body.get("AttributeUpdates"),
        }
        name, key = body["TableName"], body["Key"]
        old = self.dynamodb_backend.get_item(name, key)
        new = self.dynamodb_backend.update_item(
            name,
            key,
            **what,
            expected=body.get("Expected"),
            condition_expression=body.get("ConditionExpression"),
            return_values_on_condition_check_failure=body.get(
                "ReturnValuesOnConditionCheckFailure"
            ),
        )
        which, _, side = returned.partition("_")
        item = {"OLD": old, "NEW": new}.get(side)
        if item is not None and which == "UPDATED":
            item = projected(item, [action.path for action in updates.actions_of(**what)])
        return DynamoResult({"Attributes": item.attrs} if item is not None and item.attrs else {})

    def _written(self, writes: Sequence[Write], call: Callable[[], ActionResult]) -> ActionResult:
        """The answer of a call that writes these, with what it consumed if that is asked for."""
        consumed = self._consumed()
        if not consumed.asked:
            return consumed.told(call())
        old = [_item(*write) for write in writes]
        answer = call()
        for write, before in zip(writes, old, strict=True):
            consumed.write(write[0], before, _item(*write))
        return consumed.told(answer)

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


def _item(table: Table, given: Mapping[str, Any]) -> Item | None:
    """The item that a table has by the key in what is given."""
    if not all(name in given for name in table.table_key_attrs):
        return None  # which the call itself refuses
    return table.get_item(*(DynamoType(given[name]) for name in table.table_key_attrs))
