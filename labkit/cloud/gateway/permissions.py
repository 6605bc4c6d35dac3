"""What API Gateway may do: take an integration's role and call, and the account's role and log.

A call is made with the integration's role or, to a function, in API Gateway's own name, which the
function's policy must allow.
https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html
"""

from __future__ import annotations

from moto.apigateway.exceptions import BadRequestException

from labkit.cloud.access.access import Access
from labkit.cloud.gateway.errors import broken
from labkit.cloud.gateway.invocation import Arrival
from labkit.cloud.gateway.targets import Target
from labkit.cloud.messages import Request, Response

SERVICE = "apigateway.amazonaws.com"
SESSION_NAME = "BackplaneAssumeRoleSession"
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
LOG_ACTIONS = ("CreateLogGroup", "CreateLogStream", "PutLogEvents")


def source_arn(call: Arrival, region: str) -> str:
    """The method of an API, as `aws:SourceArn` names it."""
    context = call.context
    path = context.get("resourcePath") or ""
    route = f"{context['httpMethod']}{path}" if path.startswith("/") else path  # or $default
    return (
        f"arn:aws:execute-api:{region}:{context['accountId']}:{context['apiId']}/"
        f"{context['stage']}/{route}"
    )


def check_role(access: Access, role: str, call: Arrival, region: str) -> None:
    """The API is broken when its role does not trust API Gateway."""
    if access.trust_denial(role, SERVICE, source_arn=source_arn(call, region)):
        raise broken(f"API Gateway does not have permission to assume the provided role {role}")


def refusal(
    access: Access, sent: Request, target: Target, role: str | None, call: Arrival
) -> Response | None:
    """The service's own answer to a call that the integration may not make.

    Without a role API Gateway calls in its own name, which the resource's policy must allow.
    https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html (credentials)
    """
    if role is None:
        source = source_arn(call, target.region)
        return access.refusal_of_service(
            sent, SERVICE, target.service, target.region, source_arn=source
        )
    identity = access.identities.of_role(role, SESSION_NAME)
    return access.refusal_of(sent, identity, target.service, target.region)


def check_function(
    access: Access, function_arn: str, role: str | None, call: Arrival, region: str
) -> None:
    """The API is broken when it may not invoke its function."""
    action = "lambda:InvokeFunction"
    if role:
        check_role(access, role, call, region)
        denied = access.role_denial(role, action, function_arn, session=SESSION_NAME)
    else:
        denied = access.service_denial(
            SERVICE, action, function_arn, source_arn=source_arn(call, region)
        )
    if denied:
        raise broken("Invalid permissions on Lambda function")


def check_logging_role(access: Access, role: str, *, region: str, account: str) -> None:
    """Refuse a role with which API Gateway could not write logs."""
    group = f"arn:aws:logs:{region}:{account}:log-group:API-Gateway-Execution-Logs"
    if not may_log(access, role, group):
        raise BadRequestException(
            "The role ARN does not have required permissions configured. Please grant trust "
            "permission for API Gateway and add the required role policy."
        )


def may_log(access: Access, role: str | None, group_arn: str) -> bool:
    """Whether the account's role lets API Gateway write to a log group; without, nothing is."""
    if not role:
        return True  # a stage's logs need one before they are turned on
    if access.trust_denial(role, SERVICE, source_arn=group_arn):
        return False
    stream = f"{group_arn}:log-stream:"
    return not any(
        access.role_denial(role, f"logs:{action}", stream, session=SESSION_NAME)
        for action in LOG_ACTIONS
    )
