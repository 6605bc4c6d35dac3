"""What a service's model says against the parameters of a request: the first thing, in AWS's words.

https://smithy.io/2.0/spec/constraint-traits.html lists the constraints; patterns are left out, they
are Java's and not Python's. Texts are those that DynamoDB answers with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from botocore.model import Shape


class Kind(Enum):
    """What is wrong with a parameter."""

    MISSING = auto()
    MALTYPED = auto()
    INVALID = auto()


@dataclass(frozen=True)
class Problem:
    """What is wrong, with which parameter, and what AWS says."""

    kind: Kind
    parameter: str
    text: str


AGGREGATES = {"structure": dict, "map": dict, "list": list}
NUMBERS = {"integer": int, "long": int, "float": float, "double": float}
NAMES = {bool: ("TRUE_VALUE", "FALSE_VALUE"), str: ("STRING_VALUE",) * 2}


def problem_of(shape: Shape, given: Any, *, nested: bool = True) -> Problem | None:
    """The first problem of a document with its shape; without `nested`, of its scalars only.

    >>> from botocore.session import get_session
    >>> model = get_session().get_service_model("dynamodb").operation_model("ListTables")
    >>> problem_of(model.input_shape, {"Limit": 1000}).text
    "1 validation error detected: Value '1000' at 'limit' failed to satisfy constraint: \
Member must have value less than or equal to 100"
    """
    return next(_problems(shape, given, "", nested), None)


def violation(at: str, value: Any, rule: str) -> str:
    """What AWS says of a value that breaks a rule."""
    return (
        f"1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: "
        f"{rule}"
    )


def one_of(allowed: Iterable[object]) -> str:
    """The rule of a value that is one of several."""
    return f"Member must satisfy enum value set: [{', '.join(map(str, allowed))}]"


def null(at: str) -> str:
    """What AWS says of a value that is missing."""
    return (
        f"1 validation error detected: Value null at '{at}' failed to satisfy constraint: "
        "Member must not be null"
    )


def not_one_of(at: str, value: Any, allowed: Iterable[object]) -> str:
    """What AWS says of a value that is none of those allowed.

    >>> not_one_of("type", "A", ["B", "C"]).partition("constraint: ")[2]
    'Member must satisfy enum value set: [B, C]'
    """
    return violation(at, value, one_of(allowed))


def together(texts: list[str]) -> str:
    """Several violations as one text.

    >>> together([null("a"), null("b")]).split(":")[0]
    '2 validation errors detected'
    """
    if len(texts) == 1:
        return texts[0]
    told = "; ".join(text.removeprefix("1 validation error detected: ") for text in texts)
    return f"{len(texts)} validation errors detected: {told}"


def _problems(shape: Shape, value: Any, at: str, nested: bool) -> Iterator[Problem]:
    if shape.type_name in AGGREGATES:
        if not isinstance(value, AGGREGATES[shape.type_name]):
            yield _maltyped(shape, value, at)
            return
    elif isinstance(value, dict | list) or not _is_of(shape, value):
        yield _maltyped(shape, value, at)
        return
    for text in _constraints(shape, at, value):
        yield Problem(Kind.INVALID, at, text)
    if shape.type_name == "structure":
        yield from _members(shape, value, at, nested)
    elif shape.type_name == "list":
        for number, member in enumerate(value, start=1):
            yield from _problems(shape.member, member, f"{at}.{number}.member", nested)
    elif shape.type_name == "map":
        for key, member in value.items():
            yield from _problems(shape.value, member, f"{at}.{key}.member", nested)


def _members(shape: Shape, value: dict[str, Any], at: str, nested: bool) -> Iterator[Problem]:
    for name, member in shape.members.items():
        if member.serialization.get("location") in ("header", "headers"):
            continue
        if name == shape.serialization.get("payload"):
            continue
        inner = f"{at}.{_small(name)}" if at else _small(name)
        given = value.get(member.serialization.get("name", name))
        if given is None:
            if name in shape.required_members:
                yield _missing(name, inner)
        elif nested or member.type_name not in AGGREGATES:
            yield from _problems(member, given, inner, nested)


def _is_of(shape: Shape, value: Any) -> bool:
    """Whether a scalar is of its type; in a path, a query or a form it is text."""
    if shape.type_name in NUMBERS:
        try:
            NUMBERS[shape.type_name](value)
        except (ValueError, TypeError, OverflowError):
            return False
        return not isinstance(value, bool)
    if shape.type_name == "boolean":
        return isinstance(value, bool) or str(value).lower() in ("true", "false")
    if shape.type_name == "timestamp":
        return isinstance(value, str | int | float) and not isinstance(value, bool)
    return isinstance(value, str)


def _constraints(shape: Shape, at: str, value: Any) -> Iterator[str]:
    allowed = getattr(shape, "enum", None)
    if allowed and value not in allowed:
        yield not_one_of(at, value, allowed)
    number = shape.type_name in NUMBERS
    noun, size = ("value", _number(value)) if number else ("length", _length(value))
    if size < shape.metadata.get("min", size):
        least = shape.metadata["min"]
        yield violation(at, value, f"Member must have {noun} greater than or equal to {least}")
    if size > shape.metadata.get("max", size):
        most = shape.metadata["max"]
        yield violation(at, value, f"Member must have {noun} less than or equal to {most}")


def _number(value: Any) -> float:
    return value if isinstance(value, int) else float(value)  # an integer of any length


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str | list | dict) else 0


def _missing(name: str, at: str) -> Problem:
    return Problem(Kind.MISSING, name, null(at))


def _maltyped(shape: Shape, value: Any, at: str) -> Problem:
    match value:
        case list():
            text = "Start of list found where not expected"
        case dict():
            text = "Start of structure or map found where not expected."
        case _ if shape.type_name in AGGREGATES:
            text = "Unexpected field type"
        case _:
            token = NAMES.get(type(value), ("NUMBER_VALUE",) * 2)[not value]
            text = f"{token} can not be converted to {shape.type_name.title()}"
    return Problem(Kind.MALTYPED, at, text)


def _small(name: str) -> str:
    return name[0].lower() + name[1:]
