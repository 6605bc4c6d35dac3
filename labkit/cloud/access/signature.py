"""Whose signature a request claims to bear, and whether that key's secret made it (SigV4).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
The date of a signature is not compared with the time: the lab's clock is turned, and the clocks of
its clients are not.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, quote

from botocore.utils import normalize_url_path

from labkit.cloud.messages import Request

ALGORITHM = "AWS4-HMAC-SHA256"
AUTHORIZATION = re.compile(
    rf"{ALGORITHM} +Credential=(?P<key>[^/,\s]+)/(?P<date>\d{{8}})/(?P<region>[^/,\s]+)/"
    r"(?P<service>[^/,\s]+)/aws4_request, *SignedHeaders=(?P<headers>[^,\s]+), *"
    r"Signature=(?P<signature>[0-9a-f]+)"
)
CREDENTIAL = re.compile(r"Credential=([^,\s]*)")
HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Credential:
    """What stands before a signature: a key, and the scope that it signs for.

    A part that a request leaves out is empty.
    """

    access_key: str
    date: str
    region: str
    service: str
    end: str

    @property
    def is_whole(self) -> bool:
        """Whether every part of the scope is there."""
        named = self.date.isdecimal() and self.region and self.service
        return bool(named) and self.end == "aws4_request"


@dataclass(frozen=True)
class Signature(Credential):
    """What a request says of its signature; `presigned` ones stand in the query."""

    signed_headers: tuple[str, ...]
    value: str
    token: str | None
    time: str
    presigned: bool


def is_claimed(request: Request) -> bool:
    """Whether a request has anything of a signature, readable or not."""
    return "Authorization" in request.headers or "X-Amz-" in request.query


def credential(request: Request) -> Credential | None:
    """The credential that a request names, in its header or its query, whoever signed it.

    >>> credential(Request("GET", "/", "X-Amz-Credential=AKIA%2F20261123%2Feu-west-1")).region
    'eu-west-1'
    """
    if found := CREDENTIAL.search(request.headers.get("Authorization", "")):
        text = found[1]
    elif "X-Amz-Credential=" in request.query:
        text = parse_qs(request.query).get("X-Amz-Credential", [""])[0]
    else:
        return None
    parts = text.split("/") + [""] * 4
    return Credential(*parts[:5])


def read(request: Request) -> Signature | None:
    """The signature of a request, None when it has none.

    >>> read(Request("GET", "/")) is None
    True
    """
    if found := AUTHORIZATION.match(request.headers.get("Authorization", "")):
        return Signature(
            *(found["key"], found["date"], found["region"], found["service"], "aws4_request"),
            signed_headers=tuple(found["headers"].split(";")),
            value=found["signature"],
            token=request.headers.get("X-Amz-Security-Token"),
            time=request.headers.get("X-Amz-Date", ""),
            presigned=False,
        )
    claimed = credential(request) if "X-Amz-Signature=" in request.query else None
    if claimed is None or not claimed.is_whole:
        return None
    query = {name: values[0] for name, values in parse_qs(request.query).items()}
    return Signature(
        **vars(claimed),
        signed_headers=tuple(query.get("X-Amz-SignedHeaders", "").split(";")),
        value=query["X-Amz-Signature"],
        token=query.get("X-Amz-Security-Token"),
        time=query.get("X-Amz-Date", ""),
        presigned=True,
    )


def is_valid(request: Request, signature: Signature, secret: str) -> bool:
    """Whether `secret` signed this very request, with its body."""
    if "host" not in signature.signed_headers:
        return False
    payload = payload_hash(request, signature)
    if payload is None:
        return False
    scope = f"{signature.date}/{signature.region}/{signature.service}/aws4_request"
    canonical = canonical_request(request, signature, payload)
    text = "\n".join(
        (ALGORITHM, signature.time, scope, hashlib.sha256(canonical.encode()).hexdigest())
    )
    key = signing_key(secret, signature.date, signature.region, signature.service)
    expected = hmac.digest(key, text.encode(), "sha256").hex()
    return hmac.compare_digest(expected, signature.value)


def payload_hash(request: Request, signature: Signature) -> str | None:
    """The hash that stands for the body, None when the request claims another one."""
    claimed = request.headers.get("X-Amz-Content-SHA256")
    by_name = claimed is not None and not HASH.match(claimed)  # UNSIGNED-PAYLOAD and STREAMING-...
    if signature.service == "s3" and (signature.presigned or by_name):
        return claimed or "UNSIGNED-PAYLOAD"
    actual = hashlib.sha256(request.body).hexdigest()
    return actual if claimed in (None, actual) else None


def canonical_request(request: Request, signature: Signature, payload: str) -> str:
    """The request as both sides write it down before they sign."""
    path = request.path
    if signature.service != "s3":
        path = canonical_path(path)
    values: dict[str, str] = {}
    for name in signature.signed_headers:
        found = request.headers.getall(name, [])
        values[name] = ",".join(" ".join(value.split()) for value in found)
    pairs = [pair.partition("=")[::2] for pair in request.query.split("&") if pair]
    query = "&".join(
        f"{name}={value}" for name, value in sorted(pairs) if name != "X-Amz-Signature"
    )
    headers = "".join(f"{name}:{values[name]}\n" for name in signature.signed_headers)
    names = ";".join(signature.signed_headers)
    return f"{request.method}\n{path or '/'}\n{query}\n{headers}\n{names}\n{payload}"


@lru_cache(maxsize=256)
def canonical_path(path: str) -> str:
    """A path without dots, encoded once more, as all services but S3 want it."""
    return quote(normalize_url_path(path), safe="/~")


@lru_cache(maxsize=256)
def signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """The key of one day, region and service, derived once."""
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
