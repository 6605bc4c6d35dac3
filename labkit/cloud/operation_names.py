"""Which operation and region moto takes a request for, and where it looks for parameters.

moto reads any body as a form, and any header as a parameter when there is no form: a message's text
may hold "&Action=DeleteQueue&". What arrives has lost what its protocol does not read
(`stripped`); here moto learns to look nowhere else, so that it does what the access gate has
decided on (`readings`).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from moto.core.request import Request
from moto.core.responses import BaseResponse

REGION = "labkit.region"  # in the environment of a request

_set_up = BaseResponse.setup_class


def install() -> None:
    """Let every response class of moto's read so."""
    BaseResponse._get_action = _operation_name  # type: ignore[method-assign]
    BaseResponse.setup_class = _setup_class  # type: ignore[method-assign]
    BaseResponse.get_region_from_url = _region  # type: ignore[method-assign]


def _region(self: BaseResponse, request: Request, full_url: str) -> str:
    """The region that is signed for, whatever a User-Agent says."""
    return str(request.environ[REGION])


def _operation_name(self: BaseResponse) -> str:
    request = self.normalized_request
    target = request.headers.get("X-Amz-Target")
    if target is not None:
        return target.rpartition(".")[2]
    return request.form.get("Action") or self._get_action_from_method_and_request_uri(request)


def _setup_class(self: BaseResponse, request: Request, *args: Any, **named: Any) -> None:
    _set_up(self, request, *args, **named)
    if self.service_name != "s3" and not request.form:
        query = request.query_string.decode()
        self.querystring = self.data = dict(parse_qs(query, keep_blank_values=True))
