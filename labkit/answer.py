"""What the API answers to a shop that sends it an order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from urllib3 import BaseHTTPResponse


@dataclass(frozen=True)
class Answer:
    """One HTTP answer: its status, its headers, and its body as parsed JSON.

    A body that is not JSON is kept as text.
    """

    status: int
    headers: dict[str, str]
    body: Any

    @classmethod
    def of(cls, response: BaseHTTPResponse) -> Answer:
        """The answer that an HTTP response holds."""
        text = response.data.decode(errors="replace")
        try:
            body = json.loads(text)
        except ValueError:
            body = text
        return cls(response.status, dict(response.headers), body)
