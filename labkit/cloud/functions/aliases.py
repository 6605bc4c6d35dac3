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
    ValidationException,
)
from moto.awslambda.models import LambdaAlias, LambdaBackend, LambdaFunction
from moto.awslambda.utils import make_function_arn

from labkit.cloud.functions.checks import check_pattern
from labkit.cloud.functions.errors import ResourceConflict, ResourceNotFound
from labkit.cloud.functions.revisions import RevisionsMixin, check_revision

#: Of an alias; one of digits alone would be a version's.
NAME = re.compile(r"(?!^[0-9]+$)([a-zA-Z0-9-_]+)")
LATEST = "$LATEST"
WEIGHTS = "routingConfig.additionalVersionWeights"
EACH_WEIGHT = (
    "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, "
    "Member must have value greater than or equal to 0.0, Member must not be null]"
)
EACH_VERSION = (
    "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, "
    "Member must have length greater than or equal to 1, Member must satisfy regular expression "
    "pattern: [0-9]+, Member must not be null]"
)


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
        """Create an alias of one version, or of two with their shares."""
        self.get_function(function_name, str(function_version))
        self._check_weights(function_name, str(function_version), weights_of(routing_config))
        check_pattern("name", name, NAME.pattern)
        arn = f"{make_function_arn(self.region_name, self.account_id, function_name)}:{name}"
        if any(alias.name == name for alias in self.list_aliases(function_name)):
            raise ResourceConflict(f"Alias already exists: {arn}")
        routing_config = routing_config if weights_of(routing_config) else ""
        return super().create_alias(
            name, function_name, function_version, description, routing_config
        )

    def update_alias(
        self,
        name: str,
        function_name: str,
        function_version: str,
        description: str,
        routing_config: Any,
    ) -> LambdaAlias:
        """Change an alias; weights that are empty lead to one version again."""
        alias = self._existing_alias(function_name, name)
        weights = weights_of(alias.routing_config if routing_config is None else routing_config)
        self._check_weights(function_name, str(function_version or alias.function_version), weights)
        if routing_config is not None and not weights:
            routing_config = ""
        alias = super().update_alias(
            name, function_name, function_version, description, routing_config
        )
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
            if qualifier in (str(alias.function_version), *weights_of(alias.routing_config))
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

    def _check_weights(self, function: str, version: str, weights: dict[str, float]) -> None:
        for other, weight in weights.items():
            if not other.isdigit():
                raise ValidationException(_shown(weights), WEIGHTS, EACH_VERSION)
            if not 0 <= weight <= 1:
                raise ValidationException(_shown(weights), WEIGHTS, EACH_WEIGHT)
        if len(weights) > 1:
            raise InvalidParameterValueException(
                "Number of items in AdditionalVersionWeights cannot be greater than 1"
            )
        if weights and version == LATEST:
            raise InvalidParameterValueException(
                "$LATEST is not supported for an alias pointing to more than 1 version"
            )
        if version in weights:
            raise InvalidParameterValueException(
                f"Invalid function version {version}. Function version {version} is already "
                "included in routing configuration."
            )
        for other in weights:
            self.get_function(function, other)


def weights_of(routing_config: Any) -> dict[str, float]:
    """The share of each further version.

    >>> weights_of({"AdditionalVersionWeights": {"2": 0.1}}), weights_of(None)
    ({'2': 0.1}, {})
    """
    return dict((routing_config or {}).get("AdditionalVersionWeights") or {})


def _shown(weights: dict[str, float]) -> str:
    """As Java shows a map."""
    return "{" + ", ".join(f"{version}={float(weights[version])}" for version in weights) + "}"
