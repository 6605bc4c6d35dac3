"""Exercises of notebook 01: documents that allow what is needed, decided by IAM itself."""

from __future__ import annotations

import json
from typing import Any

from labkit.cloud.access.documents import listed
from labkit.course.exercise import exercise
from labkit.course.judgement import Mistake, require
from labkit.course.probes.permissions import statements, trusted
from labkit.course.probes.simulation import ALLOWED, Scope, decision, enough, no_more, validate
from labkit.functions import package_files
from labkit.lab import Lab
from labkit.pipeline.arns import queue_arn, topic_arn

LAMBDA = "lambda.amazonaws.com"
LOOK_UP = ("dynamodb:GetItem", "dynamodb:BatchGetItem")
POLL = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


@exercise(
    points=1,
    hints=(
        "Begin with the document of step 2: other actions, and another resource.",
        "The ARN of a table is arn:aws:dynamodb:REGION:ACCOUNT:table/NAME; the three are "
        "lab.region, lab.account_id and lab.names.table.",
        'The document is `{"Version": "2012-10-17", "Statement": [...]}`, with one statement: an '
        'Effect "Allow", an Action that is the list of the two names, and a Resource, best written '
        'as `f"arn:aws:dynamodb:{lab.region}:..."`',
    ),
)
def q1_1(lab: Lab, website: dict[str, Any]) -> str:
    """What may a program do that only looks up orders?"""
    table = f"arn:aws:dynamodb:{lab.region}:{lab.account_id}:table/{lab.names.table}"
    stream = f"{table}/stream/2026-01-01T00:00:00.000"
    scope = Scope(
        actions=LOOK_UP,
        resource=table,
        elsewhere=(f"{table}-old", table.replace(lab.names.table, "Customers"), stream),
        never=(
            "dynamodb:PutItem",
            "dynamodb:DeleteItem",
            "dynamodb:Scan",
            "dynamodb:DeleteTable",
            "dynamodb:BatchWriteItem",
            "dynamodb:GetResourcePolicy",
        ),
        what=f"table '{lab.names.table}'",
    )
    validate(lab, website)
    require(
        decision(lab, website, LOOK_UP[0], table) == ALLOWED
        or decision(lab, website, LOOK_UP[0], stream) != ALLOWED,
        "Your document names the table's stream. A table and its stream are two resources.",
        "The ARN of the table ends in its name.",
    )
    enough(lab, website, scope)
    no_more(lab, website, scope)
    return "The website can look up orders in this one table, and do nothing else."


@exercise(
    points=2,
    hints=(
        "Mend one fault, and ask decide() again: the word changes, and tells of the other one.",
        "explicitDeny: a statement with the effect Deny meets the call. What no policy allows is "
        "denied anyway, so who wants nothing else to be allowed need not write anything.",
        "Leave the statement with the Deny out. Then look at the Resource of the other one: a "
        "topic's ARN ends in its name, so what does the id behind it stand for? `topic` is the "
        "ARN you want.",
    ),
)
def q1_2(lab: Lab, mended: dict[str, Any]) -> str:
    """Why is a call denied that a statement allows?"""
    topic = topic_arn(lab)
    scope = Scope(
        actions=("sns:Publish",),
        resource=topic,
        elsewhere=(f"{topic}-test", topic.replace(lab.names.topic, "alarms")),
        never=("sns:Subscribe", "sns:DeleteTopic", "sns:SetTopicAttributes"),
        what=f"topic '{lab.names.topic}'",
    )
    validate(lab, mended)
    said = decision(lab, mended, "sns:Publish", topic)
    require(
        said != "explicitDeny",
        "A statement of your document denies sns:Publish, and a Deny wins over every Allow.",
        "What no statement allows is denied anyway: take the statement with the Deny away.",
    )
    resources = [arn for each in statements(mended) for arn in listed(each.get("Resource"))]
    require(
        said == ALLOWED or not any(str(arn).startswith(f"{topic}:") for arn in resources),
        "Your document names a subscription, which ends in an id. One publishes to the topic.",
        "The ARN of the topic ends in its name.",
    )
    enough(lab, mended, scope)
    no_more(lab, mended, scope)
    return "The program may publish to this one topic: something allows it, and nothing denies it."


