"""A JSON text token by token, with the place at which SNS would find fault with it.

SNS reads policies with Jackson, and its errors end in Jackson's own words, such as
`at [Source: (String)"{invalidjson}"; line: 1, column: 3]` (recorded by the LocalStack project,
test_sns_filter_policy). A column is where Jackson has read to: it reads a text only when it needs
it, and looks at the beginning of a value as soon as it has its name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LONGEST_SOURCE = 500  # characters that Jackson shows of a text
SPACES = tuple(" \t\r\n")
CLOSING = {"{": "}", "[": "]"}
ENTRIES = {"}": "Object", "]": "Array"}
STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
WORD = re.compile(r"[^\W\d][\w$]*")
WORDS = {"true": True, "false": False, "null": None}
VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
A_VALUE = f"expected a valid value {VALUES}"


class Fault(Exception):
    """What is wrong with a text, in the words of the service; `where` is an index of the text."""

    def __init__(self, reason: str, text: str, where: int, *, source: str = "") -> None:
        shown = text[:LONGEST_SOURCE]
        cut = len(text) - len(shown)
        source = source or f'(String)"{shown}"' + (f"[truncated {cut} chars]" if cut else "")
        line, column = text.count("\n", 0, where) + 1, where - text.rfind("\n", 0, where)
        super().__init__(f"{reason}\n at [Source: {source}; line: {line}, column: {column}]")


@dataclass(frozen=True)
class Token:
    """A name, a scalar or one of `{}[]`, and where Jackson has read to when it gives it out."""

    kind: str  # "name", "string", "number", "word", or the bracket itself
    value: Any
    text: str
    read_to: int
    end: int


def tokens(text: str, *, source: str = "") -> Iterator[Token]:
    """The tokens of a JSON text; raises `Fault` at the first character that is none.

    >>> [token.text for token in tokens('{"a": [1]}')]
    ['{', 'a', '[', '1', ']', '}']
    """
    reader = _Reader(text, source)
    yield from reader.value()
    if reader.next():
        raise reader.fault(A_VALUE)


class _Reader:
    def __init__(self, text: str, source: str) -> None:
        self.text, self.source, self.at = text, source, 0

    def next(self) -> str:
        """Go to the next character that is no space, "" at the end."""
        while self.text[self.at : self.at + 1] in SPACES:
            self.at += 1
        return self.text[self.at : self.at + 1]

    def fault(self, expected: str) -> Fault:
        where = self.at
        if expected is A_VALUE and (word := WORD.match(self.text, where)):
            reason = f"Unrecognized token '{word[0]}': was expecting {VALUES}"
            where = word.end()
        elif where >= len(self.text):
            reason = "Unexpected end-of-input"
        else:
            character = self.text[where]
            reason = f"Unexpected character ('{character}' (code {ord(character)})): {expected}"
            where += 1
        return Fault(f"failed to parse JSON. {reason}", self.text, where, source=self.source)

    def value(self) -> Iterator[Token]:
        closing = CLOSING.get(self.next())
        if closing is None:
            yield self._scalar()
            return
        yield self._bracket()
        if self.next() != closing:
            yield from self._entry(closing)
            while self.next() == ",":
                self.at += 1
                yield from self._entry(closing)
            if self.next() != closing:
                raise self.fault(f"was expecting comma to separate {ENTRIES[closing]} entries")
        yield self._bracket()

    def _bracket(self) -> Token:
        bracket = self.text[self.at]
        self.at += 1
        return Token(bracket, bracket, bracket, self.at, self.at)

    def _entry(self, closing: str) -> Iterator[Token]:
        if closing == "]":
            yield from self.value()
            return
        self.next()
        found = STRING.match(self.text, self.at)
        if found is None:
            raise self.fault("was expecting double-quote to start field name")
        self.at = found.end()
        if self.next() != ":":
            raise self.fault("was expecting a colon to separate field name and value")
        self.at += 1
        value = self.value()
        first = next(value)
        name = json.loads(found[0])
        yield Token("name", name, name, first.read_to, found.end())
        yield first
        yield from value

    def _scalar(self) -> Token:
        start = self.at
        if found := STRING.match(self.text, start):
            self.at = found.end()
            value = json.loads(found[0])
            return Token("string", value, value, start + 1, self.at)
        if found := NUMBER.match(self.text, start):
            self.at = found.end()
            return Token("number", float(found[0]), found[0], self.at, self.at)
        for word, meaning in WORDS.items():
            if self.text.startswith(word, start):
                self.at = start + len(word)
                return Token("word", meaning, word, self.at, self.at)
        raise self.fault(A_VALUE)
