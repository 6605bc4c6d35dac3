"""moto's Lambda backend, as far as functions run.

moto keeps the records of functions, versions and aliases; this module takes its place where moto
would start Docker, or forget what a running function needs.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import (
    LambdaBackend,
    LambdaFunction,
)
from moto.awslambda.utils import make_function_arn

from labkit.cloud.functions import naming
from labkit.cloud.functions.aliases import AliasesMixin
from labkit.cloud.functions.checks import check_role
from labkit.cloud.functions.event_config import EventConfigMixin
from labkit.cloud.functions.lab_function import LabFunction
from labkit.cloud.functions.layers import LayersMixin
from labkit.cloud.functions.policies import PoliciesMixin
from labkit.cloud.functions.tags import TagsMixin

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud


class FunctionsMixin(
    AliasesMixin, PoliciesMixin, EventConfigMixin, LayersMixin, TagsMixin, LambdaBackend
):
    """The part of the Lambda backend that creates, changes and deletes functions."""

    cloud: Cloud

    def create_function(self, spec: dict[str, Any]) -> LambdaFunction:
        """Create a function; Lambda can assume its role, and send dead letters with it."""
        name = naming.of_new(
            spec["FunctionName"], account_id=self.account_id, region=self.region_name
        )
        spec = {**spec, "FunctionName": name}
        function = LabFunction(self.account_id, spec, self.region_name, "$LATEST")
        self._lambdas.put_function(function)
        try:
            check_role(function.role, self.account_id, self.partition, function.function_arn)
            function.check_dead_letters(function.role)
        except InvalidParameterValueException:
            self._lambdas.del_function(function.function_name)
            raise
        if spec.get("Publish"):
            published = copy.copy(function)
            published.version = self.publish_version(function.function_name).version
            return published
        return function

    def update_function_code(
        self, function_name: str, qualifier: str | None, body: dict[str, Any]
    ) -> dict[str, Any]:
        """Take the code once, where moto takes it twice; a version that it makes is a new one."""
        function = self.get_function(function_name, qualifier)
        updated = function.update_function_code(body)
        if not body.get("Publish") or body.get("DryRun"):
            return updated
        version = self.publish_version(function.function_name)
        return version.get_configuration(on_create=True) if version else updated

    def delete_function(self, function_name: str, qualifier: str | None = None) -> None:
        """Delete a function or a version, and end its workers; a version may be gone already."""
        asked = self._named(function_name, qualifier)
        name = self.get_function(asked.name).function_name
        if asked.qualifier:
            self.check_deletion(name, asked.qualifier)
            versions = [str(each.version) for each in self.list_versions_by_function(name)]
            if asked.qualifier not in versions:
                return
        super().delete_function(name, asked.qualifier)
        self.cloud.functions.fleet.drop(make_function_arn(self.region_name, self.account_id, name))
