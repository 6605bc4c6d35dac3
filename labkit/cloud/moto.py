"""The bridge to moto, which holds the state of every service.

A request goes straight to moto's response class for its service: no Flask, no WSGI server, about
a millisecond less for each call. moto runs on the event loop and never yields, so every call is
atomic.

    request -> readings (what counts of it) -> endpoints (which handler) -> wsgi (its form)
            -> handler -> query_protocol -> answer

moto's internals are no public interface. The bridge reaches into `moto.backend_index`,
`BackendDict`, `BaseBackend.urls` and `moto.core.request.Request`; `tests/cloud/test_moto.py`
fails loudly when one of them moves.
"""

from __future__ import annotations

import io
from contextvars import ContextVar
from typing import Any

from botocore.exceptions import ClientError
from botocore.model import OperationNotFoundError
from moto.core.exceptions import HTTPException

from labkit.cloud import bypasses, malformed, unsigned
from labkit.cloud.aws_errors import unknown_operation
from labkit.cloud.callers import present_request
from labkit.cloud.clock import Clock, Signal
from labkit.cloud.content_types import typed
from labkit.cloud.endpoints import Handler, credential_scope, find_handler, host_of
from labkit.cloud.faults import Faults
from labkit.cloud.messages import Request, Response
from labkit.cloud.operation_names import REGION
from labkit.cloud.query_protocol import asking_for_json, in_protocol, refused_by_queue
from labkit.cloud.readings import read
from labkit.cloud.wsgi import BridgedRequest, to_response, wsgi_environ


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


class Moto:
    """Calls moto's response classes as if they were AWS's endpoints."""

    def __init__(self, clock: Clock, authority: str, faults: Faults) -> None:
        self._clock = clock
        self._authority = authority
        self._faults = faults

    async def call(self, arrived: Request) -> Response:
        """Answer a request as AWS's endpoint would.

        Its credential says which service and region are meant.
        """
        if refused := unsigned.refusal(arrived):
            return refused
        service, region = credential_scope(arrived)
        reading = read(service, arrived)
        if self._faults.armed and (refused := await self._faults.refusal(reading)):
            return refused
        if refused := bypasses.refusal(reading) or refused_by_queue(reading):
            return refused
        request = asking_for_json(reading.request)
        try:
            handler = find_handler(host_of(service, region, request), request.path)
        except ModuleNotFoundError as error:
            return not_here(f"{service} needs {error.name}.")
        if handler is None:
            asked = reading.operation
            where = f"{asked.name} of {service}" if asked else f"{service} at {request.path}"
            return not_here(f"The local cloud has no {where}.")
        environ = wsgi_environ(request, self._authority) | {REGION: region}
        began = _request_began.set(self._clock.now())
        present = present_request.set(arrived)
        try:
            while True:
                try:
                    return typed(reading, self._ask(handler, dict(environ), request))
                except Wait as wait:
                    await self._clock.wait(wait.signal, until=wait.until)
        except Exception as error:
            if refused := malformed.refusal(reading, error):
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


def not_here(reason: str) -> Response:
    """The answer to what moto lacks, or can do only with a package that the lab does without."""
    message = f"{reason} The fidelity table, docs/fidelity.md, says what is in the local cloud."
    return Response.of_json({"__type": "NotImplemented", "message": message}, 501)
