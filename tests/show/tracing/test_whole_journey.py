"""Traces of orders on a whole pipeline, over real HTTP: arrived, refused, given up, stuck."""

from __future__ import annotations

import pytest

from labkit import orders, pipeline
from labkit.functions import package_files
from labkit.lab import Lab
from labkit.pipeline import queue, wait
from labkit.pipeline.arns import topic_arn
from tests.waiting import until

WRITER = """
import json, os
from decimal import Decimal
import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])

def handler(event, context):
    for record in event["Records"]:
        order = json.loads(record["body"], parse_float=Decimal)
        order["orderID"] = order.pop("id")
        table.put_item(Item=order)
        print("stored", order["orderID"])
"""


@pytest.fixture(scope="module", autouse=True)
def built(lab: Lab) -> None:
    """The whole pipeline."""
    pipeline.build(lab, progress=False)


def outcomes(lab: Lab, order_id: str) -> list[tuple[str, str]]:
    return [(event.stage, event.outcome) for event in lab.trace(order_id).events]


def published(lab: Lab, order_id: str) -> None:
    """Wait until the inbox and the webhook have an order."""
    stages = {"email", "webhook"}
    until(lambda: stages <= {stage for stage, _ in outcomes(lab, order_id)})


def shown(lab: Lab, order_id: str) -> dict[str, str]:
    """What a notebook stores of a trace."""
    return lab.trace(order_id)._repr_mimebundle_()


def new_order(number: str) -> orders.Order:
    return orders.first() | {"id": number}


def test_an_order_and_its_duplicate(lab):
    """The first post arrives at both ends, the second stops at the writer; ids are AWS's own."""
    first = lab.post_order(new_order("990001"))
    published(lab, "990001")
    lab.post_order(new_order("990001"))
    until(lambda: len(outcomes(lab, "990001")) == 12)
    assert outcomes(lab, "990001") == [
        ("api", "200"),
        ("queue", "sent"),
        ("writer", "stored"),
        ("table", "stored"),
        ("stream", "INSERT"),
        ("notifier", "published"),
        ("topic", "published"),
        ("email", "received"),
        ("webhook", "answered 200"),
        ("api", "200"),
        ("queue", "sent"),
        ("writer", "duplicate"),
    ]
    trace = lab.trace("990001", ids=True)
    assert trace.table.loc[:1, "id"].to_list() == [
        first.headers["x-amzn-RequestId"],
        first.body["messageId"],
    ]
    known = trace.timed.loc[:8, "after its cause (ms)"]
    assert all(ms >= 0 for ms in known if ms != "")
    assert trace.hops["ms"].iloc[-1] > 0


def test_sns_calls_again(lab):
    """A webhook that fails once is called again, and both calls are in the trace."""
    lab.webhook_answers(lab.names.webhook, status=500, times=1)
    lab.post_order(new_order("990002"))
    published(lab, "990002")
    lab.clock.advance(seconds=25)
    until(lambda: ("webhook", "answered 200") in outcomes(lab, "990002"))
    assert [outcome for stage, outcome in outcomes(lab, "990002") if stage == "webhook"] == [
        "answered 500",
        "answered 200",
    ]


def test_the_audit_queue(lab):
    """An expensive order is seen there, too, with the notification as its cause."""
    lab.post_order(new_order("990003") | {"total": 2000})
    published(lab, "990003")
    events = {event.stage: event for event in lab.trace("990003").events}
    assert events["audit"].cause == events["topic"].key


def test_refused_by_the_api(lab):
    """The trace of a cancellation is one request, with what the API said."""
    lab.post_order(orders.difficult()["cancellation"])
    trace = lab.trace("C536379")
    assert trace.summary == "Order C536379: refused by the API (400 Invalid request body)."
    assert len(trace.table) == 1


def test_dead_letter(lab):
    """An order that the writer refuses shows all five deliveries and ends as a dead letter."""
    lab.post_order(orders.difficult()["no description"])
    queue.dead_letters(lab, expected=1)
    trace = lab.trace("536414")
    deliveries = trace.table[trace.table["stage"] == "Lambda order-writer"]
    assert list(deliveries["what"]) == [f"delivery {n}" for n in range(1, 6)]
    assert trace.table.iloc[-1]["stage"] == "queue orders-dead"
    assert "no description" in trace.summary


def test_a_blocked_stream(lab):
    """While the notifier fails the trace says why; once it is mended, that it was published."""
    functions, name = lab.client("lambda"), lab.names.notifier

    def publish_to(arn: str) -> None:
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": {"TOPIC_ARN": arn}}
        )
        functions.get_waiter("function_updated_v2").wait(FunctionName=name)

    publish_to(topic_arn(lab) + "-typo")
    lab.post_order(new_order("990004"))
    wait.until_logged(lab, name, "not authorized")
    until(lambda: outcomes(lab, "990004")[-1] == ("notifier", "failed"))
    assert lab.trace("990004").summary.startswith(
        "Order 990004: stored, not published: the notifier failed (Authorization"
    )
    publish_to(topic_arn(lab))
    published(lab, "990004")
    assert "received by the inbox and the webhook" in lab.trace("990004").summary


def test_a_students_own_function(lab):
    """A writer that prints plain text is followed, by the lines that name the order."""
    functions, name = lab.client("lambda"), lab.names.writer
    functions.update_function_code(FunctionName=name, ZipFile=package_files({"app.py": WRITER}))
    functions.get_waiter("function_updated_v2").wait(FunctionName=name)
    lab.post_order(new_order("990005"))
    published(lab, "990005")
    assert outcomes(lab, "990005")[:4] == [
        ("api", "200"),
        ("queue", "sent"),
        ("writer", "stored"),
        ("table", "stored"),
    ]


def test_nothing_random_is_shown(lab):
    """Neither ids nor times are in what a notebook stores."""
    for order_id in ("990001", "990002", "536414"):
        until(lambda each=order_id: shown(lab, each) == shown(lab, each))
        text = shown(lab, order_id)["text/plain"] + lab.trace(order_id).timeline().svg
        assert not any(post.request_id in text for post in lab.posts if post.request_id)
        assert not any(post.message_id in text for post in lab.posts if post.message_id)
