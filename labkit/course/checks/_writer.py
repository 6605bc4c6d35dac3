"""Stage 4: is every order stored once, however often it comes and whoever shares its batch?"""

from __future__ import annotations

import json
from typing import Any

from labkit import orders
from labkit.course.checks._check import check
from labkit.course.judgement import require
from labkit.course.probes.functions import find_function, find_mapping, reports_failures
from labkit.course.probes.orders import is_stored, let_settle, make_order, remove_item
from labkit.course.probes.queue_batches import batch_of, failed_items, invoke, stored_keys
from labkit.lab import Lab
from labkit.orders.invoices import Order
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import queue_arn
from labkit.pipeline.queue import queue_url


@check("order writer")
def writer(lab: Lab) -> str:
    """Table, function and mapping; then one batch with a good order, the same again, a bad one."""
    names = lab.names
    _table(lab)
    function = find_function(lab, names.writer, names.writer_role)
    variables = function.get("Environment", {}).get("Variables", {})
    require(
        names.table in variables.values(),
        f"No environment variable of '{names.writer}' names the table '{names.table}'.",
        "Pass Environment={'Variables': {'TABLE_NAME': lab.names.table}}.",
    )
    mapping = find_mapping(lab, names.writer, queue_arn(lab, names.queue), f"queue '{names.queue}'")
    _visibility(lab, function["Timeout"])
    _one_batch(lab)
    reports_failures(mapping, "one bad order would bring back the good ones of its batch")
    _through_the_queue(lab)
    return (
        "Of a batch with a good order, the same order again and a bad one, the good one is stored "
        "once and only the bad one comes back."
    )


def _table(lab: Lab) -> None:
    found = unless_absent(lab.client("dynamodb").describe_table, TableName=lab.names.table)
    require(
        found is not None,
        f"There is no table '{lab.names.table}'.",
        "Make it with dynamodb.create_table.",
    )
    assert found is not None
    keys = [(key["AttributeName"], key["KeyType"]) for key in found["Table"]["KeySchema"]]
    require(
        keys == [("orderID", "HASH")],
        f"The key of table '{lab.names.table}' is {keys}.",
        "The order's own number makes it unique: KeySchema=[{'AttributeName': 'orderID', "
        "'KeyType': 'HASH'}]. A key cannot be changed; delete the table and make it anew.",
    )


def _visibility(lab: Lab, function_timeout: int) -> None:
    answer = lab.client("sqs").get_queue_attributes(
        QueueUrl=queue_url(lab), AttributeNames=["VisibilityTimeout"]
    )
    hidden = int(answer["Attributes"]["VisibilityTimeout"])
    require(
        hidden >= function_timeout,
        f"The queue hides a message for {hidden} s, but the function may work {function_timeout} s "
        "on it: it would be stored by two at once.",
        "Set the queue's VisibilityTimeout to six times the function's Timeout.",
    )


def _one_batch(lab: Lab) -> None:
    order = make_order()
    bad = make_order(description=" ")
    batch = {"first": order, "again": order, "bad": bad}
    before = stored_keys(lab)
    answer = _answer(lab, batch)
    new = stored_keys(lab) - before
    for key in new:
        remove_item(lab, key)
    failed = failed_items(answer)
    require(
        order["id"] in new or not new,
        f"The order was stored under another key, {len(new)} times for two deliveries.",
        "A uuid made at each delivery makes a new order of each. Let orderID be the order's id.",
    )
    require(
        order["id"] in new,
        f"The order was not stored; the function answered {json.dumps(answer)}.",
        "Look at show.logs(lab, lab.names.writer): what does its last request say?",
    )
    require(
        bad["id"] not in new,
        "An order without a description was stored, which nobody can pick from a shelf.",
        "Refuse it before put_item, and report its messageId as failed.",
    )
    require(
        "bad" in failed,
        "The function reported a bad order as done: Lambda deletes it, and it is lost.",
        "Answer {'batchItemFailures': [{'itemIdentifier': record['messageId']}]} for it.",
    )
    require(
        failed == {"bad"},
        f"With one bad order in a batch of three, {len(failed)} were reported as failed.",
        "Catch the error inside the loop, for each record by itself. An order that is there "
        "already is done, not failed.",
    )


def _answer(lab: Lab, batch: dict[str, Order]) -> Any:
    bodies = {name: orders.to_json(order) for name, order in batch.items()}
    answer, is_error = invoke(lab, lab.names.writer, batch_of(lab, bodies))
    require(
        not is_error,
        f"The function failed with {(answer or {}).get('errorType')}: "
        f"{(answer or {}).get('errorMessage')}",
        "One bad order must not fail the batch. The log shows the line: "
        "show.logs(lab, lab.names.writer).",
    )
    return answer


def _through_the_queue(lab: Lab) -> None:
    order = make_order()
    lab.client("sqs").send_message(QueueUrl=queue_url(lab), MessageBody=orders.to_json(order))
    require(
        is_stored(lab, order["id"]),
        "An order that was put into the queue did not reach the table.",
        "Look at show.mappings(lab) and show.logs(lab, lab.names.writer).",
    )
    let_settle(lab)
    remove_item(lab, order["id"])
