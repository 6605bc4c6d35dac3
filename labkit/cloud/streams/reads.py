"""What a Query and a Scan find: pages, and what of an index's items is fetched from its table.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import SecondaryIndex

from labkit.cloud.streams.paths import Path
from labkit.cloud.streams.projections import projected

LIMIT_OF_QUERY = 3  # among what moto gives after the name of the table
Page = tuple[list[Item], int, dict[str, Any] | None]


class ReadsMixin(DynamoDBBackend):
    """The part of the DynamoDB backend that reads many items; `evaluated` are those of a page."""

    evaluated: Sequence[Item] = ()

    def query(self, table_name: str, *given: Any, **options: Any) -> Page:
        """A page of the items with one partition key; what to show of them is given last."""
        *conditions, paths = given
        condition = _filter(options)
        page = super().query(table_name, *conditions, None, **options)
        return self._asked(table_name, given[LIMIT_OF_QUERY], options, page, condition, paths)

    def scan(self, table_name: str, filters: Any, limit: int, *given: Any, **options: Any) -> Page:
        """A page of all items."""
        paths, options["projection_expression"] = options["projection_expression"], None
        condition = _filter(options)
        page = super().scan(table_name, filters, limit, *given, **options)
        return self._asked(table_name, limit, options, page, condition, paths)

    def _asked(
        self,
        table_name: str,
        limit: int | None,
        options: dict[str, Any],
        page: Page,
        condition: Any,
        paths: Sequence[Path] | None,
    ) -> Page:
        """What is asked for of a page; one that is full has a last key, whatever comes after it."""
        items, scanned, last = page
        self.evaluated = items
        if items and len(items) == limit:
            table = self.get_table(table_name)
            last = table._get_last_evaluated_key(items[-1], options.get("index_name"))
        found = [item for item in items if condition.expr(item)]
        return [projected(item, paths) for item in found] if paths else found, scanned, last


def _filter(options: dict[str, Any]) -> Any:
    """The filter of a read, which is taken out of its options."""
    expression, options["filter_expression"] = options.get("filter_expression"), None
    return get_filter_expression(expression, options.get("expr_names"), options.get("expr_values"))


@contextmanager
def whole(index: SecondaryIndex) -> Iterator[None]:
    """Read an index as if it projected all, since what it lacks is fetched from its table."""
    projection, index.projection = index.projection, {"ProjectionType": "ALL"}
    try:
        yield
    finally:
        index.projection = projection
