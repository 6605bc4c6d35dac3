"""Wrong answers to the exercises of notebook 04."""

from __future__ import annotations

from labkit.course.mutants import Mutant

_CODE = """\
import json
import os
import uuid
from decimal import Decimal

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
already_there = table.meta.client.exceptions.ConditionalCheckFailedException

def store(order):
    if not all(line["description"].strip() for line in order["lines"]):
        raise ValueError(f"order {order['id']} has no description")
    item = {**order, "orderID": order["id"]}
    try:
        table.put_item(Item=item, ConditionExpression="attribute_not_exists(orderID)")
    except already_there:
        print("stored before:", order["id"])

def handler(event, context):
    failed = set()
    for record in event["Records"]:
        for order in json.loads(record["body"], parse_float=Decimal):
            try:
                store(order)
            except Exception as error:
                failed.add(record["messageId"])
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}
"""


def _parcels(name: str, expects: str, *changes: tuple[str, str]) -> Mutant:
    code = _CODE
    for right, wrong in changes:
        code = code.replace(right, wrong)
    return Mutant("q4_2", name, f'parcels = {{"app.py": {code!r}}}', expects)


_QUEUE = """\
partners_name = lab.names.practice("partners")
partners_url = sqs.create_queue(QueueName=partners_name)["QueueUrl"]
partners_arn = queue_arn.removesuffix(lab.names.queue) + partners_name
sqs.set_queue_attributes(QueueUrl=partners_url, Attributes={"VisibilityTimeout": "%d"})
actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
statement = {"Effect": "Allow", "Action": actions, "Resource": partners_arn}
lab.client("iam").put_role_policy(
    RoleName=lab.names.%s,
    PolicyName="partners",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statement}),
)
second = aws_lambda.create_event_source_mapping(EventSourceArn=partners_arn, FunctionName=name)
wait.until_enabled(lab, second["UUID"])"""

MUTANTS = (
    Mutant("q4_1", "every failure", "errors = 5", "Five times the order failed"),
    Mutant("q4_1", "since step 8", "errors = 4", "has ended well"),
    Mutant("q4_1", "none", "errors = 0", "At the first delivery"),
    _parcels(
        "a uuid as the key",
        "under other keys",
        ('"orderID": order["id"]', '"orderID": str(uuid.uuid4())'),
    ),
    _parcels(
        "the last write wins",
        "wrote over it",
        (', ConditionExpression="attribute_not_exists(orderID)"', ""),
    ),
    _parcels(
        "floats, not caught",
        "refuses to store a float",
        (", parse_float=Decimal", ""),
        ("except Exception", "except ValueError"),
    ),
    _parcels("floats, caught", "Nothing was stored", (", parse_float=Decimal", "")),
    _parcels("prices as text", "are no numbers", ("parse_float=Decimal", "parse_float=str")),
    _parcels(
        "errors are swallowed",
        "is not reported",
        ('failed.add(record["messageId"])', "print(error)"),
    ),
    _parcels(
        "the batch fails",
        "The function ended with ValueError",
        ("except Exception", "except KeyError"),
    ),
    _parcels(
        "every message is reported",
        "without a bad order is reported",
        (
            'failed.add(record["messageId"])',
            'failed.update(each["messageId"] for each in event["Records"])',
        ),
    ),
    _parcels(
        "the order's number is reported",
        "no messageId of the batch",
        ('failed.add(record["messageId"])', 'failed.add(order["id"])'),
    ),
    _parcels(
        "ids alone",
        "another form",
        ('{"itemIdentifier": message} for message', "message for message"),
    ),
    _parcels(
        "the rest is left",
        "stands behind the bad one",
        (
            'failed.add(record["messageId"])',
            'failed.add(record["messageId"])\n                break',
        ),
    ),
    _parcels(
        "a duplicate is a failure",
        "though all of it is stored",
        ('        print("stored before:", order["id"])', "        raise"),
    ),
    Mutant(
        "q4_2",
        "no Python",
        "parcels = {'app.py': 'def handler(event, context)\\n    pass'}",
        "cannot read line 1",
    ),
    _parcels(
        "a file is missing", "did not even start", ("import uuid", "from storage import store")
    ),
    _parcels("another name", "no app.py with a function", ("def handler", "def lambda_handler")),
    Mutant("q4_2", "no app.py", "parcels = {'storage.py': storage}", "has no app.py"),
    Mutant("q4_3", "another role", _QUEUE % (30, "api_role"), "so Lambda refuses to map it"),
    Mutant("q4_3", "a short timeout", _QUEUE % (3, "writer_role"), "hides a message for 3 s"),
    Mutant("q4_3", "no reports", _QUEUE % (30, "writer_role"), "does not ask for them"),
    Mutant("q4_3", "the name for the URL", 'partners_url = "partners"', "is not the URL"),
)
