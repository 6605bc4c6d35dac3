"""Integration URIs and the requests they stand for."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from labkit.cloud.gateway.backend_request import BackendRequest
from labkit.cloud.gateway.errors import GatewayError
from labkit.cloud.gateway.targets import (
    SERVICES,
    service_of,
    service_request,
    target_of,
    unreadable,
)
from labkit.cloud.messages import Request

FORM = "application/x-www-form-urlencoded"


def request(
    uri: str, body: bytes = b"", query: tuple[tuple[str, str], ...] = (), **headers: str
) -> tuple[str, str, bytes, CIMultiDict[str]]:
    """The path, query, body and headers of what is sent."""
    named = CIMultiDict({"Content-Type": "application/json"})
    named.update({name.replace("_", "-"): value for name, value in headers.items()})
    made = service_request(
        target_of(f"arn:aws:apigateway:us-east-1:{uri}"),
        BackendRequest("", "POST", named, query, body),
    )
    return made.path, made.query, made.body, made.headers


def test_path_form() -> None:
    """The form goes to the queue's own path, unchanged."""
    path, query, body, _ = request(
        "sqs:path/123456789012/orders", b"Action=SendMessage&MessageBody=a%26b", Content_Type=FORM
    )
    assert (path, query) == ("/123456789012/orders", "")
    assert body == b"Action=SendMessage&MessageBody=a%26b"


def test_query_parameters_become_a_form() -> None:
    """Query string and form are one to a query service; a JSON body is not a form."""
    parameters = (("Action", "SendMessage"), ("MessageBody", "a & b"))
    _, query, body, headers = request("sqs:path/1/orders", b"{}", parameters)
    assert (query, body) == ("", b"Action=SendMessage&MessageBody=a+%26+b")
    assert headers["Content-Type"] == FORM
    _, _, body, _ = request("sqs:path/1/orders", b"Version=1", parameters[:1], Content_Type=FORM)
    assert body == b"Action=SendMessage&Version=1"


def test_action_form() -> None:
    """`action/SendMessage` names the action; DynamoDB's becomes a target."""
    path, _, body, _ = request("sqs:action/SendMessage", b"MessageBody=x", Content_Type=FORM)
    assert (path, body) == ("/", b"Action=SendMessage&MessageBody=x")
    _, _, body, headers = request("dynamodb:action/PutItem", b"{}")
    assert headers["X-Amz-Target"] == "DynamoDB_20120810.PutItem"
    assert (headers["Content-Type"], body) == ("application/x-amz-json-1.0", b"{}")


def test_json_protocol() -> None:
    """A target header says that the body is JSON."""
    path, query, body, _ = request(
        "sqs:path//", b"{}", X_Amz_Target="AmazonSQS.SendMessage", Content_Type="application/json"
    )
    assert (path, query, body) == ("/", "", b"{}")


def test_plural_attributes() -> None:
    """SQS takes both spellings of a form's message attributes."""
    _, _, body, _ = request(
        "sqs:path/1/q", b"Action=SendMessage&MessageAttributes.1.Name=a", Content_Type=FORM
    )
    assert body == b"Action=SendMessage&MessageAttribute.1.Name=a"


@pytest.mark.parametrize(
    ("body", "content_type", "readable"),
    [
        (b"Action=SendMessage&MessageBody=x", FORM, True),
        (b"MessageBody=x&Action=SendMessage", FORM, True),
        (b"Action=SendMessage&MessageBody=x", "application/json", False),
        (b"<order/>", FORM, False),
        (b"MessageBody=Action=x", FORM, False),
    ],
)
def test_an_operation_is_found_in_a_form(body: bytes, content_type: str, readable: bool) -> None:
    """By its name, as long as the payload is sent as a form."""
    target = target_of("arn:aws:apigateway:us-east-1:sqs:path/1/orders")
    sent = Request("POST", "/1/orders", "", CIMultiDict({"Content-Type": content_type}), body)
    assert unreadable(target, sent) is not readable


def test_a_bad_uri() -> None:
    """An URI that names nothing is the API's fault."""
    with pytest.raises(GatewayError):
        target_of("http://example.com")


def test_services_that_are_not_run() -> None:
    """They are named; a URI with a stage variable is not known yet."""
    base = "arn:aws:apigateway:us-east-1:"
    assert service_of(f"{base}sqs:path/1/q") in SERVICES
    assert service_of(f"{base}lambda:path/2015-03-31/functions/f/invocations") in SERVICES
    assert service_of(f"{base}${{stageVariables.s}}:path/1/q") is None
    assert service_of(f"{base}kinesis:action/PutRecord") not in SERVICES
