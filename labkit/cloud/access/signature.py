"""Whether a request was signed with the secret key that belongs to its access key (SigV4).

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
HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Signature:
    """What a request says of its signature; `presigned` ones stand in the query."""

    access_key: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    value: str
    token: str | None
    time: str
    presigned: bool


def read(request: Request) -> Signature | None:
    """The signature of a request, None when it has none.

    >>> read(Request("GET", "/")) is None
    True
    """
    headers = request.headers
    if found := AUTHORIZATION.match(headers.get("Authorization", "")):
        return Signature(
            found["key"],
            found["date"],
            found["region"],
            found["service"],
            tuple(found["headers"].split(";")),
            found["signature"],
            headers.get("X-Amz-Security-Token"),
            headers.get("X-Amz-Date", ""),
            presigned=False,
        )
    if "X-Amz-Signature=" not in request.query:
        return None
    query = {name: values[0] for name, values in parse_qs(request.query).items()}
    scope = query.get("X-Amz-Credential", "").split("/")
    if len(scope) != 5:
        return None
    return Signature(
        scope[0],
        scope[1],
        scope[2],
        scope[3],
        tuple(query.get("X-Amz-SignedHeaders", "").split(";")),
        query["X-Amz-Signature"],
        query.get("X-Amz-Security-Token"),
        query.get("X-Amz-Date", ""),
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
    expected = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
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
        path = quote(normalize_url_path(path), safe="/~")
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
def signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """The key of one day, region and service, derived once."""
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
