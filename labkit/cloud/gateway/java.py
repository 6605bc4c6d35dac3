"""Values as a mapping template sees and prints them: Java's, where ours are Python's.

API Gateway runs Apache Velocity over Java objects, so printing a map gives `{k=v}`, and true is
`true`.
https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html
"""

from __future__ import annotations

import json
from typing import Any

from labkit.cloud.gateway.budget import spend


class JsonList(list[Any]):
    """An array that came from JSON: it prints as JSON, where Velocity's own lists do not."""


class TemplateObject:
    """Something a template may use: `PROPERTIES` and `METHODS` name all that it can reach."""

    PROPERTIES: frozenset[str] = frozenset()
    METHODS: frozenset[str] = frozenset()


def from_json(value: Any) -> Any:
    """A parsed JSON document with its arrays marked as such."""
    if isinstance(value, dict):
        return {key: from_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return JsonList(from_json(item) for item in value)
    return value


def to_text(value: Any) -> str:
    """A value as Java's `toString` prints it.

    >>> to_text({"total": 12.5, "paid": True, "lines": JsonList([{"n": 1}])})
    '{total=12.5, paid=true, lines=[{"n":1}]}'
    """
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, JsonList):
        text = to_json(value)
    elif isinstance(value, list):
        text = "[" + ", ".join(to_text(item) for item in value) + "]"
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{to_text(k)}={to_text(v)}" for k, v in value.items()) + "}"
    elif isinstance(value, TemplateObject):
        text = type(value).__name__
    else:
        text = str(value)
    spend(characters=len(text))
    return text


def to_json(value: Any) -> str:
    """Compact JSON, with every character as it came."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
