"""Stage 4, the order writer: from the queue into the table, each order exactly once.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
"""

from __future__ import annotations

import json

from labkit.errors import Conflict
from labkit.lab import Lab
from labkit.pipeline import function, mapping, queue
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import queue_arn

KEY_SCHEMA = [{"AttributeName": "orderID", "KeyType": "HASH"}]
BATCH_SIZE = 10  # orders in one invocation; the most that a batch without a window can hold


def build(lab: Lab) -> str:
    """Make the table and the function, and map the queue to it; return the function's ARN."""
    queue.queue_url(lab)  # says so when the queue is not there
    build_table(lab)
    arn = function.deploy(
        lab,
        lab.names.writer,
        source="order_writer",
        role=lab.names.writer_role,
        environment={"TABLE_NAME": lab.names.table},
    )
    source = queue_arn(lab, lab.names.queue)
    mapping.connect(lab, lab.names.writer, source, start=None, batch_size=BATCH_SIZE)
    return arn


def build_table(lab: Lab) -> str:
    """Make the table of orders, keyed by `orderID`; return its ARN.

    Raises `Conflict` when there is a table with another key, which cannot be changed.
    """
    dynamodb = lab.client("dynamodb")
    name = lab.names.table
    if unless_absent(dynamodb.describe_table, TableName=name) is None:
        dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "orderID", "AttributeType": "S"}],
            KeySchema=KEY_SCHEMA,
            BillingMode="PAY_PER_REQUEST",
        )
        dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 2})
    table = dynamodb.describe_table(TableName=name)["Table"]
    if table["KeySchema"] != KEY_SCHEMA:
        raise Conflict(
            f"Table '{name}' has the key {table['KeySchema']}, not orderID, and a key cannot be "
            "changed. Delete the table if it is not needed, or choose another Names(table=...)."
        )
    return table["TableArn"]


def teardown(lab: Lab) -> None:
    """Delete the mapping, the function with its logs, and the table with all orders."""
    mapping.disconnect(lab, lab.names.writer)
    function.remove(lab, lab.names.writer)
    dynamodb = lab.client("dynamodb")
    if unless_absent(dynamodb.delete_table, TableName=lab.names.table) is not None:
        waiter = dynamodb.get_waiter("table_not_exists")
        waiter.wait(TableName=lab.names.table, WaiterConfig={"Delay": 2})


def refusals(lab: Lab) -> dict[str, str]:
    """Why the order writer refused an order, by invoice, as its log says.

    The log says so at every delivery; the last reason counts.
    """
    pages = lab.client("logs").get_paginator("filter_log_events")
    found = {}
    for page in pages.paginate(
        logGroupName=function.log_group(lab.names.writer), filterPattern='"refused"'
    ):
        for event in page["events"]:
            start = event["message"].find("{")
            line = json.loads(event["message"][start:]) if start >= 0 else {}
            if line.get("outcome") == "refused":
                found[line["orderID"]] = line["reason"]
    return found
