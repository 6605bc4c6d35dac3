"""Which service a request is for, AWS's host name of it, and moto's handler behind that name."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from moto import backend_index, backends
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import BackendDict

from labkit.cloud import unsigned
from labkit.cloud.access import signature
from labkit.cloud.messages import Request

# Signing names that differ from the first label of the service's host name.
HOST_LABELS = {
    "eventbridge": "events",
    "execute-api": "iot",
    "iotdata": "data.iot",
    "mobiletargeting": "pinpoint",
    "sagemaker": "api.sagemaker",
    "timestream": "ingest.timestream",
}
GLOBAL_HOSTS = {"budgets", "cloudfront"}

Handler = Callable[[Any, str, Any], Any]


def credential_scope(request: Request) -> tuple[str, str]:
    """The service and region that a request is signed for."""
    claimed = signature.credential(request)
    if claimed and claimed.is_whole:
        return claimed.service.lower(), claimed.region
    if request.path.startswith("/moto-api"):
        return "motoapi", "us-east-1"
    return unsigned.service_of(request), "us-east-1"


def host_of(service: str, region: str, request: Request) -> str:
    """The AWS host name that a request for `service` would go to."""
    if service == "motoapi":
        return "motoapi.amazonaws.com"
    if service in GLOBAL_HOSTS:
        return f"{service}.amazonaws.com"
    if service == "dynamodb" and request.headers.get("X-Amz-Target", "").startswith(
        "DynamoDBStreams"
    ):
        return f"streams.dynamodb.{region}.amazonaws.com"
    if service == "s3" and request.path.startswith("/v20180820/"):
        return f"s3-control.{region}.amazonaws.com"
    if service == "ses" and request.path.startswith("/v2/"):
        return f"email.{region}.amazonaws.com"
    return f"{HOST_LABELS.get(service, service)}.{region}.amazonaws.com"


def find_handler(host: str, path: str) -> Handler | None:
    """moto's handler for a raw path of an AWS host, or None."""
    url = f"https://{host}{path or '/'}"
    for pattern, handler in _routes(host):
        if pattern.match(url):
            return handler
    return None


@lru_cache(maxsize=256)  # hosts: any client may ask for any
def _routes(host: str) -> tuple[tuple[re.Pattern[str], Handler], ...]:
    for service, pattern in backend_index.backend_url_patterns:
        if pattern.match(f"https://{host}"):
            known: Any = backends.get_backend(service)
            if isinstance(known, BackendDict):
                account = known[DEFAULT_ACCOUNT_ID]
                backend = account["us-east-1" if "us-east-1" in account else "aws"]
            else:
                backend = known["global"]
            return tuple((re.compile(url), handler) for url, handler in backend.urls.items())
    return ()
