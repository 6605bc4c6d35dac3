"""The checks from the writer to the far end pass what is right and name what goes wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from labkit import orders, pipeline
from labkit.course import checks as check
from labkit.functions import package_files
from labkit.lab import Lab
from labkit.pipeline import fan_out, mapping, notifier, stream, wait, writer
from labkit.pipeline.arns import queue_arn, topic_arn
from labkit.pipeline.stream import stream_arn


@pytest.fixture(scope="module")
def built(lab: Lab) -> Lab:
    """The whole pipeline."""
    pipeline.build(lab, progress=False)
    return lab


@pytest.mark.parametrize("name", ["writer", "stream", "notifier", "fan_out", "api", "queue"])
def test_the_lab_s_own_stages_pass(built: Lab, name: str):
    """What the lab builds is right, also when all of it is at work."""
    result = getattr(check, name)(built)
    assert result, result


def test_the_whole_pipeline_passes(built: Lab):
    """An order goes all the way, a bad one to the dead letters."""
    result = check.end_to_end(built)
    assert result, result


def test_the_first_order_passes_once_it_was_sent(built: Lab):
    """Notebook 00's check finds the order of the day at every end."""
    built.post_order(orders.first())
    result = check.first_order(built)
    assert result, result


def test_checks_leave_nothing_in_table_and_queues(built: Lab):
    """What a check sent through is taken out again."""
    for name in ("writer", "stream", "notifier"):
        getattr(check, name)(built)
    scanned = built.client("dynamodb").scan(TableName="Orders")["Items"]
    assert {item["orderID"]["S"] for item in scanned} <= {orders.first()["id"]}
    assert not [queue for queue in ("orders", "orders-dead", "orders-audit") if built.peek(queue)]


def code(name: str, source: str) -> Callable[[Lab], None]:
    """Other code for a function."""

    def change(lab: Lab) -> None:
        zipped = package_files({"app.py": source})
        lab.client("lambda").update_function_code(FunctionName=name, ZipFile=zipped)

    return change


def remap(function: str, source: Callable[[Lab], str], **settings: object) -> Callable[[Lab], None]:
    """Another mapping in place of the function's."""

    def change(lab: Lab) -> None:
        mapping.disconnect(lab, function)
        made = lab.client("lambda").create_event_source_mapping(
            FunctionName=function, EventSourceArn=source(lab), **settings
        )
        wait.until_enabled(lab, made["UUID"])

    return change


HANDLER = """
import json, os, uuid
from decimal import Decimal
import boto3
table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
def store(record, **more):
    order = json.loads(record["body"], parse_float=Decimal)
    if not order["lines"][0]["description"].strip():
        raise ValueError("no description")
    table.put_item(Item={**order, "orderID": order["id"], **more})
def handler(event, context):
    failures = []
    for record in event["Records"]:
        REPLACE
    return {"batchItemFailures": failures}
"""
CATCH = """
        try:
            store(record%s)
        except Exception:
            failures.append({"itemIdentifier": record["messageId"]})
"""
UUID = HANDLER.replace("        REPLACE", CATCH % ", orderID=str(uuid.uuid4())")
WHOLE_BATCH = HANDLER.replace("        REPLACE", "        store(record)")
ALL = "failures = [{'itemIdentifier': record['messageId']} for record in event['Records']]"
ALL_FAILED = HANDLER.replace("        REPLACE", CATCH % "").replace(
    "    return", f"    {ALL}\n    return"
)
LOST = HANDLER.replace("        REPLACE", CATCH % "").replace("failures.append", "print")
ANNOUNCES_ALL = """
import json, os, boto3
def handler(event, context):
    for record in event["Records"]:
        boto3.client("sns").publish(
            TopicArn=os.environ["TOPIC_ARN"],
            Message=json.dumps({"orderID": record["dynamodb"]["Keys"]["orderID"]["S"]}),
            MessageAttributes={"total": {"DataType": "Number", "StringValue": "1"}},
        )
"""


