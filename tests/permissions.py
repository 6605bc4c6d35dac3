"""Permissions for tests whose subject is something else."""

from __future__ import annotations

import json
from typing import Any

SERVICES = {"Service": ["apigateway.amazonaws.com", "lambda.amazonaws.com"]}
ANYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def powerful_role(iam: Any, name: str, trusted: dict[str, Any] = SERVICES) -> str:
    """The ARN of a new role that may do anything; the services of the lab can take it."""
    statement = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="anything", PolicyDocument=json.dumps(ANYTHING))
    return role["Arn"]


def let_send(sqs: Any, queue_url: str, service: str = "sns.amazonaws.com") -> None:
    """Let an AWS service send to a queue."""
    asked = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sqs:SendMessage",
        "Resource": asked["Attributes"]["QueueArn"],
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": json.dumps(document)})


def let_invoke(lambda_: Any, function: str, service: str) -> None:
    """Let an AWS service invoke a function."""
    lambda_.add_permission(
        FunctionName=function,
        StatementId=service.partition(".")[0],
        Action="lambda:InvokeFunction",
        Principal=service,
    )