@exercise(
    points=3,
    hints=(
        "You have done this for the order writer: whom did it have to trust in the end, and which "
        "actions did Lambda need on the queue?",
        'policies.document("Trust-Lambda", lab) is the trust. For the permissions write one '
        "statement with three actions; its resource is arn:aws:sqs:REGION:ACCOUNT:NAME.",
        "The actions: sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes. The resource: "
        "`f\"arn:aws:sqs:{lab.region}:{lab.account_id}:{lab.names.practice('returns')}\"`",
    ),
)
def q1_3(lab: Lab, role: dict[str, Any]) -> str:
    """Who works under the role of a function, and what does it need of its queue?"""
    documents = role if isinstance(role, dict) else {}
    trust, permissions = documents.get("trust"), documents.get("permissions")
    if not (isinstance(trust, dict) and isinstance(permissions, dict)):
        raise Mistake('The answer is a dictionary of two documents, "trust" and "permissions".')
    name = lab.names.practice("returns")
    queue = queue_arn(lab, name)
    _trusts_lambda(trust)
    _names_no_url(permissions)
    validate(lab, permissions)
    scope = Scope(
        actions=POLL,
        resource=queue,
        elsewhere=(f"{queue}-dead", queue_arn(lab, lab.names.queue)),
        never=(
            "sqs:SendMessage",
            "sqs:PurgeQueue",
            "sqs:DeleteQueue",
            "sqs:ChangeMessageVisibility",
            "sqs:GetQueueUrl",
        ),
        what=f"queue '{name}'",
    )
    lacking = [one for one in POLL if decision(lab, permissions, one, queue) != ALLOWED]
    require(
        lacking != ["sqs:GetQueueAttributes"],
        "The role may receive and delete, but Lambda also asks the queue for its attributes.",
        "Add sqs:GetQueueAttributes, as Lambda-Read-SQS-Attributes does for the order writer.",
    )
    enough(lab, permissions, scope)
    no_more(lab, permissions, scope)
    _lambda_takes(lab, trust)
    return f"Lambda took the role on; under it one can empty queue '{name}', and nothing else."


def _trusts_lambda(trust: dict[str, Any]) -> None:
    found = trusted(trust)
    require(
        "sqs.amazonaws.com" not in found,
        "The role trusts SQS. But SQS calls nobody: Lambda reads the queue and runs the function.",
        f"Let the trust policy name {LAMBDA}, who works under the role.",
    )
    require(
        found == [LAMBDA],
        f"The role trusts {', '.join(found) or 'nobody'}.",
        f"Let the trust policy allow sts:AssumeRole to {LAMBDA}, and to nobody else.",
    )


def _names_no_url(permissions: dict[str, Any]) -> None:
    resources = [one for each in statements(permissions) for one in listed(each.get("Resource"))]
    require(
        not any(str(one).startswith(("http://", "https://")) for one in resources),
        "Your document names the queue by its URL, which is for calls. IAM knows queues by ARNs.",
        "The ARN is arn:aws:sqs:REGION:ACCOUNT:NAME.",
    )


def _lambda_takes(lab: Lab, trust: dict[str, Any]) -> None:
    """Make the role and a function under it, as step 5 does, and take both away again."""
    iam, aws_lambda = lab.client("iam"), lab.client("lambda")
    trial = lab.names.practice("trial-role")
    try:
        made = iam.create_role(
            RoleName=trial, Path=lab.names.path, AssumeRolePolicyDocument=json.dumps(trust)
        )
    except iam.exceptions.MalformedPolicyDocumentException as error:
        said = error.response["Error"]["Message"]
        raise Mistake(
            f"IAM does not take the trust policy: {said}", "Compare it with step 3."
        ) from None
    try:
        aws_lambda.create_function(
            FunctionName=trial,
            Runtime="python3.13",
            Handler="app.handler",
            Role=made["Role"]["Arn"],
            Code={"ZipFile": package_files({"app.py": "def handler(event, context): ..."})},
        )
        aws_lambda.delete_function(FunctionName=trial)
    except aws_lambda.exceptions.InvalidParameterValueException as error:
        said = error.response["Error"]["Message"]
        raise Mistake(f"Lambda does not take the role: {said}", "Compare it with step 5.") from None
    finally:
        iam.delete_role(RoleName=trial)
