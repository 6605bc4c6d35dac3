"""Which resource an operation of the pipeline's services names, as an ARN.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from labkit.cloud import function_names
from labkit.cloud.access.resources import identity_arn
from labkit.cloud.protocols import service_model

Parameters = Mapping[str, Any]
ACCOUNT = re.compile(r"\d{12}")
# What names a table, or a backup of one; of a copy it is the table that is copied.
TABLES = (
    *("TableName", "ResourceArn", "TableArn"),
    *("SourceTableName", "SourceTableArn", "BackupArn"),
)
HOLDERS = (("GroupName", "group"), ("RoleName", "role"), ("UserName", "user"))


@dataclass(frozen=True)
class Scope:
    """Where a request goes: what the ARNs of its resources begin with; and the caller's own ARN."""

    service: str
    region: str
    account: str
    caller: str = ""

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


def alarm_arns(operation: str, parameters: Parameters, scope: Scope) -> list[str]:
    """The alarms that a request names; who describes alarms without a name means all."""
    listed = parameters.get("AlarmNames")
    if not isinstance(listed, list):  # in the query protocol
        members = (name for name in parameters if name.startswith("AlarmNames.member."))
        listed = [parameters[name] for name in members]
    names = [parameters["AlarmName"]] if parameters.get("AlarmName") else listed
    if not names and operation in ("DescribeAlarms", "DescribeAlarmHistory"):
        names = ["*"]
    beginning = f"arn:aws:cloudwatch:{scope.region}:{scope.account}:alarm:"
    return [f"{beginning}{name}" for name in names]


def log_group_arns(parameters: Parameters, scope: Scope) -> list[str]:
    """The log groups of a request that lists several."""
    listed = (parameters.get(name) for name in ("logGroupNames", "logGroupIdentifiers"))
    return [
        _log_group(each, scope) for groups in listed if isinstance(groups, list) for each in groups
    ]


def _queue(_: str, parameters: Parameters, scope: Scope) -> str | None:
    if arn := parameters.get("SourceArn") or _moved(parameters.get("TaskHandle")):
        return str(arn)
    url = parameters.get("QueueUrl") or parameters.get("QueueName")
    if not url:
        return None
    *_, owner, name = ["", *str(url).rstrip("/").rsplit("/", 2)]
    asked = str(parameters.get("QueueOwnerAWSAccountId") or owner)
    account = asked if ACCOUNT.fullmatch(asked) else scope.account
    return replace(scope, account=account).arn(name)


def _moved(handle: Any) -> str | None:
    """The queue of a message move task, which its handle names."""
    try:
        return str(json.loads(base64.b64decode(str(handle), validate=True))["sourceArn"])
    except (ValueError, KeyError, TypeError):
        return None


def _topic(operation: str, parameters: Parameters, scope: Scope) -> str | None:
    if operation == "CreateTopic":
        return scope.arn(str(parameters.get("Name")))
    for name in ("TargetArn", "TopicArn", "ResourceArn"):  # Publish prefers the target
        if parameters.get(name):
            return str(parameters[name])
    subscription = str(parameters.get("SubscriptionArn", ""))
    return subscription.rpartition(":")[0] if subscription.count(":") == 6 else None


def _table(operation: str, parameters: Parameters, scope: Scope) -> str | None:
    if stream := parameters.get("StreamArn"):
        return str(stream)
    if iterator := parameters.get("ShardIterator"):
        return str(iterator).partition("|")[0]  # AWS's begin with the stream's ARN, too
    table = next((parameters[name] for name in TABLES if parameters.get(name)), None)
    if not table:
        return None
    arn = table if str(table).startswith("arn:") else scope.arn(f"table/{table}")
    if operation == "ListStreams":
        return f"{arn}/stream/*"
    return f"{arn}/index/{index}" if (index := parameters.get("IndexName")) else str(arn)


def _function(operation: str, parameters: Parameters, scope: Scope) -> str | None:
    if tagged := parameters.get("Resource"):  # in the region that is asked
        return scope.arn(str(tagged).split(":", 5)[-1])
    if (layer := parameters.get("LayerName")) and operation != "ListLayerVersions":
        return _layer(str(layer), parameters.get("VersionNumber"), scope)
    if uuid := parameters.get("UUID"):
        return scope.arn(f"event-source-mapping:{uuid}")
    found = re.fullmatch(function_names.PATTERN, str(parameters.get("FunctionName") or ""))
    if found is None or "EventSourceArn" in parameters:  # a mapping's function is a context key
        return None
    qualifier = found[function_names.QUALIFIER] or parameters.get("Qualifier")
    name = found[function_names.NAME]
    return scope.arn(f"function:{name}" + (f":{qualifier}" if qualifier else ""))


def _layer(name: str, version: Any, scope: Scope) -> str:
    """A layer or one of its versions; its name may be an ARN."""
    layer = scope.arn(f"layer:{name.rpartition(':layer:')[2]}")
    return f"{layer}:{version}" if version else layer


def _log(operation: str, parameters: Parameters, scope: Scope) -> str | None:
    if operation == "DescribeLogGroups":  # of all, whatever the prefix
        return log_stream_arn(scope, "", "")
    group = parameters.get("logGroupName") or parameters.get("logGroupIdentifier")
    if not group:
        arn = parameters.get("resourceArn")
        return None if arn is None else str(arn)
    return _log_group(group, scope, str(parameters.get("logStreamName") or ""))


def _log_group(group: Any, scope: Scope, stream: str = "") -> str:
    """A group by its name or ARN, with a stream."""
    name = str(group).partition(":log-group:")[2].removesuffix(":*") or str(group)
    return log_stream_arn(scope, name, stream)


@cache
def is_about_caller(operation: str) -> bool:
    """Whether IAM means the caller's own user by a request that names none.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html

    >>> is_about_caller("GetUser"), is_about_caller("DeleteUser"), is_about_caller("ListUsers")
    (True, False, False)
    """
    model = service_model("iam")
    if model is None or operation not in model.operation_names:
        return False
    shape = model.operation_model(operation).input_shape
    optional = shape and "UserName" in shape.members and "UserName" not in shape.required_members
    return bool(optional) or operation == "ChangePassword"


def _identity(operation: str, parameters: Parameters, scope: Scope) -> str | None:
    """Whom a policy is given to comes before the policy, and a group before its members."""
    for name, kind in HOLDERS:
        if holder := parameters.get(name):
            known = identity_arn(kind, str(holder), scope.account)
            return known or _new_identity(kind, name, parameters, scope)
    if scope.service == "iam" and ":user/" in scope.caller and is_about_caller(operation):
        return scope.caller
    for name in ("PolicyArn", "RoleArn", "PolicySourceArn"):
        if parameters.get(name):
            return str(parameters[name])
    if parameters.get("PolicyName"):
        return _new_identity("policy", "PolicyName", parameters, scope)
    return None


def _new_identity(kind: str, name: str, parameters: Parameters, scope: Scope) -> str:
    path = str(parameters.get("Path") or "/")
    return f"arn:aws:iam::{scope.account}:{kind}{path}{parameters[name]}"


READERS: dict[str, Callable[[str, Parameters, Scope], str | None]] = {
    "sqs": _queue,
    "sns": _topic,
    "dynamodb": _table,
    "lambda": _function,
    "logs": _log,
    "iam": _identity,
    "sts": _identity,
}
