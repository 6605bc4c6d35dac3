"""What a request lacks that the model of its service requires.

moto trusts clients to check their parameters, as boto3 does, and falls over a request of another
client that leaves one out. Only then is the model asked whose fault it was.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

import json
from urllib.parse import parse_qs

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationNotFoundError
from botocore.session import get_session

from labkit.cloud.aws_errors import AwsError, operation_of
from labkit.cloud.messages import Request, Response

MODELS = {"monitoring": "cloudwatch"}  # by signing name, where that is not the model's


def refusal(service: str, request: Request) -> Response | None:
    """AWS's answer to a JSON or query request without a required parameter, or None.

    >>> request = Request("POST", "/", body=b"Action=CreateTopic&Version=2010-03-31")
    >>> b"must contain the parameter Name" in refusal("sns", request).body
    True
    """
    target = request.headers.get("X-Amz-Target", "")
    name = "dynamodbstreams" if target.startswith("DynamoDBStreams") else service
    try:
        model = get_session().get_service_model(MODELS.get(name, name))
        shape = model.operation_model(operation_of(request)).input_shape
    except (UnknownServiceError, OperationNotFoundError):
        return None
    given = _given(request)
    for required in shape.required_members if shape else ():
        if shape.members[required].serialization.get("name", required) not in given:
            return _missing(service, required, by_name=not target or service == "sqs").answer(
                request
            )
    return None


def _given(request: Request) -> set[str]:
    if "X-Amz-Target" not in request.headers:
        form = parse_qs(f"{request.query}&{request.body.decode('latin-1')}", keep_blank_values=True)
        return {name.split(".")[0] for name in form}
    try:
        document = json.loads(request.body or b"{}")
    except ValueError:
        return set()
    return {name for name, value in document.items() if value is not None}


def _missing(service: str, parameter: str, *, by_name: bool) -> AwsError:
    if by_name:
        text = f"The request must contain the parameter {parameter}."
        return AwsError(service, "MissingParameter", "MissingParameter", 400, text)
    name = parameter[0].lower() + parameter[1:]
    text = (
        f"1 validation error detected: Value null at '{name}' failed to satisfy constraint: "
        "Member must not be null"
    )
    return AwsError(service, "ValidationException", "ValidationException", 400, text)
