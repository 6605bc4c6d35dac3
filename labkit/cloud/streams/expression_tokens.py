"""The parts of DynamoDB's expressions, read one after the other, and what is said of a wrong one.

DynamoDB names the first token that cannot be where it is, with its neighbours, as they are written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from moto.dynamodb.exceptions import MockValidationException

TOKEN = re.compile(
    r"(?P<name>[a-z]\w*)|(?P<alias>#\w+)|(?P<value>:\w+)|(?P<index>\d+)"
    r"|(?P<sign><>|<=|>=|[=<>()\[\],.])|(?P<other>\S)",
    re.ASCII | re.IGNORECASE,
)
KEYWORDS = {"AND", "BETWEEN", "IN", "NOT", "OR"}


@dataclass(frozen=True)
class Token:
    """A part of an expression; `kind` is a group of TOKEN, "keyword" or "end"."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def sign(self) -> str:
        """What the grammar looks for: a sign or a keyword, else nothing."""
        return self.text.upper() if self.kind in ("keyword", "sign") else ""


def tokens_of(expression: str) -> list[Token]:
    """The tokens, with one at the end that says so; keywords are written as one likes.

    >>> [(each.kind, each.text) for each in tokens_of("#a = :b")]
    [('alias', '#a'), ('sign', '='), ('value', ':b'), ('end', '<EOF>')]
    """
    tokens = []
    for found in TOKEN.finditer(expression):
        kind = "keyword" if found[0].upper() in KEYWORDS else str(found.lastgroup)
        tokens.append(Token(kind, found[0], found.start(), found.end()))
    end = tokens[-1].end if tokens else 0
    return [*tokens, Token("end", "<EOF>", end, end)]


class Reader:
    """Reads the tokens of one expression, the `member` of a request."""

    def __init__(self, member: str, expression: str) -> None:
        self._member, self._expression = member, expression
        self._tokens = tokens_of(expression)
        self._at = 0
        if len(self._tokens) == 1:
            self._refuse("The expression can not be empty;")

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _took(self, sign: str) -> bool:
        taken = self._now.sign == sign
        self._at += taken
        return taken

    def _need(self, sign: str) -> None:
        if not self._took(sign):
            self._fail()

    def _path(self) -> None:
        if self._now.kind not in ("name", "alias"):
            self._fail()
        self._at += 1
        while self._now.sign in (".", "["):
            wanted = ("index",) if self._now.sign == "[" else ("name", "alias")
            self._at += 1
            if self._now.kind not in wanted:
                self._fail()
            self._at += 1
            if wanted == ("index",):
                self._need("]")

    def _fail(self) -> NoReturn:
        first = self._tokens[max(self._at - 1, 0)].start
        last = self._tokens[min(self._at + 1, len(self._tokens) - 1)].end
        near = self._expression[first:last]
        self._refuse(f'Syntax error; token: "{self._now.text}", near: "{near}"')

    def _refuse(self, reason: str) -> NoReturn:
        raise MockValidationException(f"Invalid {self._member}: {reason}")
