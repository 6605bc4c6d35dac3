"""Java's strings, lists and maps as a mapping template sees them.

API Gateway runs Apache Velocity, where `$list.size()` or `$text.replaceAll(...)` are methods of
Java objects and printing a map gives `{k=v}`. This module holds those methods for Python values,
and only those: nothing else of a Python object can be reached from a template.
https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import regex

from labkit.cloud.gateway.budget import LARGEST_LIST, PATTERN_SECONDS, TooMuchWork, spend


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


def get_property(owner: Any, name: str) -> Any:
    """`$owner.name`, or None."""
    if isinstance(owner, dict):
        return owner.get(name)
    if isinstance(owner, TemplateObject) and name in owner.PROPERTIES:
        return getattr(owner, name)
    return None


def call_method(owner: Any, name: str, arguments: list[Any]) -> Any:
    """`$owner.name(arguments)`; None when Java has no such method, as Velocity prints nothing."""
    if isinstance(owner, TemplateObject):
        method: Callable[..., Any] | None = getattr(owner, name) if name in owner.METHODS else None
    else:
        found = _methods_of(owner).get(name)
        method = found and (lambda *given: found(owner, *given))
    if method is None:
        return None
    if isinstance(owner, str):
        spend(characters=len(owner))
    try:
        result = method(*arguments)
    except (TypeError, AttributeError):
        return None
    if isinstance(result, str):
        spend(characters=len(result))
    elif isinstance(result, list) and len(result) > LARGEST_LIST:
        raise TooMuchWork("A list grew too long.")
    return result


def _methods_of(owner: Any) -> dict[str, Callable[..., Any]]:
    for kind, methods in METHODS.items():
        if isinstance(owner, kind):
            return methods
    return {}


def _at(items: list[Any], index: int) -> Any:
    if not 0 <= index < len(items):
        raise IndexError(f"Index {index} is out of bounds for length {len(items)}")
    return items[index]


def _put(items: dict[Any, Any], key: Any, value: Any) -> Any:
    before = items.get(key)
    items[key] = value
    return before


def _set(items: list[Any], index: int, value: Any) -> Any:
    before = _at(items, index)
    items[index] = value
    return before


def _add(items: list[Any], *item: Any) -> bool:
    if len(items) >= LARGEST_LIST:
        raise TooMuchWork("A list grew too long.")
    items.insert(item[0], item[1]) if len(item) == 2 else items.append(*item)
    return True


def _add_all(items: list[Any], more: list[Any]) -> bool:
    if len(items) + len(more) > LARGEST_LIST:
        raise TooMuchWork("A list grew too long.")
    items.extend(more)
    return bool(more)


def _substring(text: str, start: int, end: int | None = None) -> str:
    stop = len(text) if end is None else end
    if not 0 <= start <= stop <= len(text):
        raise IndexError(f"begin {start}, end {stop}, length {len(text)}")
    return text[start:stop]


def _split(text: str, pattern: str, limit: int = 0) -> list[str]:
    parts = regex.split(pattern, text, maxsplit=max(0, limit - 1), timeout=PATTERN_SECONDS)
    if limit == 0:
        while len(parts) > 1 and not parts[-1]:
            parts.pop()
    return parts


def _replace_all(text: str, pattern: str, replacement: str, count: int = 0) -> str:
    def expand(match: regex.Match[str]) -> str:
        expanded = regex.sub(
            r"\\(.)|\$(\d)",
            lambda part: part[1] if part[1] is not None else match[int(part[2])] or "",
            replacement,
        )
        spend(characters=len(expanded))
        return expanded

    return regex.sub(pattern, expand, text, count=count, timeout=PATTERN_SECONDS)


def _replace(text: str, old: str, new: str) -> str:
    spend(characters=text.count(old) * len(new))
    return text.replace(old, new)


_ANY: dict[str, Callable[..., Any]] = {
    "toString": to_text,
    "equals": lambda self, other: type(self) is type(other) and self == other,
}

METHODS: dict[type, dict[str, Callable[..., Any]]] = {
    str: _ANY
    | {
        "charAt": lambda self, index: _at(list(self), index),
        "compareTo": lambda self, other: (self > other) - (self < other),
        "concat": lambda self, other: self + other,
        "contains": lambda self, part: part in self,
        "endsWith": lambda self, end: self.endswith(end),
        "equalsIgnoreCase": lambda self, other: self.lower() == other.lower(),
        "indexOf": lambda self, part: self.find(part),
        "isEmpty": lambda self: not self,
        "lastIndexOf": lambda self, part: self.rfind(part),
        "length": len,
        "matches": lambda self, pattern: (
            regex.fullmatch(pattern, self, timeout=PATTERN_SECONDS) is not None
        ),
        "replace": _replace,
        "replaceAll": _replace_all,
        "replaceFirst": lambda self, pattern, new: _replace_all(self, pattern, new, 1),
        "split": _split,
        "startsWith": lambda self, start: self.startswith(start),
        "substring": _substring,
        "toLowerCase": lambda self: self.lower(),
        "toUpperCase": lambda self: self.upper(),
        "trim": lambda self: self.strip(),
    },
    list: _ANY
    | {
        "add": _add,
        "addAll": _add_all,
        "clear": lambda self: self.clear(),
        "contains": lambda self, value: value in self,
        "get": _at,
        "indexOf": lambda self, value: self.index(value) if value in self else -1,
        "isEmpty": lambda self: not self,
        "remove": lambda self, index: self.pop(index),
        "set": _set,
        "size": len,
    },
    dict: _ANY
    | {
        "containsKey": lambda self, key: key in self,
        "containsValue": lambda self, value: value in self.values(),
        "entrySet": lambda self: [{"key": key, "value": value} for key, value in self.items()],
        "get": lambda self, key: self.get(key),
        "getOrDefault": lambda self, key, default: self.get(key, default),
        "isEmpty": lambda self: not self,
        "keySet": lambda self: list(self),
        "put": _put,
        "putAll": lambda self, more: self.update(more),
        "remove": lambda self, key: self.pop(key, None),
        "size": len,
        "values": lambda self: list(self.values()),
    },
    bool: _ANY,
    int: _ANY | {"intValue": int, "doubleValue": float, "longValue": int},
    float: _ANY | {"intValue": int, "doubleValue": float, "longValue": int},
}
