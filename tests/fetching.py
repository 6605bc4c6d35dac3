"""One HTTP request as a test wants it: answered, whatever the status."""

from __future__ import annotations

import urllib.error
import urllib.request
from email.message import Message
from typing import NamedTuple


class Fetched(NamedTuple):
    """What came back."""

    status: int
    headers: Message
    body: bytes


def fetch(request: str | urllib.request.Request, body: bytes | None = None) -> Fetched:
    """The answer to a request; a refusal is one, too."""
    try:
        with urllib.request.urlopen(request, body, timeout=60) as answer:
            return Fetched(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Fetched(error.code, error.headers, error.read())
