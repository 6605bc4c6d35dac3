"""Statements in PartiQL: a SELECT finds its items here, and moto carries out the others.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
"""

from __future__ import annotations

from typing import Any

from moto.dynamodb.exceptions import MockValidationException, ResourceNotFoundException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import Item

from labkit.cloud.access.partiql import Target, target
from labkit.cloud.streams import partiql, selection


class StatementsMixin(DynamoDBBackend):
    """The part of the DynamoDB backend that reads PartiQL."""

    def execute_statement(
        self, statement: str, parameters: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Carry out a statement in PartiQL."""
        found = target(statement)
        if found is not None and found.action == "PartiQLSelect":
            return selection.selected(statement, parameters or [], self._items(found))
        if found is not None and partiql.NESTED.search(statement):
            raise selection.refusal("A path within an attribute, in an UPDATE")
        return super().execute_statement(*partiql.parameterised(statement, parameters or []))

    def _items(self, found: Target) -> list[Item]:
        """The items of a table, or those that one of its indexes has."""
        if found.table not in self.tables:
            raise ResourceNotFoundException()
        table = self.tables[found.table]
        items = list(table.all_items())
        if found.index is None:
            return items
        schema = [each.schema for each in table.all_indexes() if each.name == found.index]
        if not schema:
            raise MockValidationException("The table does not have the specified index")
        return [item for item in items if all(k["AttributeName"] in item.attrs for k in schema[0])]

    def batch_execute_statement(self, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Carry out several, each by itself."""
        return super().batch_execute_statement(
            [
                {"Statement": text, "Parameters": values}
                for each in statements
                for text, values in [
                    partiql.parameterised(each["Statement"], each.get("Parameters") or [])
                ]
            ]
        )
