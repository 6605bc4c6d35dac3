"""Header names and values that are safe to send.

A caller or a template may supply them. A line break in one would start a header, or a body, of the
supplier's choice, so none is let through.
https://www.rfc-editor.org/rfc/rfc9110.html#section-5.5
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from multidict import CIMultiDict

from labkit.cloud.gateway.java import to_json, to_text

NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# The answer's own framing is the server's business.
RESERVED = {"connection", "content-length", "date", "server", "transfer-encoding"}
# What no mapping and no function gets of a request, as recorded.
KEPT_BACK = {
    *("connection", "content-length", "content-md5", "expect", "max-forwards", "server", "te"),
    *("proxy-authenticate", "trailer", "transfer-encoding", "upgrade", "www-authenticate"),
}
# What a mapped header of a response is renamed for.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
REMAPPED = {
    *("authorization", "connection", "content-length", "content-md5", "date", "expect", "host"),
    *("max-forwards", "proxy-authenticate", "server", "trailer", "upgrade", "user-agent"),
    "www-authenticate",
}


def safe(values: Mapping[str, Any]) -> dict[str, str]:
    """`values` as headers, without those that have no value or no proper name.

    >>> safe({"X-A": "1\\r\\nX-Evil: yes", "X B": "2", "X-C": None})
    {'X-A': '1X-Evil: yes'}
    """
    return {
        name: one_line(value)
        for name, value in values.items()
        if value is not None and NAME.fullmatch(name) and name.lower() not in RESERVED
    }


def arriving(headers: CIMultiDict[str]) -> CIMultiDict[str]:
    """What a REST API lets through of a request's headers."""
    return CIMultiDict(
        (name, value) for name, value in headers.items() if name.lower() not in KEPT_BACK
    )


def remapped(values: Mapping[str, Any]) -> dict[str, Any]:
    """Mapped headers of a response, under the names that API Gateway gives some of them.

    >>> remapped({"Date": "today", "X-Till": "9"})
    {'x-amzn-Remapped-Date': 'today', 'X-Till': '9'}
    """
    return {
        f"x-amzn-Remapped-{name}" if name.lower() in REMAPPED else name: value
        for name, value in values.items()
    }


def one_line(value: Any) -> str:
    """A header value on one line."""
    text = as_text(value).encode("utf-8", "replace").decode()
    return CONTROL.sub("", text).strip()


def as_text(value: Any) -> str:
    """A mapped value as text: JSON for what JSON has as an object or array."""
    return to_json(value) if isinstance(value, dict | list) else to_text(value)
