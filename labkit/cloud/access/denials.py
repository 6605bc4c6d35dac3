"""What a service answers to a call that may not be made: its own code, status, form and words.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from labkit.cloud.aws_errors import AwsError
from labkit.cloud.messages import Request, Response

# boto3 takes the codes of these from a header, as in their former query protocol.
QUERY_COMPATIBLE = {"monitoring", "sqs"}


class Refusal(Enum):
    """Why a call is refused: code of the query services, code of the JSON ones, and text."""

    ACCESS_DENIED = ("AccessDenied", "AccessDeniedException", "")
    UNKNOWN_KEY = (
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )
    EXPIRED = (
        "ExpiredToken",
        "ExpiredTokenException",
        "The security token included in the request is expired",
    )
    BAD_SIGNATURE = (
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check "
        "your AWS Secret Access Key and signing method. Consult the service documentation for "
        "details.",
    )
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
    WRONG_SERVICE = (
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "Credential should be scoped to correct service.",
    )


@dataclass(frozen=True)
class Denial:
    """A refused call: who, what, on what, and why in AWS's words."""

    principal_arn: str
    action: str
    resource: str
    because: str

    def message(self) -> str:
        """AWS's sentence, with the action as the service spells it."""
        because = self.because.replace(self.action, spelled(self.action))
        return (
            f"User: {self.principal_arn} is not authorized to perform: {spelled(self.action)} "
            f"on resource: {self.resource} {because}"
        ).rstrip()


def spelled(action: str) -> str:
    """An action as its service spells it in a denial.

    >>> spelled("sqs:SendMessage"), spelled("sns:Publish"), spelled("dynamodb:PutItem")
    ('sqs:sendmessage', 'SNS:Publish', 'dynamodb:PutItem')
    """
    service, _, name = action.partition(":")
    if service == "sqs":
        return action.lower()
    return f"SNS:{name}" if service == "sns" else action


def response(request: Request, service: str, refusal: Refusal, message: str = "") -> Response:
    """The answer of `service` in the protocol of the request."""
    query_code, json_code, text = refusal.value
    by_target = "X-Amz-Target" in request.headers
    if service == "sns" and refusal is Refusal.ACCESS_DENIED:
        query_code = "AuthorizationError"
    return AwsError(
        service=service,
        name=f"com.amazon.coral.service#{json_code}",
        code=query_code,
        status=400 if by_target and service not in QUERY_COMPATIBLE else 403,
        message=message or text,
        query_compatible=service in QUERY_COMPATIBLE,
    ).answer(request)
