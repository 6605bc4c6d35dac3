"""Versions of functions and the aliases that lead to them.

Source: AWS's answers as LocalStack recorded them, test_lambda_api.snapshot.json, TestLambdaAlias;
https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from typing import Any

from moto.awslambda.exceptions import (
    InvalidParameterValueException,
    UnknownAliasException,
)
from moto.awslambda.models import LambdaAlias, LambdaBackend, LambdaFunction
from moto.awslambda.utils import make_function_arn

from labkit.cloud.functions.checks import check_pattern
from labkit.cloud.functions.errors import ResourceConflict, ResourceNotFound
from labkit.cloud.functions.naming import LATEST
from labkit.cloud.functions.revisions import RevisionsMixin, check_revision

#: Of an alias; one of digits alone would be a version's.
NAME = re.compile(r"(?!^[0-9]+$)([a-zA-Z0-9-_]+)")


class AliasesMixin(RevisionsMixin, LambdaBackend):
    """The part of the Lambda backend that keeps versions and aliases."""

    def publish_version(self, function_name: str, description: str = "") -> LambdaFunction | None:
        """Publish a version unless nothing has changed since the last one."""
        published = super().publish_version(function_name, description)
        latest = self.get_function(function_name)
        latest.code_or_config_updated = False
        if published is not None and int(published.version) > latest.last_version:
            latest.last_version = int(published.version)
            self.revise(latest.function_name)
        return published

    def check_published(
        self, function_name: str, revision: str | None, code_sha_256: str | None
    ) -> None:
        """Refuse to publish other code, or another revision, than what is meant."""
        latest = self.get_function(function_name)
        check_revision(revision, self.revision_of(function_name))
        if code_sha_256 and code_sha_256 != latest.code_sha_256:
            raise InvalidParameterValueException(
                f"CodeSHA256 ({code_sha_256}) is different from current CodeSHA256 in $LATEST "
                f"({latest.code_sha_256}). Please try again with the CodeSHA256 in $LATEST."
            )

    def list_versions_by_function(self, function_name: str) -> Iterable[LambdaFunction]:
        """`$LATEST` and every version of a function that there is."""
        return super().list_versions_by_function(self.get_function(function_name).function_name)

    def create_alias(
        self,
        name: str,
        function_name: str,
        function_version: str,
        description: str,
        routing_config: Any,
    ) -> LambdaAlias:
        """Create an alias of one version."""
        self.get_function(function_name, str(function_version))
        check_pattern("name", name, NAME.pattern)
        arn = f"{make_function_arn(self.region_name, self.account_id, function_name)}:{name}"
        if any(alias.name == name for alias in self.list_aliases(function_name)):
            raise ResourceConflict(f"Alias already exists: {arn}")
        return super().create_alias(name, function_name, function_version, description, "")

    def update_alias(
        self,
        name: str,
        function_name: str,
        function_version: str,
        description: str,
        routing_config: Any,
    ) -> LambdaAlias:
        """Change an alias, which has another revision then."""
        alias = super().update_alias(name, function_name, function_version, description, "")
        alias.revision_id = str(uuid.uuid4())
        return alias

    def check_alias(self, function_name: str, name: str, revision: str | None) -> None:
        """Refuse to change another revision of an alias than the one that is meant."""
        check_revision(revision, self._existing_alias(function_name, name).revision_id)

    def check_deletion(self, name: str, qualifier: str) -> None:
        """Refuse to delete what is no version of its own, or what an alias leads to."""
        if qualifier == LATEST:
            raise InvalidParameterValueException(
                "$LATEST version cannot be deleted without deleting the function."
            )
        leading = [
            alias.name
            for alias in self.list_aliases(name)
            if qualifier == str(alias.function_version)
        ]
        if leading:
            raise ResourceConflict(
                "Unable to delete version because the following aliases reference it: "
                f"[{', '.join(leading)}]"
            )

    def _existing_alias(self, function_name: str, name: str) -> LambdaAlias:
        try:
            return self.get_alias(name, function_name)
        except UnknownAliasException as unknown:
            arn = str(unknown.message).rpartition(" ")[2]  # GetAlias has other words for it
            raise ResourceNotFound(f"Alias not found: {arn}") from None
