"""Layers: their versions, and which of them a function may have.

Source: AWS's answers as LocalStack recorded them, test_lambda_api.snapshot.json, TestLambdaLayer;
https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from moto.awslambda.exceptions import (
    GenericResourcNotFound,
    InvalidParameterValueException,
    LambdaClientError,
    UnknownLayerException,
    ValidationException,
)
from moto.awslambda.models import LambdaBackend, LayerVersion
from moto.core.utils import get_service_model

from labkit.cloud.constraints import one_of
from labkit.cloud.functions import package
from labkit.cloud.functions.checks import check_pattern
from labkit.cloud.functions.specification import ARCHITECTURES

MOST_LAYERS = 5
_MODEL = get_service_model("lambda")
_ARN = _MODEL.shape_for("LayerVersionArn").metadata
RUNTIMES = _MODEL.shape_for("Runtime").enum
EACH_LAYER = (
    f"Member must satisfy constraint: [Member must have length less than or equal to {_ARN['max']}"
    ", Member must have length greater than or equal to 1, Member must satisfy regular expression "
    f"pattern: {_ARN['pattern']}, Member must not be null]"
)


class LabLayerVersion(LayerVersion):
    """A layer's version that shows what was said of it, and no more."""

    def __init__(self, spec: dict[str, Any], account_id: str, region: str) -> None:
        package.check_upload(spec["Content"].get("ZipFile", ""))
        super().__init__(spec, account_id, region)
        self._said = {name for name, value in spec.items() if value is not None}

    def get_layer_version(self) -> dict[str, Any]:
        """What AWS reports: a description always, an empty list where one was given."""
        version = super().get_layer_version() | {
            "Description": self.description,
            "CompatibleArchitectures": self.compatible_architectures,
            "CompatibleRuntimes": self.compatible_runtimes,
        }
        unsaid = {"CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo"} - self._said
        return {name: value for name, value in version.items() if name not in unsaid}


class LayersMixin(LambdaBackend):
    """The part of the Lambda backend that keeps layers."""

    def publish_layer_version(self, spec: dict[str, Any]) -> LayerVersion:
        """Publish a layer's version; its zip file must be one that functions can unpack."""
        _check_compatibility(spec)
        for name in ("LayerName", "Content"):
            if not spec.get(name):
                raise InvalidParameterValueException(f"Missing {name}")
        version = LabLayerVersion(spec, account_id=self.account_id, region=self.region_name)
        try:
            package.check(version.code_bytes)
        except package.InvalidPackage as error:
            raise InvalidParameterValueException(str(error)) from None
        self._layers.put_layer_version(version)
        return version

    def get_layer_version(self, layer_name: str, layer_version: str) -> LayerVersion:
        """A version by its layer's name or ARN."""
        _check_number(layer_version)
        try:
            return super().get_layer_version(layer_name, layer_version)
        except UnknownLayerException:
            raise GenericResourcNotFound() from None

    def get_layer_version_by_arn(self, arn: str) -> LayerVersion:
        """A version by its own ARN."""
        check_pattern("arn", arn, _ARN["pattern"])
        version = self.layers_versions_by_arn(arn)
        if version is None or version.arn != arn:  # moto asks for the name alone
            raise GenericResourcNotFound()
        return version

    def delete_layer_version(self, layer_name: str, layer_version: str) -> None:
        """Delete a version; one that is not there is no error, and functions keep theirs."""
        _check_number(layer_version)
        try:
            super().delete_layer_version(layer_name, layer_version)
        except UnknownLayerException:
            return

    def layers_of(self, arns: Sequence[str]) -> list[LayerVersion]:
        """The layers that a function is to have, or AWS's error."""
        if not all(re.fullmatch(_ARN["pattern"], arn) for arn in arns):
            raise ValidationException(f"[{', '.join(arns)}]", "layers", EACH_LAYER)
        if len(arns) > MOST_LAYERS:
            raise InvalidParameterValueException(
                f"Cannot reference more than {MOST_LAYERS} layers."
            )
        if any(arn.split(":")[3] != self.region_name for arn in arns):
            raise InvalidParameterValueException(
                "Layers are not in the same region as the function. Layers are expected to be in "
                f"region {self.region_name}."
            )
        seen: dict[str, str] = {}
        for arn in arns:
            layer = arn.rpartition(":")[0]
            if layer in seen:
                raise InvalidParameterValueException(
                    "Two different versions of the same layer are not allowed to be referenced in "
                    f"the same function. {seen[layer]} and {arn} are versions of the same layer."
                )
            seen[layer] = arn
        return [self._existing_layer(arn) for arn in arns]

    def _existing_layer(self, arn: str) -> LayerVersion:
        version = self.layers_versions_by_arn(arn)
        if version is None or version.arn != arn:  # moto asks for the name alone
            raise InvalidParameterValueException(f"Layer version {arn} does not exist.")
        return version


def compatible(
    versions: Iterable[LayerVersion], *, runtime: str | None, architecture: str | None
) -> list[LayerVersion]:
    """Those of a layer's versions that name a runtime and an architecture, the newest first."""
    for name, value, allowed in (
        ("compatibleRuntime", runtime, RUNTIMES),
        ("compatibleArchitecture", architecture, ARCHITECTURES),
    ):
        if value is not None and value not in allowed:
            raise ValidationException(value, name, one_of(allowed))
    return [
        version
        for version in sorted(versions, key=lambda each: each.version, reverse=True)
        if (runtime is None or runtime in version.compatible_runtimes)
        and (architecture is None or architecture in version.compatible_architectures)
    ]


def _check_number(version: str) -> None:
    if int(version) < 1:
        raise InvalidParameterValueException("Layer Version Cannot be less than 1")


def _check_compatibility(spec: dict[str, Any]) -> None:
    problems = []
    for name, allowed, constraint in (
        ("compatibleRuntimes", RUNTIMES, "{}"),
        ("compatibleArchitectures", ARCHITECTURES, "Member must satisfy constraint: [{}]"),
    ):
        asked = spec.get(name[0].upper() + name[1:]) or []
        if set(asked) - set(allowed):
            problems.append(
                f"Value '[{', '.join(asked)}]' at '{name}' failed to satisfy constraint: "
                f"{constraint.format(one_of(allowed))}"
            )
    if problems:
        found = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise LambdaClientError("ValidationException", found + "; ".join(problems))
