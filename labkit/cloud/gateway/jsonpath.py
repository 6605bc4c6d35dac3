"""JSONPath as `$input.path`, `$input.json` and parameter mappings use it.

API Gateway uses Jayway's JsonPath: a path that names one place gives its value, or null when there
is none; a path with a wildcard, a filter or `..` gives a list.
https://github.com/json-path/JsonPath#what-is-returned-when
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from jsonpath_ng.ext import parse as parse_any
from jsonpath_ng.jsonpath import JSONPath

STEP = re.compile(
    r"""\.(?P<name>[^.\[\]*()?@'"\s]+)"""
    r"""|\[(?P<index>-?\d+)\]"""
    r"""|\[\s*(?P<quote>['"])(?P<key>.*?)(?P=quote)\s*\]"""
)


class BadPath(ValueError):
    """A path that is not JSONPath."""


def find(document: Any, path: str) -> Any:
    """What `path` points to in a parsed JSON document; None when there is nothing.

    Raises:
        BadPath: when the path cannot be read.

    >>> find({"lines": [{"sku": "85123A"}]}, "$.lines[0].sku")
    '85123A'
    >>> find({"lines": [{"sku": "85123A"}]}, "$.lines[*].sku")
    ['85123A']
    """
    steps = _definite(path)
    if steps is None:
        return [match.value for match in _parsed(path).find(document)]
    value = document
    for step in steps:
        if isinstance(step, int):
            if not isinstance(value, list) or not -len(value) <= step < len(value):
                return None
            value = value[step]
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value


@lru_cache(maxsize=1024)
def _definite(path: str) -> tuple[str | int, ...] | None:
    path = path.strip()
    if not path.startswith("$"):
        path = f"$.{path}"
    steps: list[str | int] = []
    at = 1
    while at < len(path):
        step = STEP.match(path, at)
        if step is None:
            return None
        at = step.end()
        if step["index"] is not None:
            steps.append(int(step["index"]))
        else:
            steps.append(step["name"] if step["name"] is not None else step["key"])
    return tuple(steps)


@lru_cache(maxsize=256)
def _parsed(path: str) -> JSONPath:
    try:
        return parse_any(path)
    except Exception as error:  # the library raises whatever its parser generator does
        raise BadPath(f"Invalid JSONPath '{path}': {error}") from error
