"""Stage 5: does the stream tell of every change, with the new item in it?"""

from __future__ import annotations

from labkit.course.checks._check import check
from labkit.course.judgement import require
from labkit.course.probes.orders import (
    change_item,
    make_order,
    remove_item,
    store_item,
)
from labkit.course.probes.stream import Record, told
from labkit.lab import Lab
from labkit.pipeline.absence import unless_absent


@check("stream")
def stream(lab: Lab) -> str:
    """The view type; then an item that is put, put again, changed and deleted."""
    arn = _live_stream(lab)
    records = _changes(lab, arn)
    seen = [record["eventName"] for record in records]
    require(
        seen != ["INSERT", "MODIFY", "MODIFY", "REMOVE"],
        "Putting the very same item again wrote a record, which DynamoDB never does.",
    )
    require(
        seen == ["INSERT", "MODIFY", "REMOVE"],
        f"An item was put, changed and deleted; the stream told of {', '.join(seen) or 'nothing'}.",
        "Is the stream that you look at the table's LatestStreamArn?",
    )
    image = records[0]["dynamodb"].get("NewImage", {})
    require("total" in image, "The record of a new order does not hold the order.")
    return (
        "The stream tells of an insert, a change and a removal, in this order, and holds the new "
        "item; the same item put again leaves no record."
    )


def _live_stream(lab: Lab) -> str:
    name = lab.names.table
    found = unless_absent(lab.client("dynamodb").describe_table, TableName=name)
    require(found is not None, f"There is no table '{name}'.", "Run notebook 04 first.")
    assert found is not None
    specification = found["Table"].get("StreamSpecification", {})
    require(
        specification.get("StreamEnabled"),
        f"Table '{name}' has no stream.",
        "Switch it on with update_table(StreamSpecification={'StreamEnabled': True, "
        "'StreamViewType': 'NEW_IMAGE'}).",
    )
    view = specification["StreamViewType"]
    require(
        view in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES"),
        f"The stream's view type is {view}: a record of a new order would not hold the order.",
        "The notifier needs NEW_IMAGE. A view type cannot be changed: switch the stream off, then "
        "on with the right one.",
    )
    return found["Table"]["LatestStreamArn"]


def _changes(lab: Lab, arn: str) -> list[Record]:
    """Make four changes to an item of its own, and read what the stream says of it."""
    order = make_order()

    def change() -> None:
        store_item(lab, order)
        store_item(lab, order)
        change_item(lab, order["id"])
        remove_item(lab, order["id"])

    return told(lab, arn, order["id"], change)
