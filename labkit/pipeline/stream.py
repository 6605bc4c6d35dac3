"""Stage 5, the stream: the table tells of every change, in order, for 24 hours.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
"""

from __future__ import annotations

from labkit.errors import StageMissing
from labkit.lab import Lab
from labkit.pipeline.absence import unless_absent

# What a record holds of the item: its state after the change, which is all that a notifier needs.
VIEW_TYPE = "NEW_IMAGE"


def build(lab: Lab) -> str:
    """Switch the table's stream on, with the new image in every record; return its ARN."""
    dynamodb = lab.client("dynamodb")
    name = lab.names.table
    found = unless_absent(dynamodb.describe_table, TableName=name)
    if found is None:
        raise StageMissing(
            f"Table '{name}' does not exist yet. Run notebook 04, or writer.build(lab)."
        )
    specification = found["Table"].get("StreamSpecification", {"StreamEnabled": False})
    wanted = {"StreamEnabled": True, "StreamViewType": VIEW_TYPE}
    if specification != wanted:
        if specification["StreamEnabled"]:
            # The view type of a stream cannot be changed: a new stream takes its place.
            _switch(lab, {"StreamEnabled": False})
        _switch(lab, wanted)
    return stream_arn(lab)


def teardown(lab: Lab) -> None:
    """Switch the stream off, if there is one."""
    found = unless_absent(lab.client("dynamodb").describe_table, TableName=lab.names.table)
    if found is not None and found["Table"].get("StreamSpecification", {}).get("StreamEnabled"):
        _switch(lab, {"StreamEnabled": False})


def stream_arn(lab: Lab) -> str:
    """The ARN of the table's live stream. Raises `StageMissing` before it is switched on."""
    found = unless_absent(lab.client("dynamodb").describe_table, TableName=lab.names.table)
    table = found["Table"] if found is not None else {}
    if not table.get("StreamSpecification", {}).get("StreamEnabled"):
        raise StageMissing(
            f"Table '{lab.names.table}' has no stream yet. Run notebook 05, or stream.build(lab)."
        )
    return table["LatestStreamArn"]


def _switch(lab: Lab, specification: dict[str, object]) -> None:
    dynamodb = lab.client("dynamodb")
    dynamodb.update_table(TableName=lab.names.table, StreamSpecification=specification)
    waiter = dynamodb.get_waiter("table_exists")
    waiter.wait(TableName=lab.names.table, WaiterConfig={"Delay": 2})
