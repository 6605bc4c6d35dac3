"""AWS's errors as a service would answer them: status, code and text, in the request's protocol.

JSON protocol: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization
Query protocol: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#operation-error-serialization
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from xml.sax.saxutils import escape

from botocore.model import ServiceModel
from multidict import CIMultiDict

from labkit.cloud.messages import Request, Response

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html and those of the
# other services; every other error is the caller's, with status 400.
STATUSES = {
    "AccessDenied": 403,
    "InternalError": 500,
    "InternalFailure": 500,
    "InternalServerError": 500,
    "ServiceUnavailable": 503,
}
# Recorded of SQS, whose model of the JSON protocol no longer tells.
QUEUE_STATUSES = {"OverLimit": 403, "PurgeQueueInProgress": 403, "ResourceNotFoundException": 404}
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
TEXTS = {
    "InternalServerError": "The request processing has failed because of an internal error.",
    "ProvisionedThroughputExceededException": (
        "The level of configured provisioned throughput for the table was exceeded. "
        "Consider increasing your provisioning level with the UpdateTable API."
    ),
    "RequestLimitExceeded": (
        "Throughput exceeds the current throughput limit for your account. "
        "Please contact AWS Support to request a limit increase."
    ),
    "ServiceUnavailable": "Service is unable to handle request.",
    "ThrottlingException": "Rate exceeded",
}
# What stands before an error's name in the JSON protocol.
PREFIXES = {
    "dynamodb": "com.amazonaws.dynamodb.v20120810#",
    "dynamodbstreams": "com.amazonaws.dynamodb.v20120810#",
    "sqs": "com.amazonaws.sqs#",
}
JSON = "application/x-amz-json-1.0"
# By signing name. https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
REST = {"lambda", "apigateway", "access-analyzer"}


@dataclass(frozen=True)
class AwsError:
    """One error of a service: `name` as the API's model has it, `code` as clients see it."""

    service: str
    name: str
    code: str
    status: int
    message: str
    namespace: str = ""
    query_compatible: bool = False

    @classmethod
    def of(cls, model: ServiceModel, error: str, message: str | None = None) -> AwsError:
        """The error that a service's model knows by this name or code, else a common one.

        >>> from botocore.session import get_session
        >>> AwsError.of(get_session().get_service_model("sns"), "Throttled").status
        429
        """
        name, code = error, error
        own = QUEUE_STATUSES if model.service_name == "sqs" else {}
        status = (STATUSES | own).get(error, 400)
        for shape in model.error_shapes:
            described = shape.metadata.get("error", {})
            if error in (shape.name, described.get("code")):
                name, code = shape.name, described.get("code", shape.name)
                status = described.get("httpStatusCode", status)
        text = message or TEXTS.get(error) or f"{code} (a fault of the lab)"
        namespace = model.metadata.get("xmlNamespace", "")
        compatible = "awsQueryCompatible" in model.metadata
        return cls(model.service_name, name, code, status, text, namespace, compatible)

    @property
    def fault(self) -> str:
        """Whose fault it is, as AWS says it."""
        return "Sender" if self.status < 500 else "Receiver"

    def answer(self, request: Request) -> Response:
        """The error as an answer to `request`."""
        request_id = str(uuid.uuid4())
        if "smithy-protocol" in request.headers:
            response = self._cbor()
        elif self.service in REST:
            name = self.name.rpartition("#")[2]
            response = Response.of_json(
                {"Message": self.message}, self.status, x_amzn_ErrorType=name
            )
        elif "X-Amz-Target" in request.headers:
            name = ("" if "#" in self.name else PREFIXES.get(self.service, "")) + self.name
            response = Response.of_json({"__type": name, "message": self.message}, self.status)
            response.headers["Content-Type"] = JSON
            if self.query_compatible:
                response.headers["x-amzn-query-error"] = f"{self.code};{self.fault}"
        else:
            fields = {"Type": self.fault, "Code": self.code, "Message": self.message}
            if request.headers.get("Accept", "").startswith("application/json"):
                document = {"Error": fields, "RequestId": request_id}
                response = Response.of_json(document, self.status)
            else:
                response = self._xml(fields, request_id)
        response.headers["x-amzn-RequestId"] = request_id
        return response

    def _cbor(self) -> Response:
        """The error as a map of texts in CBOR (RFC 8949, 3.1), which is all that it needs."""
        document = {"__type": self.code, "message": self.message}
        parts = [bytes([0xA0 + len(document)])]
        for text in (part for pair in document.items() for part in pair):
            data = text.encode()
            parts += [b"\x79" + len(data).to_bytes(2, "big"), data]
        headers = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
        return Response(self.status, CIMultiDict(headers), b"".join(parts))

    def _xml(self, fields: dict[str, str], request_id: str) -> Response:
        error = "".join(f"<{key}>{escape(text)}</{key}>" for key, text in fields.items())
        root = f'ErrorResponse xmlns="{self.namespace}"' if self.namespace else "ErrorResponse"
        body = f"<{root}><Error>{error}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        return Response(self.status, CIMultiDict({"Content-Type": "text/xml"}), body.encode())


def unknown_operation(request: Request, name: str) -> Response:
    """The answer to an operation that the service does not have, in the request's protocol.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
    """
    message = f"The action {name} is not valid for this endpoint."
    return AwsError("", "UnknownOperationException", "InvalidAction", 400, message).answer(request)


def unreadable(service: str, why: str) -> AwsError:
    """What a service says of parameters that are none, or of another type than its model has."""
    code = "SerializationException"
    return AwsError(service, f"com.amazon.coral.service#{code}", code, 400, why)
