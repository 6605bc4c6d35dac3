"""Exercises of notebook 04: what CloudWatch counts, parcels of orders, and a second queue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from labkit import orders
from labkit.course.exercise import exercise
from labkit.course.judgement import require
from labkit.course.probes.functions import can_be_mapped, reports_failures
from labkit.course.probes.metrics import total
from labkit.course.probes.orders import change_item, is_stored, make_order, read_item, remove_item
from labkit.course.probes.queue_batches import batch_of, reported_items, stored_keys
from labkit.course.probes.queue_urls import is_url_of
from labkit.course.probes.writer_trial import on_trial
from labkit.lab import Lab
from labkit.pipeline import wait
from labkit.pipeline.arns import queue_arn

DELIVERIES = 5  # of the bad order, by the queue's redrive policy
MIXED, GOOD = "mixed", "good"  # messageIds: a parcel with a bad order, and one without


@exercise(
    points=1,
    hints=(
        "Lambda counts an error when the function ends with one. How did the function end at the "
        "first delivery, and how since step 8?",
        "`query` has all that tells which number you want. "
        "lab.client('cloudwatch').get_metric_data takes it, and the time to look at; its answer "
        "has a value for each hour with errors in it.",
        "get_metric_data(MetricDataQueries=[query], StartTime=now - day, EndTime=now + day), where "
        "now = lab.clock.now() and day = timedelta(days=1) of the module datetime. Add up "
        "answer['MetricDataResults'][0]['Values'].",
    ),
)
def q4_1(lab: Lab, errors: Any) -> str:
    """How many errors does CloudWatch count for an order that failed five times?"""
    counted = total(lab, lab.names.writer, "Errors")
    require(
        counted,
        "CloudWatch has not counted any error of your function, so no order has failed yet.",
        "Run steps 7 and 8 first; on AWS the number is there after some minutes.",
    )
    # On a cloud that is used again an earlier function of this name may have had errors, too.
    of_the_day = total(lab, lab.names.writer, "Errors", since=timedelta(days=1))
    known = {
        DELIVERIES: "Five times the order failed. But CloudWatch counts how often the function "
        "ended with an error, and since step 8 it catches the error of each order.",
        DELIVERIES - 1: "That is how often the order failed since step 8, but a function that "
        "reports a failure has ended well.",
        0: "At the first delivery the function ended with an error, and that counts.",
        total(
            lab, lab.names.writer, "Invocations"
        ): "That is the number of all invocations, the good ones too.",
    }
    require(
        errors in (counted, of_the_day),
        known.get(errors, "CloudWatch counts another number.")
        if isinstance(errors, int | float)
        else "The answer is a number.",
        "Ask for the sum of the metric Errors of your function; on AWS it is some minutes late.",
    )
    return (
        f"Of {DELIVERIES} failures CloudWatch counts {errors:.0f}: one that is reported is no "
        "error. An alarm on Errors alone sees no bad order; the dead-letter queue shows it."
    )


@exercise(
    points=3,
    hints=(
        "Start from step 8, with one more loop: over the orders of a parcel. When a parcel comes a "
        "second time, which of its orders are there already?",
        "Catch the error of each order by itself, and report the messageId of its record. "
        "json.loads needs parse_float=Decimal, put_item the condition of step 5.",
        "In the handler, with `failed = set()` above:\n\n"
        "`for record in event['Records']:\n"
        "    for order in json.loads(record['body'], parse_float=Decimal):\n"
        "        try:\n"
        "            store(order)\n"
        "        except Exception:\n"
        "            failed.add(record['messageId'])`\n\n"
        "`store` comes from storage.py, which may be that of step 5.",
    ),
)
def q4_2(lab: Lab, files: Any) -> str:
    """How is a parcel of orders stored, of which one is bad?"""
    first, bad, last, other = (make_order(description=text) for text in ("A", " ", "B", "C"))
    parcels = {MIXED: [first, bad, last], GOOD: [other]}
    batch = batch_of(lab, {name: orders.to_json(parcel) for name, parcel in parcels.items()})
    before = stored_keys(lab)
    with on_trial(lab, lab.names.practice("parcels"), files) as call:
        failed = reported_items(call(batch), batch)
        new = stored_keys(lab) - before
        _right_keys(new, {order["id"] for order in (first, last, other)}, bad["id"])
        _reports(failed, nothing_stored=not new)
        for order, where in ((first, "before"), (last, "behind")):
            require(
                order["id"] in new,
                f"An order was lost that stands {where} the bad one in its parcel.",
                "Go on with the next order of the parcel after one has failed.",
            )
        require(other["id"] in new, "An order of the good parcel is not in the table.")
        require(
            "N" in (read_item(lab, first["id"]).get("total") or {}),
            "The amounts in the table are no numbers, so nobody can add them up.",
            "parse_float=Decimal keeps them numbers, and exact.",
        )
        change_item(lab, other["id"])
        failed = reported_items(call(batch), batch)
        require(
            "packed" in read_item(lab, other["id"]),
            "An order was marked as packed; then its parcel came again, and wrote over it.",
            "Put on the condition that it is not there: attribute_not_exists(orderID).",
        )
        require(
            GOOD not in failed,
            "A parcel that comes again is reported as failed, though all of it is stored.",
            "ConditionalCheckFailedException means that the work is done.",
        )
        require(stored_keys(lab) - before == new, "A parcel that comes again is stored again.")
    return "Good orders are stored once, whatever stands beside them; only the bad parcel returns."


@exercise(
    points=2,
    hints=(
        "Lambda's poller receives under the function's role, and that role may read one queue so "
        "far. What does create_event_source_mapping say?",
        "Give the role sqs:ReceiveMessage, sqs:DeleteMessage and sqs:GetQueueAttributes on the "
        "second queue, with iam.put_role_policy. Then map, and ask for reports as in step 8.",
        "`iam.put_role_policy(RoleName=lab.names.writer_role, PolicyName='partners', "
        "PolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': {...}}))`, then "
        "`create_event_source_mapping(EventSourceArn=..., FunctionName=name, "
        "FunctionResponseTypes=['ReportBatchItemFailures'])`.",
    ),
)
def q4_3(lab: Lab, partners_url: Any) -> str:
    """Can one function work off two queues?"""
    name = lab.names.practice("partners")
    is_url_of(lab, partners_url, name)
    arn = queue_arn(lab, name)
    found = lab.client("lambda").list_event_source_mappings(EventSourceArn=arn)
    mappings = [each for each in found["EventSourceMappings"] if each["State"] != "Deleting"]
    if not mappings:
        can_be_mapped(lab, lab.names.writer, lab.names.writer_role, partners_url, arn)
    writers = [each for each in mappings if each["FunctionArn"].endswith(f":{lab.names.writer}")]
    require(
        writers,
        f"No event source mapping leads from '{name}' to '{lab.names.writer}'.",
        "create_event_source_mapping takes the queue's ARN and the function's name.",
    )
    reports_failures(writers[0], "all orders of a batch would come back")
    require(
        writers[0]["State"] == "Enabled",
        f"The mapping from '{name}' is {writers[0]['State']}.",
        "wait.until_enabled(lab, uuid) waits for it; Enabled=True switches it on.",
    )
    order = make_order()
    for _ in range(2):  # the second one must be worked off as well
        lab.client("sqs").send_message(QueueUrl=partners_url, MessageBody=orders.to_json(order))
    stored = is_stored(lab, order["id"])
    if stored:
        wait.until_worked_off(lab, name)
    remove_item(lab, order["id"])
    require(
        stored,
        f"An order that was put into '{name}' did not reach the table.",
        "Look at show.messages(lab, ...) and show.logs(lab, name): who has the order?",
    )
    return f"'{lab.names.writer}' works off both queues, each order once."


def _right_keys(new: set[str], good: set[str], bad: str) -> None:
    require(
        new <= good | {bad},
        "The orders are in the table under other keys than their numbers.",
        "A uuid made at each delivery makes a new order of each. Let orderID be the order's id.",
    )
    require(
        bad not in new,
        "An order without a description was stored, which nobody can pick from a shelf.",
        "Refuse it before put_item. A description of nothing but spaces is none: strip() tells.",
    )


def _reports(failed: set[str], *, nothing_stored: bool) -> None:
    require(
        not (nothing_stored and failed == {MIXED, GOOD}),
        "Nothing was stored, and both parcels are reported as failed.",
        "What does your function catch there, and not print? boto3's Table refuses floats: "
        "parse_float=Decimal. The order's id becomes its orderID.",
    )
    require(
        MIXED in failed,
        "The parcel with the bad order is not reported: Lambda deletes it, and the order is lost.",
        "Return {'batchItemFailures': [{'itemIdentifier': record['messageId']}]} for it.",
    )
    require(
        GOOD not in failed,
        "The parcel without a bad order is reported as failed too.",
        "Report only those messages of which an order has failed.",
    )
