"""SigV4: what botocore signs is valid, and nothing else is."""

from __future__ import annotations

import string
from dataclasses import replace
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from labkit.cloud.access.signature import credential, is_valid, read
from labkit.cloud.messages import Request

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def signed(
    method: str = "POST",
    path: str = "/",
    body: bytes = b"",
    *,
    service: str = "sqs",
    token: str | None = None,
    secret: str = SECRET,
    signer: type = SigV4Auth,
    headers: dict[str, str] | None = None,
) -> Request:
    """A request as botocore would send it."""
    request = AWSRequest(method, f"http://127.0.0.1:4566{path}", headers or {}, body)
    signer(Credentials(KEY, secret, token), service, "us-east-1").add_auth(request)
    prepared = request.prepare()
    url = urlsplit(prepared.url)
    found = CIMultiDict(
        (name, value.decode() if isinstance(value, bytes) else value)
        for name, value in prepared.headers.items()
    )
    found["Host"] = url.netloc
    return Request(method, url.path, url.query, found, body)


def valid(request: Request, secret: str = SECRET) -> bool:
    """Whether a request carries a signature, and one by `secret`."""
    signature = read(request)
    return signature is not None and is_valid(request, signature, secret)


PATHS = st.text(alphabet=string.ascii_letters + "-_.~%:$/ ", max_size=20).map(
    lambda text: "/" + text.replace("%", "%25").replace(" ", "%20")
)
QUERIES = st.dictionaries(
    st.text(alphabet=string.ascii_letters, min_size=1, max_size=5),
    st.text(alphabet=string.ascii_letters + "%", max_size=5).map(lambda t: t.replace("%", "%2F")),
    max_size=4,
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs.items()))


@given(st.sampled_from(["GET", "POST", "PUT"]), PATHS, QUERIES, st.binary(max_size=40))
def test_what_botocore_signs_is_valid(method: str, path: str, query: str, body: bytes):
    """Any method, path, query and body; with another secret it is not."""
    request = signed(method, path + (f"?{query}" if query else ""), body, service="lambda")
    assert valid(request)
    assert not valid(request, SECRET + "x")


def test_headers_and_token_are_signed():
    """Runs of spaces in a header are one; the session token is part of what is signed."""
    request = signed(body=b"{}", token="a token", headers={"X-Custom": "  a   b "})
    assert valid(request)
    assert read(request).token == "a token"  # type: ignore[union-attr]
    request.headers["X-Amz-Security-Token"] = "another"
    assert not valid(request)


def test_a_changed_request_is_not_valid():
    """Another body, method, path, query or host: the signature does not fit."""
    request = signed(body=b"Action=ListQueues")
    elsewhere = CIMultiDict(request.headers)
    elsewhere["Host"] = "elsewhere"
    for changed in (
        replace(request, body=b"Action=DeleteQueue"),
        replace(request, method="PUT"),
        replace(request, path="/other"),
        replace(request, query="Action=DeleteQueue"),
        replace(request, headers=elsewhere),
    ):
        assert not valid(changed)


def test_a_body_that_differs_from_its_claimed_hash_is_not_valid():
    """`X-Amz-Content-SHA256` must be the body's hash, except where S3 allows others."""
    request = signed(body=b"one", headers={"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"})
    assert not valid(request)


def test_presigned_urls():
    """The signature may stand in the query."""
    request = signed("GET", "/?Action=ListQueues", signer=SigV4QueryAuth)
    assert read(request).presigned  # type: ignore[union-attr]
    assert valid(request)
    assert not valid(replace(request, query=request.query.replace("ListQueues", "DeleteQueue")))


def test_a_signature_that_leaves_out_the_host_is_not_valid():
    """AWS wants the Host header among the signed ones."""
    request = signed()
    text = request.headers["Authorization"]
    request.headers["Authorization"] = text.replace("SignedHeaders=host;", "SignedHeaders=")
    assert not valid(request)


def test_a_credential_is_read_wherever_it_stands():
    """Header and query name the same key and scope; what names none has none."""
    by_header = credential(signed())
    by_query = credential(signed(signer=SigV4QueryAuth))
    assert by_header == by_query
    assert (by_header.access_key, by_header.region, by_header.service) == (KEY, "us-east-1", "sqs")
    assert by_header.is_whole
    assert credential(Request("GET", "/", "Action=ListQueues")) is None
    abridged = credential(Request("GET", "/", f"X-Amz-Credential={KEY}/20261123"))
    assert (abridged.access_key, abridged.service, abridged.is_whole) == (KEY, "", False)
