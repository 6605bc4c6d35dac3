"""Wrong answers to the exercises of notebook 01."""

from __future__ import annotations

from labkit.course.mutants import Mutant

_WEBSITE = """\
table = f"arn:aws:dynamodb:{lab.region}:{lab.account_id}:table/{lab.names.table}"
allow = {"Effect": "Allow", "Action": %s, "Resource": %s}
website = {"Version": "2012-10-17", "Statement": [allow]}"""
_LOOK_UP = '["dynamodb:GetItem", "dynamodb:BatchGetItem"]'

_MENDED = """\
deny = announcer["Statement"][1]
allow = {"Effect": "Allow", "Action": "%s", "Resource": %s}
mended = {"Version": "2012-10-17", "Statement": [allow, %s]}"""

_ROLE = """\
queue = lab.names.practice("returns")
trust = policies.document("Trust-Lambda", lab)
trust["Statement"][0]["Principal"] = {"Service": "%s"}
allow = {"Effect": "Allow", "Action": %s, "Resource": %s}
permissions = {"Version": "2012-10-17", "Statement": [allow]}
returns_role = {"trust": trust, "permissions": permissions}"""
_LAMBDA = "lambda.amazonaws.com"
_POLL = '["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]'
_TAKE = '["sqs:ReceiveMessage", "sqs:DeleteMessage"]'
_ARN = 'f"arn:aws:sqs:{lab.region}:{lab.account_id}:{queue}"'
_URL = 'f"https://sqs.{lab.region}.amazonaws.com/{lab.account_id}/{queue}"'

MUTANTS = (
    Mutant("q1_1", "every table", _WEBSITE % (_LOOK_UP, '"*"'), "on more than table"),
    Mutant("q1_1", "whatever gets", _WEBSITE % ('"dynamodb:*Get*"', "table"), "GetResourcePolicy"),
    Mutant("q1_1", "every action", _WEBSITE % ('"dynamodb:*"', "table"), "PutItem, for which"),
    Mutant(
        "q1_1", "the stream", _WEBSITE % (_LOOK_UP, 'table + "/stream/*"'), "the table's stream"
    ),
    Mutant("q1_1", "one of two", _WEBSITE % ('"dynamodb:GetItem"', "table"), "BatchGetItem on"),
    Mutant(
        "q1_1",
        "a third action",
        _WEBSITE % (_LOOK_UP.replace("]", ', "dynamodb:Query"]'), "table"),
        "also allows dynamodb:Query",
    ),
    Mutant(
        "q1_1",
        "a text",
        _WEBSITE % (_LOOK_UP, "table") + "\nwebsite = json.dumps(website)",
        "This is a text",
    ),
    Mutant("q1_1", "the name", _WEBSITE % (_LOOK_UP, "lab.names.table"), "is not valid"),
    Mutant("q1_2", "the Deny stays", _MENDED % ("sns:Publish", "topic", "deny"), "a Deny wins"),
    Mutant(
        "q1_2",
        "a subscription",
        'mended = {"Version": "2012-10-17", "Statement": announcer["Statement"][:1]}',
        "names a subscription",
    ),
    Mutant("q1_2", "every topic", _MENDED % ("sns:Publish", '"*"', "allow"), "more than topic"),
    Mutant("q1_2", "every action", _MENDED % ("sns:*", "topic", "allow"), "also allows"),
    Mutant("q1_3", "SQS", _ROLE % ("sqs.amazonaws.com", _POLL, _ARN), "SQS calls nobody"),
    Mutant(
        "q1_3",
        "a trust without an effect",
        _ROLE % ("lambda.amazonaws.com", _POLL, _ARN) + "\ndel trust['Statement'][0]['Effect']",
        "trusts nobody",
    ),
    Mutant("q1_3", "API Gateway", _ROLE % ("apigateway.amazonaws.com", _POLL, _ARN), "trusts api"),
    Mutant("q1_3", "no attributes", _ROLE % (_LAMBDA, _TAKE, _ARN), "its attributes"),
    Mutant("q1_3", "the queue's URL", _ROLE % (_LAMBDA, _POLL, _URL), "by its URL"),
    Mutant("q1_3", "every queue", _ROLE % (_LAMBDA, _POLL, '"*"'), "on more than queue"),
    Mutant("q1_3", "every action", _ROLE % (_LAMBDA, '"sqs:*"', _ARN), "also allows sqs:Send"),
)
