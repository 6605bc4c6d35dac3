"""What a mapping's poller may do: it calls with a session of the function's role.

Lambda tries all of these when a mapping is made, and refuses one that could not work.
https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#events-sqs-permissions
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html#events-dynamodb-permissions
"""

from __future__ import annotations

from labkit.cloud.access.access import Access
from labkit.cloud.access.principals import LAMBDA
from labkit.cloud.functions.destinations import ACTIONS, denial_of
from labkit.cloud.functions.errors import RoleNotAssumed
from labkit.cloud.mappings import sources
from labkit.cloud.mappings.errors import InvalidParameter
from labkit.cloud.mappings.kinds import Kind
from labkit.cloud.mappings.mapping import Mapping

# Pollers have a session of their own, beside that of the function's code (observed by others).
SESSION_NAME = "awslambda_poller"
RECEIVE, DELETE, ATTRIBUTES = "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"
OF_QUEUE = (RECEIVE, DELETE, ATTRIBUTES)
READ = "dynamodb:GetRecords"
OF_STREAM = (
    READ,
    "dynamodb:GetShardIterator",
    "dynamodb:DescribeStream",
    "dynamodb:ListStreams",
)


def check(access: Access, mapping: Mapping) -> None:
    """Raise AWS's error when the function's role does not let Lambda poll the source."""
    actions = OF_STREAM if mapping.kind is Kind.STREAM else OF_QUEUE
    if reason := refusal(access, mapping, *actions):
        raise InvalidParameter(reason)


def check_destination(access: Access, mapping: Mapping) -> None:
    """Raise AWS's error when it does not let Lambda send to the on-failure destination."""
    function, destination = sources.find_function(mapping), mapping.on_failure
    if destination and function and denial_of(access, function.role, SESSION_NAME, destination):
        service = destination.split(":")[2]
        raise InvalidParameter(_on(ACTIONS[service], service.upper()))


def refusal(access: Access, mapping: Mapping, *actions: str) -> str | None:
    """Why the poller may not do these, in AWS's words for mappings; None when it may."""
    function = sources.find_function(mapping)
    if function is None:  # which the poller notices by itself
        return None
    unqualified = ":".join(mapping.function_arn.split(":")[:7])
    if access.trust_denial(function.role, LAMBDA, source_arn=unqualified):
        return RoleNotAssumed.reason
    for action in actions:
        source = mapping.event_source_arn
        if access.role_denial(function.role, action, source, session=SESSION_NAME):
            if mapping.kind is Kind.STREAM:
                return (
                    f"Cannot access stream {mapping.event_source_arn}. Please ensure the role can "
                    "perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams "
                    "Actions on your stream in IAM."
                )
            return _on(action, "SQS")
    return None


def _on(action: str, service: str) -> str:
    operation = action.partition(":")[2]
    return f"The function execution role does not have permissions to call {operation} on {service}"
