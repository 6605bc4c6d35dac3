"""Lambda's control plane over HTTP, where moto answers otherwise than AWS.

Each method answers the call of its name; moto's response class parses the requests.
Source: AWS's answers as LocalStack recorded them, test_lambda_api.snapshot.json.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

from moto.awslambda.exceptions import (
    GenericResourcNotFound,
    InvalidParameterValueException,
    UnknownFunctionException,
)
from moto.awslambda.responses import LambdaResponse
from moto.core.responses import ActionResult

from labkit.cloud.functions import package
from labkit.cloud.functions.errors import Refused
from labkit.cloud.functions.naming import UNQUALIFIED, FunctionName, check_region, parse

NAMED = re.compile(r"/[^/]+/functions/([^/]+)")
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
ACCOUNT_CONCURRENCY = 1000
LEFT_UNRESERVED = 100
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
Answer = tuple[int, dict[str, Any], str]


class LabLambdaResponse(LambdaResponse):
    """moto's answers, corrected."""

    def call_action(self) -> Any:
        """Refuse a name that means no function of this region, then do as moto does."""
        try:
            package.check_request(len(self.body), self._get_action())
            if NAMED.match(self.path):
                check_region(self._name(), self.region)
            return super().call_action()
        except Refused as refused:
            answer = refused.response()
            return answer.status, dict(answer.headers), answer.body.decode()

    def add_permission(self) -> Answer:  # type: ignore[override]
        """`POST /functions/{name}/policy`, of the version or alias that is named."""
        name = self._name()
        statement = self.backend.add_permission(name.name, name.qualifier, self.body)
        return _answer(201, json.dumps({"Statement": json.dumps(statement)}))

    def get_policy(self) -> str:
        """`GET /functions/{name}/policy`, of the version or alias that is named."""
        name = self._name()
        return str(self.backend.get_policy(name.name, name.qualifier))

    def remove_permission(self) -> Answer:
        """`DELETE /functions/{name}/policy/{id}`, of the version or alias that is named."""
        name, sid = self._name(), unquote(self.path.rsplit("/", 1)[-1])
        revision = self._get_param("RevisionId") or ""
        self.backend.remove_permission(name.name, sid, revision, name.qualifier)
        return _answer(204, "")

    def publish_version(self) -> Answer:
        """`POST /functions/{name}/versions`, of the code and revision that are meant."""
        asked = (self._get_param("RevisionId"), self._get_param("CodeSha256"))
        self.backend.check_published(self._name().name, *asked)
        return _answer(201, str(super().publish_version()[2]))

    def list_functions(self) -> str:
        """`GET /functions`."""
        return _listed("Functions", super().list_functions())

    def list_versions_by_function(self) -> str:
        """`GET /functions/{name}/versions`."""
        return _listed("Versions", super().list_versions_by_function())

    def tag_resource(self) -> Answer:  # type: ignore[override]
        """`POST /tags/{arn}`."""
        super().tag_resource()
        return _answer(204, "")

    def get_alias(self) -> Answer:
        """`GET /functions/{name}/aliases/{alias}`."""
        return _answer(200, str(super().get_alias()[2]))

    def update_alias(self) -> Answer:
        """`PUT /functions/{name}/aliases/{alias}`, of the revision that is meant."""
        alias = unquote(self.path.rsplit("/", 1)[-1])
        self.backend.check_alias(self._name().name, alias, self._get_param("RevisionId"))
        return _answer(200, str(super().update_alias()[2]))

    def delete_alias(self) -> Answer:
        """`DELETE /functions/{name}/aliases/{alias}`."""
        super().delete_alias()
        return _answer(204, "")

    def list_aliases(self) -> Answer:
        """`GET /functions/{name}/aliases`, of one version if it is named."""
        version = self._get_param("FunctionVersion")
        aliases = [
            alias.to_json()
            for alias in self.backend.list_aliases(self._name().name)
            if version in (None, alias.function_version)
        ]
        return _answer(200, json.dumps({"Aliases": aliases}))

    def put_function_concurrency(self) -> Answer:
        """`PUT /functions/{name}/concurrency`: enough stays for functions that reserve nothing."""
        name = self._name()
        if name.qualifier:
            raise InvalidParameterValueException(UNQUALIFIED)
        latest = {function.function_name: function for function in self.backend.list_functions()}
        if name.name not in latest:
            raise UnknownFunctionException(f"{name.arn}:$LATEST")
        others = sum(
            int(function.reserved_concurrency or 0)
            for function in latest.values()
            if function.function_name != name.name
        )
        asked = int(self._get_param("ReservedConcurrentExecutions") or 0)
        if others + asked > ACCOUNT_CONCURRENCY - LEFT_UNRESERVED:
            raise InvalidParameterValueException(
                "Specified ReservedConcurrentExecutions for function decreases account's "
                f"UnreservedConcurrentExecution below its minimum value of [{LEFT_UNRESERVED}]."
            )
        answer: Answer = super().put_function_concurrency()
        return answer

    def get_function_event_invoke_config(self) -> ActionResult:
        """`GET /functions/{name}/event-invoke-config`, of the version that is named."""
        return ActionResult(self.backend.get_function_event_invoke_config(self._name().arn))

    def delete_function_event_invoke_config(self) -> Answer:
        """`DELETE /functions/{name}/event-invoke-config`, of the version that is named."""
        self.backend.delete_function_event_invoke_config(self._name().arn)
        return _answer(204, "")

    def get_function_url_config(self) -> Answer:
        """`GET /functions/{name}/url`: no function has one."""
        raise GenericResourcNotFound()

    def _set_configuration_qualifier(  # type: ignore[override]
        self, configuration: dict[str, Any], function_name: str, qualifier: str | None
    ) -> dict[str, Any]:
        """The configuration under the name that was asked for, be it an alias."""
        return configuration | {"FunctionArn": self._name().arn}

    def _name(self) -> FunctionName:
        match = NAMED.match(self.path)
        return parse(
            unquote(match[1] if match else ""),
            qualifier=self._get_param("Qualifier"),
            account_id=self.current_account,
            region=self.region,
        )


def _answer(status: int, body: str) -> Answer:
    return status, {"status": status}, body


def _listed(name: str, body: str) -> str:
    """Functions as a list tells of them."""
    functions = json.loads(body)[name]
    listed = [{key: each[key] for key in each if key not in UNLISTED} for each in functions]
    return json.dumps({name: listed})
