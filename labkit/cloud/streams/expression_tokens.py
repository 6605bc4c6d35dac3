"""The parts of DynamoDB's expressions, read one after the other, and what is said of a wrong one.

DynamoDB names the first token that cannot be where it is, with its neighbours, as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NoReturn

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from labkit.cloud.streams.paths import Path

TOKEN = re.compile(
    r"(?P<name>[a-z]\w*)|(?P<alias>#\w+)|(?P<value>:\w+)|(?P<index>\d+)"
    r"|(?P<sign><>|<=|>=|[-+=<>()\[\],.])|(?P<other>\S)",
    re.ASCII | re.IGNORECASE,
)
RESERVED = frozenset(ReservedKeywords.get_reserved_keywords())


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


def tokens_of(expression: str, keywords: Collection[str]) -> list[Token]:
    """The tokens, with one at the end that says so; keywords are written as one likes.

    >>> [(each.kind, each.text) for each in tokens_of("Set #a = :b", {"SET"})]
    [('keyword', 'Set'), ('alias', '#a'), ('sign', '='), ('value', ':b'), ('end', '<EOF>')]
    """
    tokens = []
    for found in TOKEN.finditer(expression):
        kind = "keyword" if found[0].upper() in keywords else str(found.lastgroup)
        tokens.append(Token(kind, found[0], found.start(), found.end()))
    end = tokens[-1].end if tokens else 0
    return [*tokens, Token("end", "<EOF>", end, end)]


class Reader:
    """Reads the tokens of one expression, the `member` of a request.

    What a well-formed expression may not mean is said after what is not well-formed.
    """

    def __init__(self, member: str, expression: str, keywords: Collection[str]) -> None:
        self._member, self._expression = member, expression
        self._tokens = tokens_of(expression, keywords)
        self._at = 0
        self._problems: list[str] = []
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

    def _path(self) -> Path:
        steps: list[str | int] = [self._step("name", "alias")]
        while self._now.sign in (".", "["):
            self._at += 1
            if self._tokens[self._at - 1].text == ".":
                steps.append(self._step("name", "alias"))
            else:
                steps.append(int(self._step("index")))
                self._need("]")
        return tuple(steps)

    def _step(self, *kinds: str) -> str:
        token = self._now
        if token.kind not in kinds:
            self._fail()
        self._at += 1
        if token.kind == "name" and token.text.upper() in RESERVED:
            reserved = "Attribute name is a reserved keyword; reserved keyword"
            self._problems.append(f"{reserved}: {token.text}")
        return token.text

    def _function_name(self) -> str:
        named = self._now.kind == "name" and self._tokens[self._at + 1].sign == "("
        return self._now.text if named else ""

    def _check_operands(self, function: str, count: int, functions: Mapping[str, int]) -> None:
        """Note a function that does not exist, or has another number of operands than given."""
        if function not in functions:
            self._problems.append(f"Invalid function name; function: {function}")
        elif count != functions[function]:
            self._problems.append(
                "Incorrect number of operands for operator or function; "
                f"operator or function: {function}, number of operands: {count}"
            )

    def _no_path(self, function: str) -> None:
        self._problems.append(
            f"Operator or function requires a document path; operator or function: {function}"
        )

    def _misused(self, function: str) -> None:
        self._problems.append(
            "The function is not allowed to be used this way in an expression; "
            f"function: {function}"
        )

    def _end(self) -> None:
        """Refuse what comes after an expression, and then what the expression may not mean."""
        if self._now.kind != "end":
            self._fail()
        if self._problems:
            self._refuse(self._problems[0])

    def refuse_parentheses(self) -> NoReturn:
        """Refuse an expression with more parentheses than can be read."""
        self._refuse("The expression has redundant parentheses;")

    def _fail(self) -> NoReturn:
        first = self._tokens[max(self._at - 1, 0)].start
        last = self._tokens[min(self._at + 1, len(self._tokens) - 1)].end
        near = self._expression[first:last]
        self._refuse(f'Syntax error; token: "{self._now.text}", near: "{near}"')

    def _refuse(self, reason: str) -> NoReturn:
        raise MockValidationException(f"Invalid {self._member}: {reason}")
