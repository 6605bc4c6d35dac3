"""Requests that nobody has signed.

STS takes two of its operations unsigned, the links in SNS's messages and its certificate are for
everybody, and S3 may have public objects. Everything else that looks like a call of an AWS API gets
AWS's answer: the signature is missing.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from __future__ import annotations

import re

from labkit.cloud.access import signature
from labkit.cloud.aws_errors import AwsError
from labkit.cloud.links import is_public
from labkit.cloud.messages import Request, Response

STS_OPERATIONS = {"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"}
REST_API = re.compile(r"/(\d{4}-\d\d-\d\d|restapis|apikeys|usageplans|v2/apis)(/|$)")
ACTION = re.compile(r"(?:^|&)Action=(\w+)")
NAME = "MissingAuthenticationTokenException"
REASON = "Request is missing Authentication Token"


def service_of(request: Request) -> str:
    """The service that an unsigned request is for."""
    return "sts" if _operation(request) in STS_OPERATIONS else "s3"


def refusal(request: Request) -> Response | None:
    """AWS's answer to a request that needed a signature and has none, or None.

    >>> refusal(Request("GET", "/", "Action=ListQueues")).status
    403
    """
    if signature.is_claimed(request) or is_public(request):
        return None
    if REST_API.match(request.path) or _is_no_upload(request):
        return Response.of_json({"message": REASON}, 403, x_amzn_ErrorType=NAME)
    if "X-Amz-Target" in request.headers:
        return AwsError("", NAME, NAME, 400, REASON).answer(request)
    if _operation(request) in {"", *STS_OPERATIONS}:
        return _of_a_bucket(request)
    return AwsError("", NAME, NAME.removesuffix("Exception"), 403, REASON).answer(request)


def _of_a_bucket(request: Request) -> Response | None:
    """No bucket is public to functions; outside, whoever does not sign is the administrator."""
    if not request.from_function or service_of(request) != "s3":
        return None
    return AwsError("", "AccessDenied", "AccessDenied", 403, "Access Denied").answer(request)


def _is_no_upload(request: Request) -> bool:
    """Whether a POST is neither a form of a query service nor one that uploads to S3."""
    kind = request.headers.get("Content-Type", "")
    return (
        request.method == "POST"
        and not request.path.startswith("/moto-api/")
        and "X-Amz-Target" not in request.headers
        and _operation(request) == ""
        and not kind.startswith("multipart/form-data")
    )


def _operation(request: Request) -> str:
    """The operation that a form or a query names, whatever service it is for; empty for none."""
    form = f"&{request.body.decode('latin-1')}" if request.is_form else ""
    action = ACTION.search(request.query + form)
    return action[1] if action else ""
