"""How DynamoDB's operations that read items answer: what moto leaves out, or lets pass.

What a call has consumed is answered to whom asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import get_service_model
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models.table import LocalSecondaryIndex, SecondaryIndex, Table
from moto.dynamodb.responses import DynamoHandler, DynamoResult

from labkit.cloud.constraints import violation
from labkit.cloud.streams import expressions, keys, placeholders, values
from labkit.cloud.streams.capacity import Consumed
from labkit.cloud.streams.projections import Projection
from labkit.cloud.streams.reads import whole

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
LARGEST_TRANSACTION = 100
WRITES = ("PutItem", "UpdateItem", "DeleteItem")


class ReadsHandler(DynamoHandler):
    """DynamoDB's operations that read items, and what all on items have in common."""

    def call_action(self) -> Any:
        """Answer a request, whose values are read first."""
        operation = get_service_model("dynamodb").operation_model(self._get_action())
        try:
            self.params = values.kept(operation.input_shape, self.params)
        except MockValidationException as error:
            prefix = placeholders.WRITES if operation.name in WRITES else ""
            raise MockValidationException(f"{prefix}{error.exception_msg}") from None
        return super().call_action()

    def get_item(self) -> ActionResult:
        """GetItem."""
        self._check_expressions()
        consumed = self._consumed()
        self._count_read(consumed, self._table(), self.body["Key"], self.body)
        return consumed.told(super().get_item())

    def query(self) -> ActionResult:
        """Query."""
        if not {"KeyConditionExpression", "KeyConditions"} & self.body.keys():
            raise MockValidationException(
                "Either the KeyConditions or KeyConditionExpression parameter must be specified in "
                "the request."
            )
        return self._read(super().query)

    def scan(self) -> ActionResult:
        """Scan."""
        return self._read(super().scan)

    def batch_get_item(self) -> ActionResult:
        """BatchGetItem."""
        consumed = self._consumed()
        for name, asked in self.body["RequestItems"].items():
            expressions.check(asked)
            table = self._table(name)
            for key in asked["Keys"]:
                self._count_read(consumed, table, key, asked)
        return consumed.told(super().batch_get_item())

    def transact_get_items(self) -> ActionResult:
        """TransactGetItems, each item with what its projection names."""
        gets = [each["Get"] for each in self.body["TransactItems"]]
        if len(gets) > LARGEST_TRANSACTION:
            bounds = f"Member must have length less than or equal to {LARGEST_TRANSACTION}"
            raise MockValidationException(violation("transactItems", "[...]", bounds))
        consumed, responses = self._consumed(), list[dict[str, Any]]()
        for get in gets:
            expressions.check(get)
            placeholders.check(get)
            table = self._table(get["TableName"])
            self._count_read(consumed, table, get["Key"], {"ConsistentRead": True})
            names = get.get("ExpressionAttributeNames")
            paths = Projection(get.get("ProjectionExpression"), names).parse()
            item = self.dynamodb_backend.get_item(table.name, get["Key"], paths)
            responses.append({} if item is None else {"Item": item.attrs})
        return consumed.told(DynamoResult({"Responses": responses}))

    def _table(self, name: str | None = None) -> Table:
        return self.dynamodb_backend.get_table(name or self.body["TableName"])

    def _consumed(self) -> Consumed:
        return Consumed(self._get_action(), self.body.get("ReturnConsumedCapacity"))

    def _check_expressions(self, *, prefix: str = "") -> None:
        expressions.check(self.body)
        placeholders.check(self.body, prefix=prefix)

    def _read(self, call: Callable[[], ActionResult]) -> ActionResult:
        self._check_expressions()
        table, name = self._table(), self.body.get("IndexName")
        keys.check_conditions(table, self.body)
        index = None if name is None else table.get_index(name, error_if_not=True)
        if (start := self.body.get("ExclusiveStartKey")) is not None:
            keys.check_start(table, index, start)
        fetched = index is not None and self._fetches(index)
        with whole(index) if index is not None and fetched else nullcontext():
            answer = call()
        items, consumed = self.dynamodb_backend.evaluated, self._consumed()
        consistent = self.body.get("ConsistentRead", False)
        if index is None:
            consumed.read(table, items, consistent=consistent)
        else:
            entries = map(index.project, items)
            consumed.read(table, entries, consistent=consistent, index=index.name)
            for item in items if fetched else ():
                consumed.read(table, [item], consistent=consistent)
        return consumed.told(answer)

    def _fetches(self, index: SecondaryIndex) -> bool:
        """Whether more is asked for than an index has, which is fetched for a local one only."""
        if index.projection.get("ProjectionType") == "ALL":
            return False
        local = isinstance(index, LocalSecondaryIndex)
        if self.body.get("Select") == "ALL_ATTRIBUTES":
            return local
        has = {
            *index.table_key_attrs,
            *index.schema_key_attrs,
            *index.projection.get("NonKeyAttributes", ()),
        }
        names = self.body.get("ExpressionAttributeNames")
        paths = Projection(self.body.get("ProjectionExpression"), names).parse()
        lacking = sorted({str(path[0]) for path in paths} - has)
        if lacking and not local:
            raise MockValidationException(
                f"{values.INVALID}Global secondary index {index.name} does not project "
                f"[{', '.join(lacking)}]"
            )
        return bool(lacking)

    def _count_read(
        self, consumed: Consumed, table: Table, key: dict[str, Any], asked: Mapping[str, Any]
    ) -> None:
        """Count an item that is read by its key, for whom asks."""
        keys.check(table, key)
        if consumed.asked:
            item = self.dynamodb_backend.get_item(table.name, key)
            consumed.read(table, [item], consistent=asked.get("ConsistentRead", False))
