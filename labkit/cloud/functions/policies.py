"""The policy of a function: who may invoke it, and under which of its names.

Source: AWS's answers as LocalStack recorded them, test_lambda_api.snapshot.json,
TestLambdaPermissions; https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from moto.awslambda.exceptions import (
    GenericResourcNotFound,
    InvalidParameterValueException,
    UnknownAliasException,
    UnknownFunctionException,
    UnknownPolicyException,
)
from moto.awslambda.models import LambdaBackend
from moto.awslambda.utils import make_function_arn

from labkit.cloud.functions import aliases
from labkit.cloud.functions.checks import check_pattern
from labkit.cloud.functions.errors import ResourceConflict, ResourceNotFound
from labkit.cloud.functions.naming import LATEST
from labkit.cloud.functions.revisions import RevisionsMixin, check_revision

STATEMENT_ID = r"([a-zA-Z0-9-_]+)"
QUALIFIER = r"(|[a-zA-Z0-9$_-]+)"
ACCOUNT = re.compile(r"\d{12}")
SERVICE = re.compile(r"[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com)")
#: The operator and the key of the condition that each parameter makes.
CONDITIONS = {
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}


class PoliciesMixin(RevisionsMixin, LambdaBackend):
    """The part of the Lambda backend that keeps functions' policies."""

    def add_permission(self, function_name: str, qualifier: str | None, raw: str) -> dict[str, Any]:
        """Add a statement, whose id is new."""
        asked = json.loads(raw)
        _check(asked, qualifier)
        self._check_target(function_name, qualifier)
        sid = asked["StatementId"]
        if any(each["Sid"] == sid for each in self._statements(function_name, qualifier)):
            raise ResourceConflict(
                f"The statement id ({sid}) provided already exists. Please provide a new "
                "statement id, or remove the existing statement."
            )
        check_revision(asked.get("RevisionId"), self.revision_of(function_name, qualifier))
        statement = statement_of(asked, self._resource(function_name, qualifier))
        self.get_function(function_name).policy.statements.append(statement)
        self.revise(function_name, qualifier)
        return statement

    def remove_permission(
        self, function_name: str, sid: str, revision: str = "", qualifier: str | None = None
    ) -> None:
        """Remove a statement about the function, or about the one version that is named."""
        try:
            self.get_function(function_name)
        except UnknownFunctionException:
            arn = self._resource(function_name, None)
            raise ResourceNotFound(f"No policy found for: {arn}") from None
        self._check_target(function_name, qualifier)
        statements = self._statements(function_name, qualifier)
        if not statements:
            raise UnknownPolicyException()
        check_revision(revision, self.revision_of(function_name, qualifier))
        for statement in statements:
            if statement["Sid"] == sid:
                self.get_function(function_name).policy.statements.remove(statement)
                self.revise(function_name, qualifier)
                return
        raise ResourceNotFound(f"Statement {sid} is not found in resource policy.")

    def get_policy(self, function_name: str, qualifier: str | None = None) -> str:
        """The statements about the function, or about the one version or alias that is named."""
        self.get_function(function_name)
        statements = self._statements(function_name, qualifier)
        if not statements:
            raise GenericResourcNotFound()
        policy = {"Version": "2012-10-17", "Id": "default", "Statement": statements}
        revision = self.revision_of(function_name, qualifier)
        return json.dumps({"Policy": compact(policy), "RevisionId": revision})

    def _check_target(self, function_name: str, qualifier: str | None) -> None:
        """Refuse a function, version or alias that there is not, each in words of its own."""
        try:
            self.get_function(function_name, qualifier)
        except UnknownFunctionException:
            if qualifier and aliases.NAME.fullmatch(qualifier):
                raise UnknownAliasException(self._resource(function_name, qualifier)) from None
            raise

    def _statements(self, function_name: str, qualifier: str | None) -> list[dict[str, Any]]:
        statements = self.get_function(function_name).policy.statements
        arn = self._resource(function_name, qualifier)
        return [each for each in statements if each["Resource"] == arn]

    def _resource(self, function_name: str, qualifier: str | None) -> str:
        arn = make_function_arn(self.region_name, self.account_id, function_name)
        return f"{arn}:{qualifier}" if qualifier and qualifier != LATEST else arn


def compact(document: dict[str, Any]) -> str:
    """A policy, or a statement of it, as Lambda shows it."""
    return json.dumps(document, separators=(",", ":"))


def statement_of(asked: Mapping[str, Any], resource: str) -> dict[str, Any]:
    """The statement that a request to AddPermission makes.

    >>> asked = {"StatementId": "s3", "Principal": "s3.amazonaws.com", "Action": "*"}
    >>> statement_of(asked | {"SourceAccount": "111122223333"}, "arn")["Condition"]
    {'StringEquals': {'AWS:SourceAccount': '111122223333'}}
    """
    conditions: dict[str, dict[str, str]] = {}
    for parameter, (operator, key) in CONDITIONS.items():
        if value := asked.get(parameter):
            conditions.setdefault(operator, {})[key] = "true" if value is True else value
    return {
        "Sid": asked["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(asked["Principal"]),
        "Action": asked["Action"],
        "Resource": resource,
        **({"Condition": conditions} if conditions else {}),
    }


def _check(asked: Mapping[str, Any], qualifier: str | None) -> None:
    check_pattern("statementId", asked["StatementId"], STATEMENT_ID)
    check_pattern("qualifier", qualifier or "", QUALIFIER)
    if qualifier == LATEST:
        raise InvalidParameterValueException(
            "We currently do not support adding policies for $LATEST."
        )
    if asked["Principal"] != "*" and isinstance(_principal(asked["Principal"]), str):
        raise InvalidParameterValueException(
            "The provided principal was invalid. Please check the principal and try again."
        )


def _principal(text: str) -> str | dict[str, str]:
    if ACCOUNT.fullmatch(text):
        return {"AWS": f"arn:aws:iam::{text}:root"}
    if text.startswith("arn:"):
        return {"AWS": text}
    return {"Service": text} if SERVICE.fullmatch(text) else text
