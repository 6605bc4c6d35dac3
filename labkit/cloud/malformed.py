"""Whose fault it is that moto fell over a request, and what its service says then.

moto trusts clients to check their parameters, as boto3 does, and falls over what another client
sends. Only then is the model of the service asked, so that a request that works costs nothing: what
is missing, of another type or out of range is refused in AWS's words. What the model has no word
about, such as a token that nobody issued, is the caller's error all the same when moto is what fell
over; what labkit's own code falls over is a failure of the local cloud.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from traceback import walk_tb

import moto
from botocore.model import OperationNotFoundError, ServiceModel

from labkit.cloud import members, readings
from labkit.cloud.aws_errors import AwsError, unreadable
from labkit.cloud.constraints import Kind, Problem, null, problem_of
from labkit.cloud.messages import Response
from labkit.cloud.protocols import Protocol
from labkit.cloud.readings import Reading

log = logging.getLogger("labkit.cloud")

LABKIT = str(Path(__file__).parents[1])
MOTO = str(Path(moto.__file__).parent)
LONGEST = 1024  # of a text, in which a value may be a whole document
# What a service calls parameters that it does not take; ValidationError in the query protocol and
# ValidationException in all others unless it is here.
CODES = {
    "apigateway": "BadRequestException",
    "apigatewayv2": "BadRequestException",
    "cloudwatch": "InvalidParameterValue",
    "lambda": "InvalidParameterValueException",
    "logs": "InvalidParameterException",
    "s3": "InvalidArgument",
    "sns": "InvalidParameter",
    "sqs": "InvalidParameterValue",
}


def refusal(reading: Reading, error: Exception) -> Response | None:
    """AWS's answer to a request that moto fell over; None when labkit is what failed.

    >>> from labkit.cloud.readings import Request, read
    >>> reading = read("sns", Request("GET", "/", "Action=CreateTopic"))
    >>> b"must contain the parameter Name" in refusal(reading, KeyError("Name")).body
    True
    """
    request = reading.request
    problem = problem_of_request(reading)
    if problem is None:
        if _is_of_labkit(error):
            return None
        log.info("moto fell over %s %s", request.method, request.path, exc_info=error)
        problem = _looked_for(reading, error)
    by_query = reading.protocol is Protocol.QUERY
    if problem.kind is Kind.MALTYPED and not by_query:
        return unreadable(reading.service, problem.text[:LONGEST]).answer(request)
    code, text = _answer(reading.model, problem, by_query=by_query)
    return AwsError(reading.service, code, code, 400, text[:LONGEST]).answer(request)


def problem_of_request(reading: Reading) -> Problem | None:
    """What the model of the service has against a request, None also for what it does not tell."""
    model, operation, protocol = reading.model, reading.operation, reading.protocol
    if model is None or operation is None or protocol in (Protocol.OTHER, Protocol.CBOR):
        return None
    try:
        shape = model.operation_model(operation.name).input_shape
    except OperationNotFoundError:
        return None
    if shape is None:
        return None
    if protocol is Protocol.QUERY:
        return problem_of(shape, _tops(operation.parameters), nested=False)
    if "payload" not in shape.serialization and (why := readings.unreadable(reading.request.body)):
        return Problem(Kind.MALTYPED, "", why)
    return problem_of(shape, dict(operation.parameters))


def _looked_for(reading: Reading, error: Exception) -> Problem:
    """A parameter that moto needs, whatever the model says of it; or that nobody knows what."""
    name = str(error.args[0]) if isinstance(error, KeyError) and error.args else ""
    model, asked = reading.model, reading.operation
    known = members.of(model, asked.name) if model and asked else None
    if asked and name in (known or ()) and name not in asked.parameters:
        return Problem(Kind.MISSING, name, null(name[0].lower() + name[1:]))
    reason = f"{type(error).__name__}: {error}"
    return Problem(Kind.INVALID, "", f"The request cannot be understood ({reason}).")


def _tops(form: Mapping[str, str]) -> dict[str, str | dict[str, str]]:
    """The parameters of a form by their first names: `Name`, or `Name.member.1` of a list."""
    tops: dict[str, str | dict[str, str]] = {}
    for name, value in form.items():
        top, _, rest = name.partition(".")
        tops.setdefault(top, {rest: value} if rest else value)
    return tops


def _answer(model: ServiceModel | None, problem: Problem, *, by_query: bool) -> tuple[str, str]:
    """The code and the text of a problem."""
    name = model.service_name if model else ""
    if problem.kind is Kind.MISSING and (by_query or name == "sqs"):
        return "MissingParameter", f"The request must contain the parameter {problem.parameter}."
    if problem.kind is Kind.MALTYPED:
        return "MalformedInput", problem.text
    if problem.kind is Kind.MISSING and name == "lambda":
        return "ValidationException", problem.text
    return CODES.get(name, "ValidationError" if by_query else "ValidationException"), problem.text


def _is_of_labkit(error: Exception) -> bool:
    """Whether labkit's own code, rather than moto's, is what fell over or called what did."""
    files = [frame.f_code.co_filename for frame, _ in walk_tb(error.__traceback__)]
    responsible = [file for file in files if file.startswith((LABKIT, MOTO))]
    return not responsible or responsible[-1].startswith(LABKIT)
