"""The methods of Java's strings, lists, maps and numbers that a mapping template may call.

`$list.size()` or `$text.replaceAll(...)` are methods of Java objects. These and no other can be
called: nothing else of a Python object can be reached from a template.
https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/String.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import regex

from labkit.cloud.gateway.budget import LARGEST_LIST, PATTERN_SECONDS, TooMuchWork, spend
from labkit.cloud.gateway.java import TemplateObject, to_text


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
