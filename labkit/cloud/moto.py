"""The bridge to moto, which holds the state of every service.

A request goes straight to moto's response class for its service: no Flask, no WSGI server, about
a millisecond less for each call. moto runs on the event loop and never yields, so every call is
atomic.

moto's internals are not a public interface. This module reaches into `moto.backend_index`,
`BackendDict`, `BaseBackend.urls` and `moto.core.request.Request`; `tests/cloud/test_moto.py`
fails loudly when one of them moves.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote_to_bytes
from uuid import uuid4

from botocore.exceptions import ClientError
from botocore.model import OperationNotFoundError
from moto import backend_index, backends
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import BackendDict
from moto.core.exceptions import HTTPException
from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)
from moto.core.request import Request as MotoRequest
from multidict import CIMultiDict

from labkit.cloud import bypasses, malformed, unsigned
from labkit.cloud.aws_errors import AwsError
from labkit.cloud.callers import present_request
from labkit.cloud.clock import Clock, Signal
from labkit.cloud.faults import Faults
from labkit.cloud.messages import Request, Response

log = logging.getLogger("labkit.cloud")

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

NO_ID = b'"RequestId": "request-id"'

Handler = Callable[[Any, str, Any], Any]


class Wait(Exception):
    """Raised inside a moto handler that has nothing to answer yet (a long poll).

    The bridge waits until `signal` rings or the clock reaches `until`, then asks again.
    """

    def __init__(self, signal: Signal, until: float) -> None:
        self.signal = signal
        self.until = until
        super().__init__("waiting")


_request_began: ContextVar[float] = ContextVar("request_began")


def deadline(seconds: float) -> float:
    """The instant at which the present request has waited for `seconds`.

    It stays the same each time that the bridge asks again.
    """
    return _request_began.get() + seconds


class BridgedRequest(MotoRequest):
    """What moto's response classes receive."""

    from_wsgi_server = True  # the front door is the server: it writes the Date header


class Moto:
    """Calls moto's response classes as if they were AWS's endpoints."""

    def __init__(self, clock: Clock, authority: str, faults: Faults) -> None:
        self._clock = clock
        self._authority = authority
        self._faults = faults

    async def call(
        self,
        request: Request,
        *,
        service: str | None = None,
        region: str = "us-east-1",
        access_key: str = "LABKITSERVICE",
    ) -> Response:
        """Answer `request` as AWS's endpoint would.

        Without `service`, the credential scope of the `Authorization` header says which service
        and region are meant. With it the request comes from inside the cloud, in the name of
        `access_key`.
        """
        if service is None:
            if refused := unsigned.refusal(request):
                return refused
            service, region = credential_scope(request)
        else:
            request.headers["Authorization"] = (
                f"AWS4-HMAC-SHA256 Credential={access_key}/20100101/{region}/{service}/aws4_request"
            )
        if self._faults.armed:
            refused = await self._faults.refusal(request, service)
            if refused is not None:
                return refused
        if refused := bypasses.refusal(service, request):
            return refused
        request = asking_for_json(request)
        try:
            handler = find_handler(host_of(service, region, request), request.path)
        except ModuleNotFoundError as error:
            return not_here(f"{service} needs {error.name}.")
        if handler is None:
            return not_here(f"The local cloud has no {service} at {request.path}.")
        environ = wsgi_environ(request, self._authority)
        began = _request_began.set(self._clock.now())
        present = present_request.set(request)
        try:
            while True:
                try:
                    return self._ask(handler, dict(environ), request)
                except Wait as wait:
                    await self._clock.wait(wait.signal, until=wait.until)
        except Exception as error:
            if refused := malformed.refusal(service, request, error):
                return refused
            raise
        finally:
            _request_began.reset(began)
            present_request.reset(present)

    def _ask(self, handler: Handler, environ: dict[str, Any], request: Request) -> Response:
        environ["wsgi.input"] = io.BytesIO(request.body)
        bridged = BridgedRequest(environ)
        try:
            result = handler(bridged, bridged.raw_url, bridged.headers)
        except HTTPException as error:
            result = error.code, dict(error.get_headers()), error.get_body()
        except ClientError as error:
            result = 400, {}, error.response["Error"]["Message"]
        except OperationNotFoundError as error:
            return unknown_operation(request, str(error))
        except UnicodeDecodeError:
            return Response.of_json(
                {"__type": "SerializationException", "message": "The body is not UTF-8."}, 400
            )
        except NotImplementedError as error:
            return in_protocol(request, not_here(f"{error}."))
        except ModuleNotFoundError as error:
            return in_protocol(request, not_here(f"This needs {error.name}."))
        return in_protocol(request, to_response(result))


