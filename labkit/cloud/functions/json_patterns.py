"""The part of a CloudWatch Logs filter pattern that stands in braces: conditions on JSON fields.

    $.outcome = "refused" && ($.receiveCount > 1 || $.order.lines[0].price IS NULL)

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import fnmatch
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

import regex
from moto.logs.exceptions import InvalidParameterException

Test = Callable[[str], bool]
Condition = Callable[[Any], bool]

TOKEN = re.compile(
    r"""\s*(?:(?P<operator>&&|\|\||[()]|!=|<=|>=|=|<|>)|(?P<field>\$(?:\.[\w-]+|\[\d+\])+)
    |"(?P<text>(?:[^"\\]|\\.)*)"|%(?P<regex>(?:[^%\\]|\\.)+)%|(?P<word>[\w.*+-]+))""",
    re.VERBOSE,
)
COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
DEEPEST = 20  # parentheses in parentheses
REGEX_SECONDS = 0.1  # for one event; an expression that takes longer is refused
MISSING = object()


def condition_of(text: str) -> Condition:
    """What tells whether a JSON document meets the condition; raises InvalidParameterException.

    >>> condition_of('$.total >= 100')({"total": 99.5})
    False
    """
    if text.count("(") > DEEPEST:
        raise invalid(f"it has more than {DEEPEST} parentheses")
    return _Parser(text).condition()


def searches(expression: str) -> Test:
    """What tells whether a text holds what a regular expression describes."""
    try:
        compiled = regex.compile(expression)
    except regex.error as error:
        raise invalid(f"%{expression}% is no regular expression: {error}") from None

    def test(message: str) -> bool:
        try:
            return compiled.search(message, timeout=REGEX_SECONDS) is not None
        except TimeoutError:
            raise invalid(f"%{expression}% takes too long") from None

    return test


def unescaped(text: str) -> str:
    """A quoted text without its backslashes."""
    return re.sub(r"\\(.)", r"\1", text)


def invalid(reason: str) -> InvalidParameterException:
    """The error of a pattern that cannot be read."""
    return InvalidParameterException(msg=f"Invalid filter pattern: {reason}.")


class _Parser:
    """Recursive descent over the inside of `{ }`: || binds less than &&."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))

    def condition(self) -> Condition:
        parsed = self._either()
        if self._tokens:
            raise invalid(f"{self._tokens[0][1]!r} is out of place")
        return parsed

    def _either(self) -> Condition:
        options = [self._both()]
        while self._take("operator", "||"):
            options.append(self._both())
        return lambda document: any(option(document) for option in options)

    def _both(self) -> Condition:
        parts = [self._one()]
        while self._take("operator", "&&"):
            parts.append(self._one())
        return lambda document: all(part(document) for part in parts)

    def _one(self) -> Condition:
        if self._take("operator", "("):
            inner = self._either()
            self._need("operator", ")")
            return inner
        field = _path(self._need("field"))
        kind, sign = self._next()
        if kind == "operator" and sign in ("=", "!=", *COMPARE):
            return _comparison(field, sign, *self._next())
        words = (sign, self._next()[1]) if kind == "word" else ("", "")
        if words == ("NOT", "EXISTS"):
            return lambda document: _at(document, field) is MISSING
        literals = {"NULL": None, "TRUE": True, "FALSE": False}
        if words[0] == "IS" and words[1] in literals:
            return lambda document: _at(document, field) is literals[words[1]]
        raise invalid(f"{sign!r} is no comparison")

    def _next(self) -> tuple[str, str]:
        if not self._tokens:
            raise invalid("something is missing at its end")
        return self._tokens.pop(0)

    def _take(self, kind: str, text: str) -> bool:
        if self._tokens[:1] == [(kind, text)]:
            self._tokens.pop(0)
            return True
        return False

    def _need(self, kind: str, text: str | None = None) -> str:
        found = self._next()
        if found[0] != kind or (text is not None and found[1] != text):
            raise invalid(f"{found[1]!r} is out of place")
        return found[1]


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position, text = 0, text.rstrip()
    while position < len(text):
        found = TOKEN.match(text, position)
        if not found:
            raise invalid(f"{text[position:].strip()!r} cannot be read")
        kind = found.lastgroup or ""
        yield kind, found[kind]
        position = found.end()


def _comparison(field: list[str | int], sign: str, kind: str, value: str) -> Condition:
    if kind == "regex":
        search = searches(value)
        return lambda document: search(str(_at(document, field))) == (sign == "=")
    number = _number(value) if kind == "word" else None
    if sign in COMPARE:
        if number is None:
            raise invalid(f"{value!r} is no number")
        compare = COMPARE[sign]
        return lambda document: (
            _is_number(_at(document, field)) and compare(_at(document, field), number)
        )
    text = unescaped(value)
    match = re.compile(fnmatch.translate(text.replace("[", "[[]").replace("?", "[?]"))).match

    def equals(document: Any) -> bool:
        found = _at(document, field)
        if found is MISSING:
            return False
        if number is not None and _is_number(found):
            return (found == number) == (sign == "=")
        return bool(isinstance(found, str) and match(found)) == (sign == "=")

    return equals


def _path(field: str) -> list[str | int]:
    steps = re.findall(r"\.([\w-]+)|\[(\d+)\]", field)
    return [name or int(index) for name, index in steps]


def _at(document: Any, field: list[str | int]) -> Any:
    for step in field:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return MISSING
    return document


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
