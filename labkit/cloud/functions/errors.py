"""Why Lambda refuses a call, with AWS's status, code and body.

    Refused
    ├── FunctionNotFound         404  ResourceNotFoundException
    ├── Throttled                429  TooManyRequestsException
    ├── InvalidRequestContent    400  InvalidRequestContentException
    ├── InvalidParameterValue    400  InvalidParameterValueException
    │   └── Invalid              400  ValidationException
    ├── OtherRegion              404  ResourceNotFoundException
    ├── OtherAccount             403  AccessDeniedException
    ├── RequestTooLarge          413  RequestTooLargeException
    ├── RequestEntityTooLarge    413  RequestEntityTooLargeException
    ├── RoleNotAssumed           403  AccessDeniedException
    └── InvalidZipFile           502  InvalidZipFileException

A function that runs and fails is no refusal: the caller gets an `Outcome` with `function_error`.
Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
"""

from __future__ import annotations

from moto.awslambda.exceptions import LambdaClientError

from labkit.cloud.functions.answers import MOTOS_TYPE, fields
from labkit.cloud.messages import Response


class Refused(Exception):
    """Lambda did not run the function."""

    status = 400
    code = "InvalidParameterValueException"

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)

    def response(self) -> Response:
        """The HTTP answer to the caller of Invoke."""
        return Response.of_json(self.body(), self.status, x_amzn_ErrorType=self.code)

    def body(self) -> dict[str, str]:
        """The answer's JSON."""
        return fields({MOTOS_TYPE: self.code, "message": self.message})


class FunctionNotFound(Refused):
    """No function, version or alias has this ARN."""

    status = 404
    code = "ResourceNotFoundException"

    def __init__(self, function_arn: str) -> None:
        super().__init__(f"Function not found: {function_arn}")


class Throttled(Refused):
    """All of the function's reserved concurrency is in use."""

    status = 429
    code = "TooManyRequestsException"
    reason = "ReservedFunctionConcurrentInvocationLimitExceeded"

    def __init__(self) -> None:
        super().__init__("Rate Exceeded.")

    def body(self) -> dict[str, str]:
        """The answer's JSON, which names the limit."""
        return {"Reason": self.reason, **super().body()}


class InvalidRequestContent(Refused):
    """The payload is not JSON."""

    code = "InvalidRequestContentException"


class InvalidParameterValue(Refused):
    """A parameter of the request makes no sense."""


class Invalid(InvalidParameterValue):
    """A parameter is none of those that the API's model allows."""

    code = "ValidationException"


class OtherRegion(Refused):
    """An ARN means a function of another region."""

    status = 404
    code = "ResourceNotFoundException"

    def __init__(self, theirs: str, ours: str) -> None:
        super().__init__(f"Functions from '{theirs}' are not reachable in this region ('{ours}')")


class OtherAccount(Refused):
    """A function cannot be created in another account; AWS says no more (recorded)."""

    status = 403
    code = "AccessDeniedException"

    def __init__(self) -> None:
        super().__init__("")

    def body(self) -> dict[str, str]:
        """There is no message."""
        return {}


class RequestTooLarge(Refused):
    """The payload exceeds the limit of its invocation type."""

    status = 413
    code = "RequestTooLargeException"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"Request must be smaller than {limit} bytes for the InvokeFunction operation"
        )


class RequestEntityTooLarge(Refused):
    """A function's code is too large for the request that it comes with."""

    status = 413
    code = "RequestEntityTooLargeException"


class RoleNotAssumed(Refused):
    """The function's role is gone, or trusts Lambda no more."""

    status = 403
    code = "AccessDeniedException"
    reason = "The role defined for the function cannot be assumed by Lambda."

    def __init__(self) -> None:
        super().__init__(self.reason)


class InvalidZipFile(Refused):
    """The zip file looked sound when it was uploaded but cannot be unpacked."""

    status = 502
    code = "InvalidZipFileException"

    def __init__(self, why: str = "") -> None:
        super().__init__(f"Lambda could not unzip the deployment package. {why}".rstrip())


class ResourceNotFound(LambdaClientError):
    """What the control plane is asked about is missing, in the words of that call."""

    code = 404

    def __init__(self, message: str) -> None:
        super().__init__("ResourceNotFoundException", message)


class Malformed(LambdaClientError):
    """A body that is not JSON, or has a value of the wrong type."""

    def __init__(self, message: str) -> None:
        super().__init__("SerializationException", message)


class ResourceConflict(LambdaClientError):
    """What the control plane is to make is there already, or is in use."""

    code = 409

    def __init__(self, message: str) -> None:
        super().__init__("ResourceConflictException", message)
