"""Lambda's control plane over HTTP, where moto answers otherwise than AWS.

Each method answers the call of its name; moto's response class parses the requests.
Source: AWS's answers as LocalStack recorded them, test_lambda_api.snapshot.json.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.awslambda.exceptions import (
    InvalidParameterValueException,
    UnknownFunctionException,
    ValidationException,
)
from moto.core.responses import ActionResult

from labkit.cloud.constraints import one_of
from labkit.cloud.functions import account, package
from labkit.cloud.functions.account_control import AccountResponse
from labkit.cloud.functions.addressed import NAMED
from labkit.cloud.functions.errors import Refused
from labkit.cloud.functions.layers_control import LayersResponse
from labkit.cloud.functions.naming import UNQUALIFIED, check_region
from labkit.cloud.functions.policies import compact
from labkit.cloud.protocols import status_of

# Lists tell no states; https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
UNLISTED = {
    "State",
    "StateReason",
    "StateReasonCode",
    "LastUpdateStatus",
    "LastUpdateStatusReason",
    "LastUpdateStatusReasonCode",
    "RuntimeVersionConfig",
}
# What moto has no address for.
ADDED_PATHS = (
    "{0}/(?P<api_version>[^/]+)/account-settings/?$",
    r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/urls/?$",
)


class LabLambdaResponse(AccountResponse, LayersResponse):
    """moto's answers, corrected."""

    def call_action(self) -> Any:
        """Do as moto does, for a function of this region, with the status that the model names."""
        try:
            package.check_request(len(self.body), self._get_action())
            if NAMED.match(self.path):
                check_region(self._name(), self.region)
            status, headers, body = super().call_action()
        except Refused as refused:
            response = refused.response()
            return response.status, dict(response.headers), response.body.decode()
        if status < 400:
            status = status_of("lambda", self._get_action(), otherwise=status)
        return status, headers, "" if status == 204 else body

    def add_permission(self) -> str:
        """`POST /functions/{name}/policy`, of the version or alias that is named."""
        name = self._name()
        statement = self.backend.add_permission(name.name, name.qualifier, self.body)
        return json.dumps({"Statement": compact(statement)})

    def get_policy(self) -> str:
        """`GET /functions/{name}/policy`, of the version or alias that is named."""
        name = self._name()
        return str(self.backend.get_policy(name.name, name.qualifier))

    def remove_permission(self) -> None:  # type: ignore[override]
        """`DELETE /functions/{name}/policy/{id}`, of the version or alias that is named."""
        name, sid = self._name(), unquote(self.path.rsplit("/", 1)[-1])
        revision = self._get_param("RevisionId") or ""
        self.backend.remove_permission(name.name, sid, revision, name.qualifier)

    def publish_version(self) -> Any:
        """`POST /functions/{name}/versions`, of the code and revision that are meant."""
        asked = (self._get_param("RevisionId"), self._get_param("CodeSha256"))
        self.backend.check_published(self._name().name, *asked)
        return super().publish_version()

    def list_functions(self) -> str:
        """`GET /functions`, a page at a time."""
        version = self._get_param("FunctionVersion")
        if version not in (None, "ALL"):
            raise ValidationException(version, "functionVersion", one_of(["ALL"]))
        return self._page("Functions", map(_listed, self.backend.list_functions(version)))

    def list_versions_by_function(self) -> str:
        """`GET /functions/{name}/versions`, a page at a time."""
        versions = self.backend.list_versions_by_function(self._name().name)
        return self._page("Versions", map(_listed, versions))

    def update_alias(self) -> Any:
        """`PUT /functions/{name}/aliases/{alias}`, of the revision that is meant."""
        alias = unquote(self.path.rsplit("/", 1)[-1])
        self.backend.check_alias(self._name().name, alias, self._get_param("RevisionId"))
        return super().update_alias()

    def list_aliases(self) -> str:  # type: ignore[override]
        """`GET /functions/{name}/aliases`, of one version if it is named, a page at a time."""
        version = self._get_param("FunctionVersion")
        aliases = [
            alias.to_json()
            for alias in self.backend.list_aliases(self._name().name)
            if version in (None, alias.function_version)
        ]
        return self._page("Aliases", aliases)

    def put_function_concurrency(self) -> Any:
        """`PUT /functions/{name}/concurrency`: enough stays for functions that reserve nothing."""
        name = self._name()
        if name.qualifier:
            raise InvalidParameterValueException(UNQUALIFIED)
        if name.name not in (each.function_name for each in self.backend.list_functions()):
            raise UnknownFunctionException(f"{name.arn}:$LATEST")
        others = account.reserved(self.backend, without=name.name)
        asked = int(self._get_param("ReservedConcurrentExecutions") or 0)
        if others + asked > account.CONCURRENCY - account.LEFT_UNRESERVED:
            raise InvalidParameterValueException(
                "Specified ReservedConcurrentExecutions for function decreases account's "
                "UnreservedConcurrentExecution below its minimum value of "
                f"[{account.LEFT_UNRESERVED}]."
            )
        return super().put_function_concurrency()

    def put_function_event_invoke_config(self) -> ActionResult:
        """`PUT /functions/{name}/event-invoke-config`, of the version that is named."""
        put = self.backend.put_function_event_invoke_config
        return ActionResult(put(self._name().arn, self.json_body))

    def update_function_event_invoke_config(self) -> ActionResult:  # type: ignore[override]
        """`POST /functions/{name}/event-invoke-config`, of the version that is named."""
        update = self.backend.update_function_event_invoke_config
        return ActionResult(update(self._name().arn, self.json_body))

    def list_function_event_invoke_configs(self) -> str:
        """`GET /functions/{name}/event-invoke-config/list`, a page at a time."""
        listed = self.backend.list_function_event_invoke_configs(self._name().arn)
        return self._page("FunctionEventInvokeConfigs", listed["FunctionEventInvokeConfigs"])

    def get_function_event_invoke_config(self) -> ActionResult:
        """`GET /functions/{name}/event-invoke-config`, of the version that is named."""
        return ActionResult(self.backend.get_function_event_invoke_config(self._name().arn))

    def delete_function_event_invoke_config(self) -> None:  # type: ignore[override]
        """`DELETE /functions/{name}/event-invoke-config`, of the version that is named."""
        self.backend.delete_function_event_invoke_config(self._name().arn)

    def _set_configuration_qualifier(  # type: ignore[override]
        self, configuration: dict[str, Any], function_name: str, qualifier: str | None
    ) -> dict[str, Any]:
        """The configuration under the name that was asked for, be it an alias."""
        return configuration | {"FunctionArn": self._name().arn}


def _listed(function: Any) -> dict[str, Any]:
    """A function as a list tells of it."""
    shown = function.get_configuration()
    return {key: shown[key] for key in shown if key not in UNLISTED}
