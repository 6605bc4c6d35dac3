"""The grammar of DynamoDB's expressions, where moto takes what DynamoDB refuses or falls over it.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import pairwise
from typing import Any, TypeVar

from moto.dynamodb.exceptions import MockValidationException

from labkit.cloud.streams import updates
from labkit.cloud.streams.expression_tokens import Reader, tokens_of
from labkit.cloud.streams.paths import Path, check_apart, resolved

T = TypeVar("T")

CONDITIONS = ("ConditionExpression", "FilterExpression", "KeyConditionExpression")
PROJECTION = "ProjectionExpression"
KEYWORDS = {"AND", "BETWEEN", "IN", "NOT", "OR"}
COMPARATORS = {"=", "<>", "<", "<=", ">", ">="}
NOT_OF_KEYS = {"<>", "IN", "NOT", "OR"}
# How many operands each function has.
FUNCTIONS = dict.fromkeys(("attribute_exists", "attribute_not_exists", "size"), 1) | dict.fromkeys(
    ("attribute_type", "begins_with", "contains"), 2
)
OF_PATHS = {"attribute_exists", "attribute_not_exists"}


def check(request: Mapping[str, Any]) -> None:
    """Refuse a condition, a projection or an update that is none.

    Raises:
        MockValidationException: in DynamoDB's words.
    """
    names = request.get("ExpressionAttributeNames") or {}
    for member in (*CONDITIONS, PROJECTION):
        if (expression := request.get(member)) is not None:
            if member == PROJECTION:
                check_apart(member, paths_of(expression, names))
                continue
            Parser(member, expression, KEYWORDS).whole_condition()
            if member == "KeyConditionExpression":
                keys = [name for name, _ in values_of_keys(expression, names)]
                if len(set(keys)) < len(keys):
                    raise MockValidationException(
                        "KeyConditionExpressions must only contain one condition per key"
                    )
    if (update := request.get(updates.MEMBER)) is not None:
        updates.read(update, names, request.get("ExpressionAttributeValues") or {})


def paths_of(projection: str, names: Mapping[str, str]) -> list[Path]:
    """The paths of a projection."""
    paths = Parser(PROJECTION, projection, KEYWORDS).paths()
    return [resolved(path, names) for path in paths]


def values_of_keys(condition: str, names: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """What stands for the values that each key is compared with.

    >>> values_of_keys("id = :a AND #n BETWEEN :b AND :c", {"#n": "line"})
    [('id', [':a']), ('line', [':b', ':c'])]
    """
    found: list[tuple[str, list[str]]] = []
    for token, after in pairwise(tokens_of(condition, KEYWORDS)):
        if token.kind in ("name", "alias") and after.sign != "(":
            found.append((names.get(token.text, token.text), []))
        elif token.kind == "value" and found:
            found[-1][1].append(token.text)
    return found


class Parser(Reader):
    """Reads one expression from its beginning to its end."""

    def __init__(self, member: str, expression: str, keywords: Collection[str]) -> None:
        super().__init__(member, expression, keywords)
        self._closed: dict[int, int] = {}  # where a parenthesis was closed, by where it was opened

    def paths(self) -> list[Path]:
        """A projection: paths, with commas between them."""
        paths = [self._path()]
        while self._took(","):
            paths.append(self._path())
        self._end()
        return paths

    def whole_condition(self) -> None:
        """A condition, and what it may not mean."""
        try:
            complete = self._disjunction()
        except RecursionError:
            self.refuse_parentheses()
        if not complete:
            self._fail()
        self._end()
        if self._member == "KeyConditionExpression":
            for token in self._tokens:
                if token.sign in NOT_OF_KEYS:
                    raise MockValidationException(
                        f"Invalid operator used in {self._member}: {token.sign}"
                    )

    # Each of these takes what it is named for, and says whether that is a condition; an operand in
    # parentheses is none.

    def _disjunction(self) -> bool:
        complete = self._conjunction()
        while complete and self._took("OR"):
            complete = self._complete(self._conjunction())
        return complete

    def _conjunction(self) -> bool:
        complete = self._negation()
        while complete and self._took("AND"):
            complete = self._complete(self._negation())
        return complete

    def _negation(self) -> bool:
        negated = False
        while self._took("NOT"):
            negated = True
        complete = self._comparison()
        return self._complete(complete) if negated else complete

    def _comparison(self) -> bool:
        function = self._function_name()
        if self._now.sign == "(":
            if self._in_parentheses(self._disjunction):
                return True
        else:
            self._operand(alone=True)
        if self._now.sign in COMPARATORS:
            self._at += 1
            self._operand()
        elif self._took("BETWEEN"):
            self._operand()
            self._need("AND")
            self._operand()
        elif self._took("IN"):
            self._need("(")
            self._list()
        elif function and not (function == "size" and self._now.sign == ")"):
            self._used(function, rightly=function != "size")
            return True
        elif self._now.sign == ")":
            return False
        else:
            self._fail()
        if function:
            self._used(function, rightly=function == "size")
        return True

    def _operand(self, *, alone: bool = False) -> None:
        if function := self._function_name():
            self._at += 2
            self._call(function)
            if not alone:
                self._used(function, rightly=function == "size")
        elif self._now.sign == "(":
            self._in_parentheses(self._operand)
        elif self._now.kind == "value":
            self._at += 1
        else:
            self._path()

    def _call(self, function: str) -> None:
        first, count = self._now, self._list()
        self._check_operands(function, count, FUNCTIONS)
        if function in OF_PATHS and first.kind == "value":
            self._no_path(function)

    def _list(self) -> int:
        count = 1
        self._operand()
        while self._took(","):
            self._operand()
            count += 1
        self._need(")")
        return count

    def _in_parentheses(self, inner: Callable[[], T]) -> T:
        opened = self._at
        self._at += 1
        result = inner()
        self._closed[opened] = self._at
        self._need(")")
        if self._closed.get(opened + 1) == self._closed[opened] - 1:
            self._problems.append("The expression has redundant parentheses;")
        return result

    def _complete(self, complete: bool) -> bool:
        if not complete:
            self._fail()
        return True

    def _used(self, function: str, *, rightly: bool) -> None:
        if not rightly and function in FUNCTIONS:
            self._misused(function)
