"""Which operation moto takes a request for: the one that its protocol names, and no other.

moto reads any body as a form, and a message's text may hold "&Action=DeleteQueue&". What is named
here is what the access gate has decided on (`access/operations.py`).
https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

from moto.core.responses import BaseResponse

from labkit.cloud.refused import REFUSED

# Of these method and path say what is asked for.
REST = {"apigateway", "apigatewayv2", "lambda"}

_of_moto = BaseResponse._get_action


def install() -> None:
    """Let every response class of moto's find the operation so."""
    BaseResponse._get_action = _operation_name  # type: ignore[method-assign]


def _operation_name(self: BaseResponse) -> str:
    target = self.headers.get("X-Amz-Target")
    if target is not None and self.boto3_service_name in REFUSED:
        return target.rpartition(".")[2]
    if self.boto3_service_name in REST:
        return self._get_action_from_method_and_request_uri(self.normalized_request)
    return _of_moto(self)
