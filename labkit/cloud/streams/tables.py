"""DynamoDB as a moto backend whose tables write into LabStreamShards.

Streams outlive what they belong to: a disabled stream, and that of a deleted table, stay readable
under their ARN for 24 hours, and enabling a stream again makes a new one with a new ARN
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html).
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from moto.dynamodb.comparisons import get_expected, get_filter_expression
from moto.dynamodb.exceptions import (
    ConditionalCheckFailed,
    ItemSizeTooLarge,
    ItemSizeToUpdateTooLarge,
    MockValidationException,
)
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

from labkit.cloud.constraints import not_one_of, null
from labkit.cloud.streams import keys, updates
from labkit.cloud.streams.changes import changed
from labkit.cloud.streams.client_tokens import ClientTokens
from labkit.cloud.streams.expiry import Expiry
from labkit.cloud.streams.policies import PoliciesMixin
from labkit.cloud.streams.reads import ReadsMixin
from labkit.cloud.streams.shard import RETENTION_SECONDS, LabStreamShard
from labkit.cloud.streams.statements import StatementsMixin
from labkit.cloud.streams.tags import TagsMixin

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud


VIEW_TYPES = ("KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES")


class LabDynamoDBBackend(StatementsMixin, ReadsMixin, PoliciesMixin, TagsMixin):
    """The tables of one account and region, and every stream that can still be read."""

    cloud: ClassVar[Cloud]

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._streams: dict[str, LabStreamShard] = {}
        self._expiries: dict[str, Expiry] = {}
        self.tokens = ClientTokens()

    @property
    def streams(self) -> dict[str, LabStreamShard]:
        """The streams that can be read, by ARN, oldest first."""
        horizon = time.time() - RETENTION_SECONDS
        for arn, stream in list(self._streams.items()):
            if stream.closed_at is not None and stream.closed_at <= horizon:
                del self._streams[arn]
        return self._streams

    def reset(self) -> None:
        """Forget every table and stream, waking whoever waits on one."""
        for stream in self._streams.values():
            stream.close()
        for expiry in self._expiries.values():
            expiry.end()
        super().reset()

    def create_table(
        self, name: str, *, streams: dict[str, Any] | None = None, **options: Any
    ) -> Table:
        """Create a table, with a stream when `streams` asks for one."""
        view_type = _view_type(streams)
        table = super().create_table(name, streams=None, **options)
        if view_type is not None:
            self._open_stream(table, view_type)
        return table

    def delete_table(self, name: str) -> Table:
        """Delete a table and close its stream."""
        table = super().delete_table(name)
        self._end_expiry(table.name)
        if table.stream_shard is not None:
            table.stream_shard.close()
        return table

    def update_table_streams(self, table: Table, stream_specification: dict[str, Any]) -> None:
        """Enable or disable the stream of a table."""
        view_type = _view_type(stream_specification)
        if view_type is not None:
            if table.stream_shard is not None:
                raise MockValidationException(
                    f"Table already has an enabled stream: TableName: {table.name}"
                )
            self._open_stream(table, view_type)
        elif table.stream_shard is None:
            raise MockValidationException(
                f"Table has no enabled stream to disable: TableName: {table.name}"
            )
        else:
            table.stream_shard.close()
            table.stream_shard = None
            table.stream_specification = {"StreamEnabled": False}

    def put_item(
        self, table_name: str, item_attrs: dict[str, Any], *args: Any, **options: Any
    ) -> Item:
        """Put an item; what comes back has its keys only.

        moto turns the whole result into JSON and drops it, which costs a fifth of the call.
        """
        table = self.get_table(table_name)
        keys.check_indexed(table, item_attrs)
        item = super().put_item(table_name, item_attrs, *args, **options)
        self._note(table, item)
        return Item(item.hash_key, item.range_key, {})

    def update_item(
        self,
        table_name: str,
        key: dict[str, dict[str, Any]],
        update_expression: str | None,
        expression_attribute_names: dict[str, Any] | None = None,
        expression_attribute_values: dict[str, Any] | None = None,
        attribute_updates: dict[str, Any] | None = None,
        expected: dict[str, Any] | None = None,
        condition_expression: str | None = None,
        return_values_on_condition_check_failure: str | None = None,
    ) -> Item:
        """Update an item, or make one: all of it, in one change, or nothing."""
        table, old = self.get_table(table_name), self.get_item(table_name, key)
        names, values = expression_attribute_names, expression_attribute_values
        condition = get_filter_expression(condition_expression, names, values)
        if not (get_expected(expected or {}).expr(old) and condition.expr(old)):
            shown = return_values_on_condition_check_failure == "ALL_OLD" and old is not None
            raise ConditionalCheckFailed(item=old.to_json()["Attributes"] if shown else None)
        actions = updates.actions_of(update_expression, names, values, attribute_updates)
        updates.check_keys(actions, table)
        before = old.attrs if old else {name: DynamoType(value) for name, value in key.items()}
        after = changed(before, actions)
        keys.check_indexed(table, after)
        try:
            item = table.put_item(after, overwrite=True)
        except ItemSizeTooLarge:
            raise ItemSizeToUpdateTooLarge from None
        self._note(table, item)
        return item

    def update_time_to_live(self, table_name: str, ttl_spec: dict[str, Any]) -> None:
        """Let the items of a table expire, those that it has already too, or no more."""
        table, attribute = self.get_table(table_name), ttl_spec.get("AttributeName", "")
        enabled = table.name in self._expiries
        if ttl_spec.get("Enabled", enabled) == enabled and attribute:
            raise MockValidationException(
                f"TimeToLive is already {'enabled' if enabled else 'disabled'}"
            )
        if enabled and attribute != self._expiries[table.name].attribute:
            raise MockValidationException(
                "TimeToLive is active on a different AttributeName: current AttributeName is "
                f"{self._expiries[table.name].attribute}"
            )
        super().update_time_to_live(table_name, ttl_spec)
        self._end_expiry(table.name)
        if ttl_spec["Enabled"]:
            expiry = Expiry(table, attribute)
            self._expiries[table.name] = expiry
            for item in table.all_items():
                expiry.note(item, time.time())
            self.cloud.tasks.start(
                expiry.run(self.cloud.clock), name=f"items of {table.name} that expire"
            )

    def _note(self, table: Table, item: Item) -> None:
        expiry = self._expiries.get(table.name)
        if expiry is not None:
            expiry.note(item, time.time())

    def _end_expiry(self, table_name: str) -> None:
        expiry = self._expiries.pop(table_name, None)
        if expiry is not None:
            expiry.end()

    def _open_stream(self, table: Table, view_type: str) -> None:
        label = self._new_label(table)
        table.stream_specification = {"StreamEnabled": True, "StreamViewType": view_type}
        table.latest_stream_label = label
        table.stream_shard = LabStreamShard(
            self.account_id, table, label=label, view_type=view_type
        )
        self._streams[table.stream_shard.stream_arn] = table.stream_shard

    def _new_label(self, table: Table) -> str:
        # 2026-11-23T03:00:00.000; two streams of a table in one millisecond differ all the same.
        milliseconds = int(time.time() * 1000)
        while True:
            moment = datetime.fromtimestamp(milliseconds / 1000, UTC).replace(tzinfo=None)
            label = moment.isoformat(timespec="milliseconds")
            if f"{table.table_arn}/stream/{label}" not in self._streams:
                return label
            milliseconds += 1


def _view_type(specification: dict[str, Any] | None) -> str | None:
    # CloudFormation's StreamSpecification has no StreamEnabled.
    if not specification or not specification.get("StreamEnabled", True):
        return None
    view_type, at = specification.get("StreamViewType"), "streamSpecification.streamViewType"
    if view_type is None:
        raise MockValidationException(null(at))
    if view_type not in VIEW_TYPES:
        raise MockValidationException(not_one_of(at, view_type, VIEW_TYPES))
    return view_type