def view_type(name: str) -> Callable[[Lab], None]:
    """Another view type."""

    def change(lab: Lab) -> None:
        for specification in (
            {"StreamEnabled": False},
            {"StreamEnabled": True, "StreamViewType": name},
        ):
            lab.client("dynamodb").update_table(
                TableName="Orders", StreamSpecification=specification
            )

    return change


def unconfirmed(lab: Lab) -> None:
    """The webhook, subscribed anew and never confirmed."""
    found = fan_out.subscriptions(lab)
    [(protocol, endpoint)] = [key for key in found if key[0] == "http"]
    sns = lab.client("sns")
    sns.unsubscribe(SubscriptionArn=found[protocol, endpoint])
    sns.subscribe(TopicArn=topic_arn(lab), Protocol=protocol, Endpoint=endpoint)


def unfiltered(lab: Lab) -> None:
    """The audit queue hears of everything."""
    arn = fan_out.subscriptions(lab)["sqs", queue_arn(lab, "orders-audit")]
    lab.client("sns").set_subscription_attributes(
        SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue="{}"
    )


def without_policy(lab: Lab) -> None:
    """The audit queue lets nobody send."""
    sqs = lab.client("sqs")
    url = sqs.get_queue_url(QueueName="orders-audit")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})


def wrong_role(lab: Lab) -> None:
    """The writer works under the notifier's role."""
    role = lab.client("iam").get_role(RoleName="order-notifier-role")["Role"]["Arn"]
    lab.client("lambda").update_function_configuration(FunctionName="order-writer", Role=role)


REPORT = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


def orders_queue(lab: Lab) -> str:
    """The ARN of the queue of orders."""
    return queue_arn(lab, "orders")


# Check, what breaks the stage, what mends it, and the words for the mistake.
MISTAKES: dict[str, tuple[str, Callable[[Lab], None], Callable[[Lab], object], str]] = {
    "uuid as key": ("writer", code("order-writer", UUID), writer.build, "under another key"),
    "one bad order fails the batch": (
        "writer",
        code("order-writer", WHOLE_BATCH),
        writer.build,
        "failed with ValueError",
    ),
    "everything reported as failed": (
        "writer",
        code("order-writer", ALL_FAILED),
        writer.build,
        "3 were reported as failed",
    ),
    "a bad order reported as done": (
        "writer",
        code("order-writer", LOST),
        writer.build,
        "it is lost",
    ),
    "failures that the mapping does not ask for": (
        "writer",
        remap("order-writer", orders_queue),
        writer.build,
        "does not ask for them",
    ),
    "wrong role": ("writer", wrong_role, writer.build, "works under"),
    "keys only": ("stream", view_type("KEYS_ONLY"), stream.build, "view type is KEYS_ONLY"),
    "mapped to a stream that is no more": (
        "notifier",
        view_type("NEW_IMAGE"),
        notifier.build,
        "not to the live stream",
    ),
    "starts at LATEST": (
        "notifier",
        remap("order-notifier", stream_arn, StartingPosition="LATEST", **REPORT),
        lambda lab: (notifier.teardown(lab), notifier.build(lab), fan_out.build(lab)),
        "starts at LATEST",
    ),
    "announces every change": (
        "notifier",
        code("order-notifier", ANNOUNCES_ALL),
        notifier.build,
        "changed or removed was announced",
    ),
    "unconfirmed": ("fan_out", unconfirmed, fan_out.build, "is not confirmed"),
    "unfiltered": ("fan_out", unfiltered, fan_out.build, "which is for large ones"),
    "queue without policy": ("fan_out", without_policy, fan_out.build, "has no policy"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(built: Lab, mistake: str):
    """The check fails with the words for this mistake, and a hint."""
    name, break_it, mend, words = MISTAKES[mistake]
    break_it(built)
    result = getattr(check, name)(built)
    mend(built)
    assert not result
    assert words in result.message
    assert result.hint
