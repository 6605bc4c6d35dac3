"""The policy of a function: who may invoke it, and under which of its names.

Source: AWS's answers as LocalStack recorded them, test_lambda_api.snapshot.json,
TestLambdaPermissions; https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from moto.awslambda.exceptions import (
    GenericResourcNotFound,
    InvalidParameterValueException,
    LambdaClientError,
    PreconditionFailedException,
    UnknownPolicyException,
    ValidationException,
)
from moto.awslambda.models import LambdaBackend
from moto.awslambda.utils import make_function_arn

from labkit.cloud.functions.aliases import LATEST
from labkit.cloud.functions.errors import ResourceConflict

STATEMENT_ID = re.compile(r"[a-zA-Z0-9-_]+")
ACCOUNT = re.compile(r"\d{12}")
SERVICE = re.compile(r"[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com)")
ORDER = ("Sid", "Effect", "Principal", "Action", "Resource", "Condition")


class UnknownStatement(LambdaClientError):
    """The policy has no statement with this id."""

    code = 404

    def __init__(self, sid: str) -> None:
        super().__init__(
            "ResourceNotFoundException", f"Statement {sid} is not found in resource policy."
        )


class PoliciesMixin(LambdaBackend):
    """The part of the Lambda backend that keeps functions' policies."""

    def add_permission(self, function_name: str, qualifier: str | None, raw: str) -> dict[str, Any]:
        """Add a statement, whose id is new."""
        asked = json.loads(raw)
        sid, principal = asked.get("StatementId", ""), asked.get("Principal", "")
        if not STATEMENT_ID.fullmatch(sid):
            raise ValidationException(
                sid,
                "statementId",
                f"Member must satisfy regular expression pattern: ({STATEMENT_ID.pattern})",
            )
        if qualifier == LATEST:
            raise InvalidParameterValueException(
                "We currently do not support adding policies for $LATEST."
            )
        if not _is_principal(principal):
            raise InvalidParameterValueException(
                "The provided principal was invalid. Please check the principal and try again."
            )
        if any(statement["Sid"] == sid for statement in self._statements(function_name, qualifier)):
            raise ResourceConflict(
                f"The statement id ({sid}) provided already exists. Please provide a new "
                "statement id, or remove the existing statement."
            )
        self._check_revision(function_name, asked.get("RevisionId", ""))
        if ACCOUNT.fullmatch(principal):
            raw = json.dumps(asked | {"Principal": f"arn:aws:iam::{principal}:root"})
        statement = super().add_permission(function_name, qualifier, raw)  # type: ignore[arg-type]
        if str(statement["Principal"]).startswith("arn:"):
            statement["Principal"] = {"AWS": statement["Principal"]}
        ordered = {name: statement[name] for name in ORDER if name in statement} | statement
        statement.clear()
        statement.update(ordered)
        return statement

    def remove_permission(
        self, function_name: str, sid: str, revision: str = "", qualifier: str | None = None
    ) -> None:
        """Remove a statement about the function, or about the one version that is named."""
        statements = self._statements(function_name, qualifier)
        if not statements:
            raise UnknownPolicyException()
        self._check_revision(function_name, revision)
        for statement in statements:
            if statement["Sid"] == sid:
                self.get_function(function_name).policy.statements.remove(statement)
                return
        raise UnknownStatement(sid)

    def get_policy(self, function_name: str, qualifier: str | None = None) -> str:
        """The statements about the function, or about the one version or alias that is named."""
        statements = self._statements(function_name, qualifier)
        if not statements:
            raise GenericResourcNotFound()
        policy = {"Version": "2012-10-17", "Id": "default", "Statement": statements}
        revision = self.get_function(function_name).policy.revision
        return json.dumps({"Policy": json.dumps(policy), "RevisionId": revision})

    def _check_revision(self, function_name: str, revision: str) -> None:
        if revision and revision != self.get_function(function_name).policy.revision:
            raise PreconditionFailedException(
                "The Revision Id provided does not match the latest Revision Id. Call the "
                "GetFunction/GetAlias API to retrieve the latest Revision Id"
            )

    def _statements(self, function_name: str, qualifier: str | None) -> list[dict[str, Any]]:
        function = self.get_function(function_name, qualifier)
        arn = make_function_arn(self.region_name, self.account_id, function.function_name)
        if qualifier and qualifier != LATEST:
            arn = f"{arn}:{qualifier}"
        return [each for each in function.policy.statements if each["Resource"] == arn]


def _is_principal(text: str) -> bool:
    return (
        text == "*"
        or text.startswith("arn:")
        or bool(ACCOUNT.fullmatch(text) or SERVICE.fullmatch(text))
    )
