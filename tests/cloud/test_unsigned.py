"""Requests without a signature, and errors in the protocol of the request."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest
from multidict import CIMultiDict

from labkit.cloud import unsigned
from labkit.cloud.messages import Request

FORM = CIMultiDict({"Content-Type": "application/x-www-form-urlencoded"})


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (Request("GET", "/", "Action=ListQueues"), 403, b"<Code>MissingAuthenticationToken<"),
        (Request("POST", "/", "", FORM, b"Action=ListQueues"), 403, b"<Code>MissingAuth"),
        (Request("GET", "/123456789012/orders", "Action=SendMessage"), 403, b"<Code>Missing"),
        (
            Request("POST", "/", "", CIMultiDict({"X-Amz-Target": "AmazonSQS.ListQueues"}), b"{}"),
            400,
            b"MissingAuthenticationTokenException",
        ),
        (Request("GET", "/2015-03-31/functions/"), 403, b"missing Authentication Token"),
        (Request("GET", "/restapis"), 403, b"missing Authentication Token"),
        (Request("POST", "/lab/orders", "", FORM, b'{"id": 1}'), 403, b"missing Auth"),
        (Request("POST", "/lab/orders", "", CIMultiDict(), b"{}"), 403, b"missing Auth"),
    ],
)
def test_a_call_without_a_signature_is_refused(request_: Request, status: int, code: bytes):
    """In the protocol of the request, as AWS does, and never taken for a request to S3."""
    answer = unsigned.refusal(request_)
    assert answer is not None
    assert answer.status == status
    assert code in answer.body


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "/bucket/key"),
        Request("POST", "/moto-api/reset"),
        Request("POST", "/bucket", "", CIMultiDict({"Content-Type": "multipart/form-data; b=1"})),
        Request("GET", "/", "Action=ListQueues&X-Amz-Credential=AKIA&X-Amz-Signature=1"),
        Request("GET", "/", "Action=ListQueues", CIMultiDict({"Authorization": "AWS4"})),
        Request("POST", "/", "", FORM, b"Action=AssumeRoleWithSAML&Version=2011-06-15"),
    ],
)
def test_other_requests_pass(request_: Request):
    """Public objects, signed requests, and what STS takes unsigned."""
    assert unsigned.refusal(request_) is None


def test_sts_takes_two_operations_unsigned():
    """A federated user has no key to sign with before it assumes the role."""
    request = Request("POST", "/", "", FORM, b"Action=AssumeRoleWithWebIdentity")
    assert unsigned.service_of(request) == "sts"
    assert unsigned.service_of(Request("GET", "/bucket/key")) == "s3"


@pytest.mark.parametrize(("path", "status"), [("/moto-api/", 501), ("/2015-03-31/functions/", 403)])
def test_the_front_door_says_so(cloud: str, path: str, status: int):
    """A page that needs a package which the lab does without is no failure either."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(cloud + path)
    with refused.value as answer:
        assert answer.code == status
