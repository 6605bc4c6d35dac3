"""The checks of roles, queue and API pass what is right and name what is known to go wrong."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from labkit import pipeline
from labkit.course import checks as check
from labkit.course.exercises import EXERCISES
from labkit.lab import Lab
from labkit.pipeline import api, identity, policies, queue
from labkit.pipeline.arns import queue_arn


@pytest.fixture(scope="module")
def front(lab: Lab) -> Lab:
    """Roles, queues and API, and nothing that reads the queue."""
    pipeline.build(lab, before=4, progress=False)
    return lab


@pytest.mark.parametrize("name", ["identity", "queue", "api"])
def test_the_lab_s_own_stages_pass(front: Lab, name: str):
    """What the lab builds is right."""
    result = getattr(check, name)(front)
    assert result, result


def set_attributes(lab: Lab, name: str, **attributes: object) -> None:
    """Change a queue."""
    sqs = lab.client("sqs")
    values = {key: v if isinstance(v, str) else json.dumps(v) for key, v in attributes.items()}
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=values)


def redrive_to(lab: Lab, target: str, times: int) -> None:
    """Send dead letters elsewhere, or sooner."""
    redrive = {"deadLetterTargetArn": queue_arn(lab, target), "maxReceiveCount": times}
    set_attributes(lab, "orders", RedrivePolicy=redrive)


QUEUE_MISTAKES: dict[str, tuple[Callable[[Lab], None], str]] = {
    "no redrive policy": (
        lambda lab: set_attributes(lab, "orders", RedrivePolicy=""),
        "has no RedrivePolicy",
    ),
    "its own dead-letter queue": (lambda lab: redrive_to(lab, "orders", 5), "is its own"),
    "one receive only": (lambda lab: redrive_to(lab, "orders-dead", 1), "maxReceiveCount of 1"),
    "visibility shorter than the function's timeout": (
        lambda lab: set_attributes(lab, "orders", VisibilityTimeout="3"),
        "while the first is at work",
    ),
    "visibility shorter than six timeouts": (
        lambda lab: set_attributes(lab, "orders", VisibilityTimeout="10"),
        "less than six times",
    ),
    "dead letters expire first": (
        lambda lab: set_attributes(lab, "orders-dead", MessageRetentionPeriod="3600"),
        "keeps messages for 3600 s",
    ),
    "dead letters not let in": (
        lambda lab: set_attributes(
            lab, "orders-dead", RedriveAllowPolicy={"redrivePermission": "denyAll"}
        ),
        "RedriveAllowPolicy is denyAll",
    ),
}


@pytest.mark.parametrize("mistake", QUEUE_MISTAKES)
def test_a_mistake_of_the_queue_is_named(front: Lab, mistake: str):
    """The check fails with the words for this mistake, and a hint."""
    break_it, words = QUEUE_MISTAKES[mistake]
    break_it(front)
    result = check.queue(front)
    queue.teardown(front)
    queue.build(front)
    assert not result
    assert words in result.message
    assert result.hint


def test_messages_that_wait_are_left_alone(front: Lab):
    """The check does not receive, and so dead-letter, what is a student's own."""
    sqs = front.client("sqs")
    url = queue.queue_url(front)
    sqs.send_message(QueueUrl=url, MessageBody="mine")
    result = check.queue(front)
    [message] = front.peek("orders")
    sqs.purge_queue(QueueUrl=url)
    assert "still holds 1 message" in result.message
    assert message["receives"] == 0


def put_policy(lab: Lab, role: str, statement: dict[str, object]) -> None:
    """Give a role one more policy."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    lab.client("iam").put_role_policy(
        RoleName=role, PolicyName="Mine", PolicyDocument=json.dumps(document)
    )


def take_policy(lab: Lab, role: str, name: str) -> None:
    """Take one of its policies from a role."""
    arn = f"arn:aws:iam::{lab.account_id}:policy{lab.names.path}{name}"
    lab.client("iam").detach_role_policy(RoleName=role, PolicyArn=arn)


def trust(lab: Lab, role: str, name: str) -> None:
    """Let a role be taken by somebody else."""
    document = json.dumps(policies.document(name, lab))
    lab.client("iam").update_assume_role_policy(RoleName=role, PolicyDocument=document)


def table_instead_of_stream(lab: Lab) -> None:
    """The notifier may read the stream of the table's ARN, which is no stream."""
    take_policy(lab, "order-notifier-role", "Lambda-DynamoDBStreams-Read")
    table = f"arn:aws:dynamodb:{lab.region}:{lab.account_id}:table/Orders"
    actions = ["dynamodb:GetRecords", "dynamodb:DescribeStream"]
    put_policy(lab, "order-notifier-role", {"Action": actions, "Resource": table})


