"""Filters of lists, and changes, each with what one sees of it: rows for generic tests.

What they are about is made by `inhabitants`, and named `one` unless a row says otherwise.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.cloud.inhabitants import ACCOUNT

QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:one"
PATH = {"PathPrefix": "/one/"}
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:one"


class Filter(NamedTuple):
    """A list that is asked for less: what is left in `key`, by a field of each entry."""

    service: str
    operation: str
    given: dict[str, Any]
    key: str
    field: str
    left: list[Any]


class Change(NamedTuple):
    """A call that changes something, and the call that shows it, within `key` if there is one."""

    service: str
    operation: str
    given: dict[str, Any]
    reading: str
    key: str = ""


def _of_entities(given: dict[str, Any], kind: str, left: list[str]) -> Filter:
    return Filter("iam", "ListEntitiesForPolicy", given, f"Policy{kind}s", f"{kind}Name", left)


FILTERS = (
    Filter("apigateway", "GetApiKeys", {"nameQuery": "on"}, "items", "name", ["one"]),
    Filter("apigateway", "GetUsagePlanKeys", {"nameQuery": "tw"}, "items", "name", ["two"]),
    Filter(
        "cloudwatch",
        "ListDashboards",
        {"DashboardNamePrefix": "t"},
        "DashboardEntries",
        "DashboardName",
        ["two"],
    ),
    *(
        Filter("iam", f"List{kind}s", PATH, f"{kind}s", f"{kind}Name", ["one"])
        for kind in ("Group", "Role", "User")
    ),
    *(
        Filter("iam", f"List{of}Policies", {**PATH, **given}, key, "PolicyName", ["one"])
        for of, given, key in (
            ("", {"Scope": "Local"}, "Policies"),
            ("AttachedGroup", {"GroupName": "one"}, "AttachedPolicies"),
            ("AttachedRole", {"RoleName": "one"}, "AttachedPolicies"),
            ("AttachedUser", {"UserName": "one"}, "AttachedPolicies"),
        )
    ),
    Filter("iam", "ListPolicies", {"OnlyAttached": True}, "Policies", "PolicyName", ["one", "two"]),
    _of_entities({"EntityFilter": "User"}, "User", ["one"]),
    _of_entities({"EntityFilter": "User"}, "Role", []),
    _of_entities({"PathPrefix": "/two/"}, "Group", []),
    _of_entities({"PolicyUsageFilter": "PermissionsBoundary"}, "Role", ["two"]),
    _of_entities({"PolicyUsageFilter": "PermissionsPolicy"}, "Role", ["one"]),
    Filter(
        "iam",
        "GetAccountAuthorizationDetails",
        {"Filter": ["Group"]},
        "UserDetailList",
        "UserName",
        [],
    ),
    Filter("lambda", "ListAliases", {"FunctionVersion": "$LATEST"}, "Aliases", "Name", ["two"]),
    Filter(
        "lambda",
        "ListEventSourceMappings",
        {"EventSourceArn": QUEUE},
        "EventSourceMappings",
        "EventSourceArn",
        [QUEUE],
    ),
    Filter(
        "lambda",
        "ListFunctions",
        {"FunctionVersion": "ALL"},
        "Functions",
        "Version",
        ["$LATEST", "1", "$LATEST", "1"],
    ),
)
CHANGES = (
    Change(
        "apigatewayv2",
        "UpdateApi",
        {"Name": "changed", "Description": "changed", "Version": "2"},
        "GetApi",
    ),
    Change(
        "apigatewayv2",
        "UpdateIntegration",
        {
            "ConnectionType": "INTERNET",
            "Description": "changed",
            "IntegrationMethod": "POST",
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": FUNCTION,
            "PayloadFormatVersion": "1.0",
            "TimeoutInMillis": 1000,
        },
        "GetIntegration",
    ),
    Change(
        "apigatewayv2",
        "UpdateRoute",
        {"AuthorizationType": "NONE", "OperationName": "changed", "RouteKey": "PUT /changed"},
        "GetRoute",
    ),
    Change(
        "apigatewayv2",
        "UpdateStage",
        {
            "Description": "changed",
            "StageVariables": {"name": "changed"},
            "DefaultRouteSettings": {
                "DetailedMetricsEnabled": True,
                "ThrottlingBurstLimit": 2,
                "ThrottlingRateLimit": 1.0,
            },
        },
        "GetStage",
    ),
    Change("iam", "UpdateGroup", {"NewPath": "/changed/"}, "GetGroup", "Group"),
    Change(
        "iam",
        "UpdateRole",
        {"Description": "changed", "MaxSessionDuration": 7200},
        "GetRole",
        "Role",
    ),
    Change("iam", "UpdateRoleDescription", {"Description": "again"}, "GetRole", "Role"),
    Change("iam", "UpdateUser", {"NewPath": "/changed/"}, "GetUser", "User"),
    Change("lambda", "UpdateAlias", {"Description": "changed", "FunctionVersion": "1"}, "GetAlias"),
    Change(
        "lambda",
        "UpdateFunctionEventInvokeConfig",
        {
            "MaximumRetryAttempts": 0,
            "MaximumEventAgeInSeconds": 60,
            "DestinationConfig": {
                "OnSuccess": {"Destination": FUNCTION.replace("one", "two")},
                "OnFailure": {"Destination": FUNCTION.replace("one", "two")},
            },
        },
        "GetFunctionEventInvokeConfig",
    ),
)
