"""One call of an API: what arrived, and the variables that mappings read from it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#context-variable-reference
"""

from __future__ import annotations

import base64
import secrets
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from multidict import CIMultiDict

from labkit.cloud.gateway import jsonpath
from labkit.cloud.gateway.deployment import Deployed, Method
from labkit.cloud.gateway.errors import ErrorType, GatewayError, broken, context_of
from labkit.cloud.gateway.template import NotJson, parse_json
from labkit.cloud.gateway.trace import Trace
from labkit.cloud.messages import Request


class Headers(dict[str, str]):
    """Headers as a map that finds a name in any case and keeps it as it was sent."""

    def __init__(self, headers: CIMultiDict[str]) -> None:
        super().__init__(headers.items())
        self._names = {name.lower(): name for name in self}

    def __contains__(self, name: object) -> bool:
        return str(name).lower() in self._names

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(self._names[name.lower()])

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a header, or `default`."""
        name = self._names.get(name.lower(), name)
        return super().get(name, default)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A request that reached a stage of any API, with its `$context`."""

    request: Request
    stage_variables: Mapping[str, str]
    path_parameters: Mapping[str, str]
    context: dict[str, Any]
    trace: Trace = field(default_factory=lambda: Trace(on=False))
    # As they stand in the path, where that is what an integration gets.
    raw_path_parameters: Mapping[str, str] | None = None

    @cached_property
    def body(self) -> str:
        """The payload as text."""
        return self.request.body.decode("utf-8", "replace")

    @cached_property
    def media_type(self) -> str:
        """The payload's type; JSON when the request does not say."""
        return (
            self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            or "application/json"
        )

    @property
    def accept(self) -> str:
        """What the caller accepts."""
        return self.request.headers.get("Accept", "")

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """All values of each query string parameter."""
        values: dict[str, list[str]] = {}
        for name, value in parse_qsl(self.request.query, keep_blank_values=True):
            values.setdefault(name, []).append(value)
        return values

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The maps `path`, `querystring` and `header`; of several values the last counts."""
        return {
            "path": dict(self.path_parameters),
            "querystring": {name: values[-1] for name, values in self.query.items()},
            "header": Headers(self.request.headers),
        }


@dataclass(frozen=True, kw_only=True)
class Invocation(Arrival):
    """A request that reached a deployed stage of a REST API."""

    deployed: Deployed
    method: Method | None

    def fail(self, error: GatewayError) -> None:
        """Record in `$context.error` what went wrong."""
        self.context["error"] = context_of(error)

    def resolve(self, expression: str) -> Any:
        """The value of `method.request.*`, `context.*` or `stageVariables.*`; None without one.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
        """
        source, _, rest = expression.partition(".")
        if source == "stageVariables":
            return self.stage_variables.get(rest)
        if source == "context":
            return jsonpath.find(self.context, f"$.{rest}")
        rest = rest.removeprefix("request.")
        if rest == "body" or rest.startswith(("body.", "body[")):
            return self._from_body(rest.removeprefix("body"))
        place, _, name = rest.partition(".")
        if place == "multivaluequerystring":
            return ",".join(self.query[name]) if name in self.query else None
        if place == "multivalueheader":
            return ",".join(self.request.headers.getall(name, [])) or None
        return self.parameters.get(place, {}).get(name)

    def resolve_or_none(self, expression: str) -> Any:
        """The same for a gateway response, which cannot fail a second time."""
        try:
            return self.resolve(expression)
        except GatewayError:
            return None

    def _from_body(self, path: str) -> Any:
        if not path:
            return self.body or "{}"
        try:
            return jsonpath.find(parse_json(self.body or "{}"), f"${path}")
        except NotJson as error:
            raise GatewayError(ErrorType.DEFAULT_4XX, "Invalid JSON in request body") from error
        except jsonpath.BadPath as error:
            raise broken(str(error)) from error


def new_context(
    request: Request,
    *,
    api_id: str,
    account_id: str,
    stage: str,
    deployment_id: str | None,
    path: str,
    now: float,
) -> dict[str, Any]:
    """`$context` of a request that has just arrived at a stage."""
    user_agent = request.headers.get("User-Agent")
    return {
        "accountId": account_id,
        "apiId": api_id,
        "deploymentId": deployment_id,
        "domainName": request.headers.get("Host", ""),
        "domainPrefix": api_id,
        "extendedRequestId": extended_request_id(),
        "httpMethod": request.method,
        "identity": {"sourceIp": request.source_ip, "userAgent": user_agent},
        "path": f"/{stage}{path}",
        "protocol": "HTTP/1.1",
        "requestId": str(uuid.uuid4()),
        "requestOverride": {"header": {}, "path": {}, "querystring": {}},
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": int(now * 1000),
        "responseOverride": {"header": {}},
        "stage": stage,
    }


def extended_request_id() -> str:
    """A new id of the kind that `x-amz-apigw-id` holds."""
    return base64.b64encode(secrets.token_bytes(11)).decode()
