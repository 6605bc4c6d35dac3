"""Of which type the elements of a policy's statement are, and the values of its conditions.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.cloud.access import operators
from labkit.cloud.access.documents import listed

Path = tuple[str | int, ...]
TEXTS = ("Action", "NotAction", "Resource", "NotResource")
SINGLE = ("Sid", "Effect")
PRINCIPALS = {"AWS", "Service", "Federated", "CanonicalUser"}


def mismatches(statement: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Where an element is of another type than it should be, and what it should be.

    >>> list(mismatches({"Action": 5}))
    [(('Action',), 'Action is a text or a list of texts.')]
    """
    for name in SINGLE:
        if not isinstance(statement.get(name, ""), str):
            yield (name,), f"{name} is a text."
    for name in TEXTS:
        if name in statement and not _is_texts(statement[name]):
            yield (name,), f"{name} is a text or a list of texts."
    for name in ("Principal", "NotPrincipal"):
        if name in statement and not _is_principal(statement[name]):
            kinds = ", ".join(sorted(PRINCIPALS))
            yield (name,), f'{name} is "*" or an object of {kinds} with names.'
    yield from _of_conditions(statement.get("Condition", {}))


def _is_texts(element: Any) -> bool:
    return bool(listed(element)) and all(isinstance(text, str) for text in listed(element))


def _is_principal(element: Any) -> bool:
    if not isinstance(element, dict):
        return element == "*"
    return bool(element) and element.keys() <= PRINCIPALS and all(map(_is_texts, element.values()))


def _of_conditions(element: Any) -> Iterator[tuple[Path, str]]:
    if not isinstance(element, dict):
        yield ("Condition",), "Condition is an object of operators."
        return
    for name, tests in element.items():
        if not isinstance(tests, dict):
            yield ("Condition", name), f"{name} is an object of condition keys."
            continue
        for key, values in tests.items():
            if not operators.are_values(name, values):
                yield ("Condition", name, key), f"{values} is nothing that {name} compares with."
