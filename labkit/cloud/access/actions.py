"""Which actions on which resources an operation needs: the table of the pipeline's services.

An operation of another service is `service:Operation` on `*`.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from labkit.cloud.access import item_actions
from labkit.cloud.access.imported_roles import roles_of
from labkit.cloud.access.named_resources import (
    Scope,
    alarm_arns,
    function_arn,
    log_group_arns,
    resource_of,
)
from labkit.cloud.access.need import Need
from labkit.cloud.access.resources import function_of_mapping, queues_that_bury_in
from labkit.cloud.messages import Request
from labkit.cloud.readings import Operation

# Operations whose action has another name.
RENAMED = {
    "sqs": {
        "SendMessageBatch": "SendMessage",
        "DeleteMessageBatch": "DeleteMessage",
        "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
    },
    "sns": {"PublishBatch": "Publish"},
    "lambda": {"Invoke": "InvokeFunction", "InvokeAsync": "InvokeFunction"},
}
PREFIXES = {"monitoring": "cloudwatch"}  # signing name to the action's
# Where a patch has a role.
PATCHED_ROLES = {"UpdateIntegration": "/credentials", "UpdateAccount": "/cloudwatchRoleArn"}
# The first two have one path.
IMPORTS = ("CreateRestApi", "ImportRestApi", "PutRestApi")
# What a redrive does in its caller's name: with the dead-letter queue, and where the letters go.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
MOVING = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")


def needs(request: Request, operation: Operation, scope: Scope) -> list[Need]:
    """Everything that must be allowed for a request, of which the first is named in a denial."""
    prefix = PREFIXES.get(scope.service, scope.service)
    name = RENAMED.get(prefix, {}).get(operation.name, operation.name)
    if prefix == "apigateway":
        resource = f"arn:aws:apigateway:{scope.region}::{request.path}"
        found = [Need(f"apigateway:{request.method}", resource)]
    elif prefix == "cloudwatch" and (
        alarms := alarm_arns(operation.name, operation.parameters, scope)
    ):
        found = [Need(f"cloudwatch:{name}", alarm) for alarm in alarms]
    elif prefix == "logs" and (groups := log_group_arns(operation.parameters, scope)):
        found = [Need(f"logs:{name}", group) for group in groups]
    elif prefix == "dynamodb" and (several := list(item_actions.needs(operation, scope))):
        found = several
    else:
        resource = resource_of(prefix, operation.name, operation.parameters, scope)
        context = partial(_context, prefix, operation, scope, resource)
        found = [Need(f"{prefix}:{name}", resource, context)]
    found += _moved_letters(prefix, operation)
    found += _passed_roles(prefix, operation)
    if prefix == "apigateway" and operation.name in IMPORTS:
        found += [_passed(role, prefix) for role in roles_of(request.body)]
    return found


# The service's own context keys, by the parameter that a request shows them in.
CONTEXT_KEYS = {
    "sns": {"Protocol": "sns:protocol", "Endpoint": "sns:endpoint"},
    "sts": {"ExternalId": "sts:externalid", "RoleSessionName": "sts:rolesessionname"},
    "iam": {"PolicyArn": "iam:policyarn", "PermissionsBoundary": "iam:permissionsboundary"},
}


def _context(
    prefix: str, operation: Operation, scope: Scope, resource: str
) -> dict[str, str | list[str]]:
    parameters = operation.parameters
    if prefix == "dynamodb" and operation.name in item_actions.ON_ITEMS:
        return item_actions.context_of(operation, parameters, resource)
    if prefix == "lambda" and ("EventSourceArn" in parameters or "UUID" in parameters):
        function = function_arn(parameters.get("FunctionName"), scope) or function_of_mapping(
            str(parameters.get("UUID")), scope.region, scope.account
        )
        return {"lambda:functionarn": function} if function else {}
    return {
        key: str(parameters[name])
        for name, key in CONTEXT_KEYS.get(prefix, {}).items()
        if parameters.get(name)
    }


def _moved_letters(prefix: str, operation: Operation) -> list[Need]:
    source = str(operation.parameters.get("SourceArn") or "")
    if prefix != "sqs" or operation.name != "StartMessageMoveTask" or not source:
        return []
    chosen = operation.parameters.get("DestinationArn")
    destinations = [str(chosen)] if chosen else queues_that_bury_in(source)
    return [
        *(Need(f"sqs:{action}", source) for action in MOVING),
        *(Need("sqs:SendMessage", destination) for destination in destinations),
    ]


def _passed_roles(prefix: str, operation: Operation) -> list[Need]:
    """`iam:PassRole` for every role that a request hands to a service.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    parameters = operation.parameters
    roles: list[Any] = []
    if prefix == "lambda" and operation.name in ("CreateFunction", "UpdateFunctionConfiguration"):
        roles = [parameters.get("Role")]
    if prefix == "apigateway" and operation.name == "PutIntegration":
        roles = [parameters.get("credentials")]
    if prefix == "apigateway" and operation.name in PATCHED_ROLES:
        roles = _patched(parameters, PATCHED_ROLES[operation.name])
    if prefix == "apigateway" and "credentialsArn" in parameters:  # of HTTP APIs
        roles = [parameters["credentialsArn"]]
    return [_passed(role, prefix) for role in roles if isinstance(role, str) and ":role/" in role]


def _patched(parameters: Mapping[str, Any], path: str) -> list[Any]:
    """The values of every patch of a path; the last one is kept."""
    patches = parameters.get("patchOperations")
    return [
        patch.get("value")
        for patch in (patches if isinstance(patches, list) else [])
        if isinstance(patch, dict) and patch.get("path") == path
    ]


def _passed(role: str, prefix: str) -> Need:
    return Need("iam:PassRole", role, lambda: {"iam:passedtoservice": f"{prefix}.amazonaws.com"})
