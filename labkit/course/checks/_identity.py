"""Stage 1: may every role do what its work needs, on that one resource, and nothing more?"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.course.checks._check import check
from labkit.course.judgement import Mistake, require
from labkit.course.probes.permissions import Document, allows, read_documents, trusted
from labkit.lab import Lab
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import queue_arn, topic_arn

LAMBDA, API_GATEWAY = "lambda.amazonaws.com", "apigateway.amazonaws.com"
LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
STREAM = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)
# Whether ListStreams can be limited to one table is not documented, so "*" is right as well.
MAY_BE_WIDE = frozenset({"dynamodb:ListStreams"})
# What no role of the pipeline has a use for, to find policies such as "sqs:*".
NEVER = (
    "sqs:DeleteQueue",
    "sqs:PurgeQueue",
    "dynamodb:DeleteTable",
    "dynamodb:DeleteItem",
    "sns:DeleteTopic",
    "lambda:UpdateFunctionCode",
    "iam:PassRole",
)


@dataclass(frozen=True)
class Need:
    """Actions that a role needs on one resource; `elsewhere` is none of its business."""

    actions: tuple[str, ...]
    resource: str
    elsewhere: str
    what: str


@check("roles and policies")
def identity(lab: Lab) -> str:
    """Every role: whom it trusts, what it allows, on what, and how much too much."""
    for role, (service, needs) in _roles(lab).items():
        documents = _look_at(lab, role, service)
        for need in needs:
            _enough(lab, role, documents, need)
        for need in needs:
            _no_wider(role, documents, need)
        _nothing_else(role, documents, needs)
    return "Three roles, each trusted to one service, each with what its work needs and no more."


def _roles(lab: Lab) -> dict[str, tuple[str, list[Need]]]:
    names = lab.names
    here = f"{lab.region}:{lab.account_id}"
    table = f"arn:aws:dynamodb:{here}:table/{names.table}"
    other_table = f"arn:aws:dynamodb:{here}:table/Customers"
    a_stream = "/stream/2026-01-01T00:00:00.000"
    queue = (queue_arn(lab, names.queue), queue_arn(lab, "salaries"), f"queue '{names.queue}'")

    def logs(function: str) -> Need:
        group = f"arn:aws:logs:{here}:log-group:/aws/lambda"
        stream = "log-stream:2026/01/01/[$LATEST]0"
        return Need(
            LOGS, f"{group}/{function}:{stream}", f"{group}/other:{stream}", "its log group"
        )

    reads = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    stream_of = f"the streams of table '{names.table}'"
    topic = (topic_arn(lab), f"arn:aws:sns:{here}:alarms", f"topic '{names.topic}'")
    return {
        names.api_role: (API_GATEWAY, [Need(("sqs:SendMessage",), *queue)]),
        names.writer_role: (
            LAMBDA,
            [
                Need(reads, *queue),
                Need(("dynamodb:PutItem",), table, other_table, f"table '{names.table}'"),
                logs(names.writer),
            ],
        ),
        names.notifier_role: (
            LAMBDA,
            [
                Need(STREAM, table + a_stream, other_table + a_stream, stream_of),
                Need(("sns:Publish",), *topic),
                logs(names.notifier),
            ],
        ),
    }


def _look_at(lab: Lab, role: str, service: str) -> dict[str, Document]:
    found = unless_absent(lab.client("iam").get_role, RoleName=role)
    require(
        found is not None,
        f"There is no role '{role}'.",
        "Make it with iam.create_role; its name is in lab.names.",
    )
    assert found is not None
    principals = trusted(found["Role"]["AssumeRolePolicyDocument"])
    require(
        service in principals,
        f"Role '{role}' trusts {', '.join(principals) or 'nobody'}, so {service} cannot use it.",
        "Who works under the role is whom it must trust: Lambda for a function, also when a queue "
        "calls it.",
    )
    strangers = sorted(set(principals) - {service})
    require(
        not strangers,
        f"Role '{role}' also trusts {', '.join(strangers)}.",
        f"Let its trust policy name {service} and nobody else.",
    )
    return read_documents(lab, role)


def _enough(lab: Lab, role: str, documents: dict[str, Document], need: Need) -> None:
    found = list(documents.values())
    for action in need.actions:
        if allows(found, action, need.resource):
            continue
        message = f"Role '{role}' may not {action} on {need.what}."
        if action in STREAM and allows(found, action, need.resource.split("/stream/")[0]):
            raise Mistake(
                message + " It may on the table, but a table and its streams are two resources.",
                "End the ARN with table/NAME/stream/*.",
            )
        if action == "dynamodb:PutItem" and allows(found, action, f"{need.resource}/stream/1"):
            raise Mistake(
                message + " It may on its streams, but a table and its streams are two resources.",
                "End the ARN with table/NAME.",
            )
        if action in LOGS:
            raise Mistake(
                message + " The function will run all the same, but nobody will see what it logs.",
                "Attach the Lambda-Write-Logs policy of this function.",
            )
        raise Mistake(
            message, "Which document in policies/ allows it? Is it attached, with the right ARN?"
        )


def _no_wider(role: str, documents: dict[str, Document], need: Need) -> None:
    for action in set(need.actions) - MAY_BE_WIDE:
        for name, document in documents.items():
            require(
                not allows([document], action, need.elsewhere),
                f"'{name}' lets role '{role}' {action} on more than {need.what}.",
                "Name the one resource in Resource, by its whole ARN.",
            )


def _nothing_else(role: str, documents: dict[str, Document], needs: list[Need]) -> None:
    for need in needs:
        for action in NEVER:
            for name, document in documents.items():
                require(
                    not allows([document], action, need.resource),
                    f"'{name}' allows role '{role}' {action}, which its work never needs.",
                    "List the actions one by one instead of with a *.",
                )
