"""What AWS refuses when an HTTP API is made; what this cloud lacks is in `labkit.cloud.refused`.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.apigatewayv2.exceptions import BadRequestException

from labkit.cloud.gateway import access_log
from labkit.cloud.gateway.http_apis import parameters, services
from labkit.cloud.gateway.http_apis.routes import DEFAULT, KEY
from labkit.cloud.gateway.stage import NAME
from labkit.cloud.gateway.throttle import limit
from labkit.cloud.refusals import error

ROUTE_SETTINGS = {"detailedMetricsEnabled", "throttlingBurstLimit", "throttlingRateLimit"}


def check_integration(integration: Mapping[str, Any]) -> None:
    """Refuse an integration that cannot run; the members are named as moto names them."""
    subtype = integration.get("integration_subtype")
    mapped = integration.get("request_parameters") or {}
    payload_format = integration.get("payload_format_version") or "1.0"
    if subtype is None:
        if ":lambda:" not in (integration.get("integration_uri") or ""):
            raise BadRequestException("Invalid integration URI specified")
        if mapped:
            raise error("apigatewayv2", "requestParameters", "a function gets the request itself")
        if payload_format not in ("1.0", "2.0"):
            raise BadRequestException("PayloadFormatVersion should be one of '1.0', '2.0'")
    else:
        problem = services.problem(mapped)
        if problem:
            raise BadRequestException(problem)
        for name, expression in mapped.items():
            if not parameters.is_valid(expression):
                raise BadRequestException(
                    "Invalid selection expression specified: Validation Result: warnings : [], "
                    f"errors : [Invalid source: {expression} specified for destination: {name}]"
                )
        if not integration.get("credentials_arn"):
            raise BadRequestException(f"Credentials ARN is required for Operation: {subtype}.")
        if payload_format != "1.0":
            raise BadRequestException(f"PayloadFormatVersion of {subtype} should be '1.0'")
    if not 50 <= int(integration.get("timeout_in_millis") or 30_000) <= 30_000:
        raise BadRequestException("Timeout should be between 50 ms and 30000 ms")


def check_route_key(key: str | None) -> None:
    """Refuse a route key that is neither `$default` nor a method and a path."""
    if key != DEFAULT and not KEY.fullmatch(key or ""):
        raise BadRequestException(
            "The provided route key is not formatted properly for HTTP protocol. "
            "Format should be '<HTTP METHOD> /<RESOURCE PATH>' or '$default'"
        )


def check_stage(config: Mapping[str, Any]) -> None:
    """Refuse a name or settings that a stage of an HTTP API cannot have."""
    name = config.get("stageName", DEFAULT)
    if name != DEFAULT and not NAME.fullmatch(name):
        raise BadRequestException("Stage name only allows a-zA-Z0-9_- or $default")
    for settings in (
        config.get("defaultRouteSettings") or {},
        *(config.get("routeSettings") or {}).values(),
    ):
        if settings.get("loggingLevel", "OFF") != "OFF" or settings.get("dataTraceEnabled"):
            raise BadRequestException("Execution logs are not supported on protocolType HTTP")
        unknown = set(settings) - ROUTE_SETTINGS - {"loggingLevel", "dataTraceEnabled"}
        if unknown:
            raise BadRequestException(f"Invalid route settings: {sorted(unknown)}")
        try:
            limit(settings.get("throttlingRateLimit", 0), settings.get("throttlingBurstLimit", 0))
        except (TypeError, ValueError):
            raise BadRequestException(f"Invalid throttling settings: {settings}") from None
    logs = config.get("accessLogSettings")
    problem = access_log.problem(logs) if logs else None
    if problem:
        raise BadRequestException(problem)
