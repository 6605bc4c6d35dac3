"""Which resource an operation of the pipeline's services names, as an ARN.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Parameters = Mapping[str, Any]
FUNCTION_PARTS = re.compile(r"(?:.*:function:)?(?:\d{12}:)?([\w-]+)(?::([\w$-]+))?$")


@dataclass(frozen=True)
class Scope:
    """Where a request goes: what the ARNs of its resources begin with."""

    service: str
    region: str
    account: str

    def arn(self, resource: str) -> str:
        """The ARN of one of the service's regional resources."""
        return f"arn:aws:{self.service}:{self.region}:{self.account}:{resource}"


def resource_of(service: str, operation: str, parameters: Parameters, scope: Scope) -> str:
    """The ARN of what a service's operation is about; `*` when it names nothing.

    >>> here = Scope("sns", "us-east-1", "123456789012")
    >>> resource_of("sns", "CreateTopic", {"Name": "orders"}, here)
    'arn:aws:sns:us-east-1:123456789012:orders'
    """
    read = READERS.get(service)
    return (read(operation, parameters, scope) if read else None) or "*"


def table_arn(parameters: Parameters, scope: Scope) -> str:
    """The table or index that a part of a request names; `*` when it names none."""
    return _table("", parameters, scope) or "*"


def function_arn(name: Any, scope: Scope) -> str | None:
    """The function of a name or ARN, None when it is neither."""
    return _function("", {"FunctionName": name}, scope)


def log_stream_arn(scope: Scope, group: str, stream: str) -> str:
    """A log stream; AWS names a group with an empty stream after it."""
    return scope.arn(f"log-group:{group}:log-stream:{stream}")


def _queue(_: str, parameters: Parameters, scope: Scope) -> str | None:
    if arn := parameters.get("SourceArn"):  # message move tasks
        return str(arn)
    url = parameters.get("QueueUrl") or parameters.get("QueueName")
    return scope.arn(str(url).rstrip("/").rpartition("/")[2]) if url else None


def _topic(operation: str, parameters: Parameters, scope: Scope) -> str | None:
    if operation == "CreateTopic":
        return scope.arn(str(parameters.get("Name")))
    for name in ("TopicArn", "TargetArn", "ResourceArn"):
        if parameters.get(name):
            return str(parameters[name])
    subscription = str(parameters.get("SubscriptionArn", ""))
    return subscription.rpartition(":")[0] if subscription.count(":") == 6 else None


def _table(operation: str, parameters: Parameters, scope: Scope) -> str | None:
    if stream := parameters.get("StreamArn"):
        return str(stream)
    if iterator := parameters.get("ShardIterator"):
        return str(iterator).partition("|")[0]  # AWS's begin with the stream's ARN, too
    table = parameters.get("TableName") or parameters.get("ResourceArn")
    if not table:
        return None
    arn = table if str(table).startswith("arn:") else scope.arn(f"table/{table}")
    if operation == "ListStreams":
        return f"{arn}/stream/*"
    return f"{arn}/index/{index}" if (index := parameters.get("IndexName")) else str(arn)


def _function(_: str, parameters: Parameters, scope: Scope) -> str | None:
    if uuid := parameters.get("UUID"):
        return scope.arn(f"event-source-mapping:{uuid}")
    parts = FUNCTION_PARTS.match(str(parameters.get("FunctionName") or ""))
    if parts is None or "EventSourceArn" in parameters:  # a mapping's function is a context key
        return None
    qualifier = parts[2] or parameters.get("Qualifier")
    return scope.arn(f"function:{parts[1]}" + (f":{qualifier}" if qualifier else ""))


def _log(_: str, parameters: Parameters, scope: Scope) -> str | None:
    group = parameters.get("logGroupName")
    if not group:
        return parameters.get("logGroupIdentifier") or parameters.get("resourceArn")
    return log_stream_arn(scope, str(group), str(parameters.get("logStreamName") or ""))


def _identity(_: str, parameters: Parameters, scope: Scope) -> str | None:
    for name in ("PolicyArn", "RoleArn", "PolicySourceArn"):
        if parameters.get(name) and not parameters.get("RoleName"):
            return str(parameters[name])
    for name, kind in (("RoleName", "role"), ("UserName", "user"), ("PolicyName", "policy")):
        if parameters.get(name):
            path = str(parameters.get("Path") or "/")
            return f"arn:aws:iam::{scope.account}:{kind}{path}{parameters[name]}"
    return None


READERS: dict[str, Callable[[str, Parameters, Scope], str | None]] = {
    "sqs": _queue,
    "sns": _topic,
    "dynamodb": _table,
    "lambda": _function,
    "logs": _log,
    "iam": _identity,
    "sts": _identity,
}