def credential_scope(request: Request) -> tuple[str, str]:
    """The service and region that a request is signed for."""
    authorization = request.headers.get("Authorization", "")
    scope = re.search(
        r"Credential=[^,\s]*?/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request", authorization
    )
    if scope:
        return scope[2].lower(), scope[1]
    presigned = parse_qs(request.query).get("X-Amz-Credential", [""])[0].split("/")
    if len(presigned) == 5:
        return presigned[3].lower(), presigned[2]
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


@cache
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


def wsgi_environ(request: Request, authority: str) -> dict[str, Any]:
    """The WSGI environment of a request, without its body."""
    name, _, port = authority.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "RAW_URI": request.path + (f"?{request.query}" if request.query else ""),
        "QUERY_STRING": request.query,
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": authority,
        "REMOTE_ADDR": request.source_ip,
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.errors": io.StringIO(),
        "wsgi.input_terminated": True,
    }
    preserved = {}
    for header, value in request.headers.items():
        key = environ_key_for_header(header)
        if key in ("HTTP_TRANSFER_ENCODING", "HTTP_HOST"):
            continue
        if "_" in header:
            if not should_preserve_original_header_name(header):
                continue
            preserved[key] = header
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = preserved
    environ["CONTENT_LENGTH"] = str(len(request.body))
    return environ


def is_form(request: Request) -> bool:
    """Whether a request is of the query protocol."""
    return request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")


def asking_for_json(request: Request) -> Request:
    """A query-protocol request whose `Accept` asks for JSON, in the form that moto knows.

    AWS's query services answer `{"SendMessageResponse": ...}` then; API Gateway relies on it.
    """
    if not (is_form(request) and request.headers.get("Accept", "").startswith("application/json")):
        return request
    return replace(request, body=request.body + b"&ContentType=JSON")


def not_here(reason: str) -> Response:
    """The answer to what moto lacks, or can do only with a package that the lab does without."""
    message = f"{reason} The fidelity table, docs/fidelity.md, says what is in the local cloud."
    return Response.of_json({"__type": "NotImplemented", "message": message}, 501)


def unknown_operation(request: Request, name: str) -> Response:
    """The answer to an operation that the service does not have, in the request's protocol.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
    """
    message = f"The action {name} is not valid for this endpoint."
    return AwsError("", "UnknownOperationException", "InvalidAction", 400, message).answer(request)


def in_protocol(request: Request, response: Response) -> Response:
    """The answer to a query-protocol request, which moto leaves unfinished in two cases.

    What was answered as JSON, an operation that moto lacks say, gets the form of query services;
    and JSON that was asked for gets a request id.
    """
    if not is_form(request):
        return response
    if response.status < 400 or response.body[:10] != b'{"__type":':
        if NO_ID in response.body:
            request_id = f'"RequestId": "{uuid4()}"'.encode()
            response = replace(response, body=response.body.replace(NO_ID, request_id))
        return response
    error = json.loads(response.body)
    name = error["__type"].split("#")[-1]
    return AwsError("", name, name, response.status, error["message"]).answer(request)


def to_response(result: Any) -> Response:
    """What a moto handler returned, as a response."""
    status, headers, body = result if len(result) == 3 else (200, {}, result)
    named = CIMultiDict(
        (name, str(value))
        for name, value in headers.items()
        if name.lower() not in ("status", "content-length", "transfer-encoding", "connection")
    )
    if isinstance(body, str):
        body = body.encode()
    return Response(int(status), named, bytes(body or b""))
