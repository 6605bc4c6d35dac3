"""Gateway responses as they are shown: what was put, what it stands for, or AWS's default.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
Source: AWS's answers as LocalStack recorded them, test_apigateway_api.snapshot.json,
TestApiGatewayGatewayResponse.
"""

from __future__ import annotations

from typing import Any

from moto.apigateway import models as moto
from moto.apigateway.exceptions import NotFoundException, ValidationException

from labkit.cloud.constraints import not_one_of

# In the order in which AWS lists them in its errors.
STATUSES = {
    "REQUEST_TOO_LARGE": "413",
    "RESOURCE_NOT_FOUND": "404",
    "AUTHORIZER_CONFIGURATION_ERROR": "500",
    "MISSING_AUTHENTICATION_TOKEN": "403",
    "BAD_REQUEST_BODY": "400",
    "INVALID_SIGNATURE": "403",
    "INVALID_API_KEY": "403",
    "BAD_REQUEST_PARAMETERS": "400",
    "AUTHORIZER_FAILURE": "500",
    "UNAUTHORIZED": "401",
    "INTEGRATION_TIMEOUT": "504",
    "ACCESS_DENIED": "403",
    "DEFAULT_4XX": None,
    "DEFAULT_5XX": None,
    "WAF_FILTERED": "403",
    "QUOTA_EXCEEDED": "429",
    "THROTTLED": "429",
    "API_CONFIGURATION_ERROR": "500",
    "UNSUPPORTED_MEDIA_TYPE": "415",
    "INTEGRATION_FAILURE": "504",
    "EXPIRED_TOKEN": "403",
}
TEMPLATES = {"application/json": '{"message":$context.error.messageString}'}


def check_type(kind: str) -> None:
    """Refuse a response type that AWS does not have."""
    if kind not in STATUSES:
        raise ValidationException(not_one_of("responseType", kind, STATUSES))


def shown(api: moto.RestAPI, kind: str) -> dict[str, Any]:
    """One gateway response of an API; those of a family follow DEFAULT_4XX or DEFAULT_5XX."""
    check_type(kind)
    own, status = api.gateway_responses.get(kind), STATUSES[kind]
    family = "DEFAULT_5XX" if (status or "").startswith("5") else "DEFAULT_4XX"
    given = own or (api.gateway_responses.get(family) if status else None)
    status = (given.status_code if given else None) or status
    return {
        "responseType": kind,
        **({"statusCode": str(status)} if status else {}),
        "responseParameters": (given.response_parameters if given else None) or {},
        "responseTemplates": (given.response_templates if given else None) or TEMPLATES,
        "defaultResponse": own is None,
    }


def listed(api: moto.RestAPI) -> list[dict[str, Any]]:
    """All of them, by name."""
    return [shown(api, kind) for kind in sorted(STATUSES)]


def delete(api: moto.RestAPI, kind: str) -> None:
    """Go back to the default."""
    check_type(kind)
    if api.gateway_responses.pop(kind, None) is None:
        raise NotFoundException("Gateway response type not defined on api")


def to_change(api: moto.RestAPI, kind: str) -> moto.GatewayResponse:
    """What a patch changes, which may be a default that nobody has put."""
    check_type(kind)
    return api.gateway_responses.get(kind) or moto.GatewayResponse(kind, None, {}, {})  # type: ignore[arg-type]
