"""Hostile input at the front door: every answer is the caller's fault, and the cloud goes on."""

from __future__ import annotations

import http.client
import json
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HOSTILE = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SERVICES = ["sqs", "sns", "dynamodb", "lambda", "apigateway", "iam", "sts", "logs", "monitoring"]
PREFIXES = [
    "/",
    "/_lab/",
    "/_lab/clock",
    "/_lab/inbox",
    "/_lab/webhook/x",
    "/_aws/execute-api/",
    "/restapis/",
    "/2015-03-31/functions/",
    "/123456789012/",
]
TARGETS = ["AmazonSQS.", "DynamoDB_20120810.", "DynamoDBStreams_20120810.", "Logs_20140328.", ""]

texts = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF), max_size=40)
words = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)
paths = st.builds(lambda prefix, rest: prefix + quote(rest), st.sampled_from(PREFIXES), texts)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
bodies = st.one_of(st.binary(max_size=200), documents.map(lambda each: json.dumps(each).encode()))


def scope(service: str) -> str:
    """An Authorization header of the administrator for a service."""
    return f"AWS4-HMAC-SHA256 Credential=AKIAHOSTILE/20261123/us-east-1/{service}/aws4_request"


@pytest.fixture(scope="module")
def connection(cloud: str) -> http.client.HTTPConnection:
    """One connection that every example uses, so that a hang or a hang-up shows."""
    opened = http.client.HTTPConnection(urlsplit(cloud).netloc, timeout=20)
    yield opened
    opened.close()


@HOSTILE
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW"]),
    path=paths,
    query=words.map(quote),
    header=words,
    body=bodies,
)
def test_no_unsigned_request_is_a_failure_of_ours(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    query: str,
    header: str,
    body: bytes,
):
    """Any method, path, query, header and body without a signature gets an answer below 500."""
    connection.request(method, f"{path}?{query}", body, {"X-Amz-Target": header})
    answer = connection.getresponse()
    answer.read()
    assert answer.status < 500


@HOSTILE
@given(
    service=st.sampled_from(SERVICES) | words.map(lambda word: quote(word, safe="")),
    target=st.builds(lambda prefix, name: prefix + name, st.sampled_from(TARGETS), words),
    kind=st.sampled_from(
        ["application/x-amz-json-1.0", "application/x-www-form-urlencoded", "text/plain", ""]
    ),
    body=bodies,
)
def test_no_signed_request_for_an_operation_that_does_not_exist_is_one(
    connection: http.client.HTTPConnection, service: str, target: str, kind: str, body: bytes
):
    """Nor is a signed one of junk for any service; 501 says that there is no such thing here."""
    headers = {"Authorization": scope(service), "X-Amz-Target": target, "Content-Type": kind}
    connection.request("POST", "/", body, headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status < 500 or answer.status == 501


def test_the_cloud_is_well_after_all_of_it(connection: http.client.HTTPConnection):
    """The same connection still gets the health page."""
    connection.request("GET", "/_lab/health")
    assert json.load(connection.getresponse())["status"] == "ok"
