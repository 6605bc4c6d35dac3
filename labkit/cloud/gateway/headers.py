"""Header names and values that are safe to send.

A caller or a template may supply them. A line break in one would start a header, or a body, of the
supplier's choice, so none is let through.
https://www.rfc-editor.org/rfc/rfc9110.html#section-5.5
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from labkit.cloud.gateway.java import to_json, to_text

NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# The answer's own framing is the server's business.
RESERVED = {"connection", "content-length", "date", "server", "transfer-encoding"}


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


def one_line(value: Any) -> str:
    """A header value on one line."""
    text = as_text(value).encode("utf-8", "replace").decode()
    return CONTROL.sub("", text).strip()


def as_text(value: Any) -> str:
    """A mapped value as text: JSON for what JSON has as an object or array."""
    return to_json(value) if isinstance(value, dict | list) else to_text(value)