WRITER = "order-writer-role"
IDENTITY_MISTAKES: dict[str, tuple[Callable[[Lab], None], str]] = {
    "wrong service trusted": (
        lambda lab: trust(lab, WRITER, "Trust-APIGateway"),
        "so lambda.amazonaws.com cannot use it",
    ),
    "no logs": (
        lambda lab: take_policy(lab, WRITER, "Lambda-Write-Logs-Writer"),
        "nobody will see what it logs",
    ),
    "no queue attributes": (
        lambda lab: take_policy(lab, WRITER, "Lambda-Read-SQS-Attributes"),
        "may not sqs:GetQueueAttributes",
    ),
    "every resource": (
        lambda lab: put_policy(lab, WRITER, {"Action": "dynamodb:PutItem", "Resource": "*"}),
        "on more than table 'Orders'",
    ),
    "every action": (
        lambda lab: put_policy(
            lab, WRITER, {"Action": "sqs:*", "Resource": queue_arn(lab, "orders")}
        ),
        "which its work never needs",
    ),
    "table instead of stream": (
        table_instead_of_stream,
        "a table and its streams are two resources",
    ),
}


@pytest.mark.parametrize("mistake", IDENTITY_MISTAKES)
def test_a_mistake_of_the_roles_is_named(front: Lab, mistake: str):
    """The check fails with the words for this mistake, and a hint."""
    break_it, words = IDENTITY_MISTAKES[mistake]
    break_it(front)
    result = check.identity(front)
    identity.teardown(front)
    identity.build(front)
    assert not result
    assert words in result.message
    assert result.hint


def change_api(lab: Lab, change: Callable[[object, dict[str, str]], object]) -> None:
    """Change POST /orders and deploy it."""
    gateway = lab.client("apigateway")
    found = lab.find_api()
    resources = gateway.get_resources(restApiId=found["id"])["items"]
    [resource] = [one for one in resources if one["path"] == "/orders"]
    change(gateway, {"restApiId": found["id"], "resourceId": resource["id"], "httpMethod": "POST"})
    gateway.create_deployment(restApiId=found["id"], stageName=lab.names.stage)


def template(text: str) -> Callable[[Lab], None]:
    """Another request template."""
    path = "/requestTemplates/application~1json"
    operations = [{"op": "replace", "path": path, "value": text}]
    return lambda lab: change_api(
        lab,
        lambda gateway, post: gateway.update_integration(**post, patchOperations=operations),
    )


def validator_removed(lab: Lab) -> None:
    """A model without a validator."""
    operations = [{"op": "replace", "path": "/requestValidatorId", "value": ""}]
    change_api(lab, lambda gateway, post: gateway.update_method(**post, patchOperations=operations))


def patterns_removed(lab: Lab) -> None:
    """One integration response for everything."""

    def change(gateway: object, post: dict[str, str]) -> None:
        for status in ("400", "502"):
            gateway.delete_integration_response(**post, statusCode=status)

    change_api(lab, change)


API_MISTAKES: dict[str, tuple[Callable[[Lab], None], str]] = {
    "unencoded body": (
        template("Action=SendMessage&MessageBody=$input.body"),
        "The order was spoiled on its way",
    ),
    "plus and percent unencoded": (
        template("Action=SendMessage&MessageBody=$input.body.replaceAll('&', '%26')"),
        "was sent",
    ),
    "no validator": (validator_removed, "no request validator"),
    "a refusal that looks like a success": (patterns_removed, "the API answered 200"),
}


@pytest.mark.parametrize("mistake", API_MISTAKES)
def test_a_mistake_of_the_api_is_named(front: Lab, mistake: str):
    """The check fails with the words for this mistake, and a hint."""
    break_it, words = API_MISTAKES[mistake]
    break_it(front)
    result = check.api(front)
    api.teardown(front)
    api.build(front)
    assert not result
    assert words in result.message
    assert result.hint


def test_a_table_without_a_stream_is_told_of(front: Lab):
    """Who has switched a stream off, and not on again, is told so, and how to go on."""
    result = EXERCISES["q5_3"].judge(front, "arn:aws:dynamodb:us-east-1:123456789012:table/Orders")
    assert "'Orders' has no stream at the moment" in result.message
    assert result.hint.startswith("Switch one on")
