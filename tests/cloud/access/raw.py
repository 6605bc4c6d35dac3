"""Signed requests that no AWS client would send."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.cloud.access.conftest import Actor
from tests.fetching import fetch

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/x-amz-json-1.0"}


def target(name: str) -> dict[str, str]:
    """The headers of an operation in the JSON protocol."""
    return {**JSON, "X-Amz-Target": name}


def answer_to(
    actor: Actor,
    service: str,
    body: bytes = b"{}",
    headers: dict[str, str] | None = None,
    *,
    method: str = "POST",
    path: str = "/",
    region: str = "us-east-1",
) -> tuple[int, Any, str]:
    """Status, headers and text of the answer to a request that an actor signs for a service."""
    keys = actor.keys
    signed = AWSRequest(method, actor.endpoint + path, data=body, headers=headers or {})
    credentials = Credentials(
        keys["AccessKeyId"], keys["SecretAccessKey"], keys.get("SessionToken")
    )
    SigV4Auth(credentials, service, region).add_auth(signed)
    request = urllib.request.Request(signed.url, body, dict(signed.headers.items()), method=method)
    answer = fetch(request)
    return answer.status, answer.headers, answer.body.decode()


def send(actor: Actor, service: str, *arguments: Any, **options: Any) -> tuple[int, str]:
    """Status and text of the same answer."""
    status, _, text = answer_to(actor, service, *arguments, **options)
    return status, text
