"""What is wrong with a filter policy, in SNS's words and at the place that it names.

SNS compiles policies with Amazon's event-ruler (https://github.com/aws/event-ruler); the texts and
places are those that AWS was recorded to answer with (LocalStack, test_sns_filter_policy).
https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from labkit.cloud.notifications.tokens import Fault, Token, tokens

MOST_KEYS = 5
MOST_COMBINATIONS = 150
IN_ATTRIBUTES, IN_BODY = "MessageAttributes", "MessageBody"
TOO_COMPLEX = "FilterPolicy: Filter policy is too complex"
LOWER, UPPER = (">", ">="), ("<", "<=")


def fault_of_filter(text: str, scope: str) -> str | None:
    """What SNS says about a filter policy that it refuses, or None.

    >>> fault_of_filter('{"total":[{"prefix":1}]}', "MessageAttributes")
    'FilterPolicy: prefix match pattern must be a string\\n at \
[Source: (String)"{"total":[{"prefix":1}]}"; line: 1, column: 22]'
    """
    try:
        _Compiler(text).policy()
    except Fault as fault:
        return f"FilterPolicy: {fault}"
    except RecursionError:
        return TOO_COMPLEX
    return fault_of_size(json.loads(text), scope)


def fault_of_size(policy: dict[str, Any], scope: str) -> str | None:
    """What SNS says about a well-formed policy that is too large or too deep for its scope."""
    if len(policy) > MOST_KEYS:
        return f"FilterPolicy: Filter policy can not have more than {MOST_KEYS} keys"
    if scope == IN_ATTRIBUTES and any(isinstance(rules, dict) for rules in policy.values()):
        return f"Filter policy scope {scope} does not support nested filter policy"
    if _combinations(policy) > MOST_COMBINATIONS:
        return TOO_COMPLEX
    return None


def _combinations(policy: dict[str, Any], depth: int = 1) -> int:
    """Each field multiplies by its values and its depth; the alternatives of `$or` add up."""
    product = 1
    for key, rules in policy.items():
        if key == "$or":
            product *= sum(_combinations(alternative, depth) for alternative in rules)
        elif isinstance(rules, dict):
            product *= _combinations(rules, depth + 1)
        else:
            product *= len(rules) * depth
    return product


class _Compiler:
    """event-ruler's compiler, as far as it refuses."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: Iterator[Token] = tokens(text)
        self._now = Token("", None, "", 0, 0)

    def policy(self) -> None:
        """Refuse the policy if something is wrong with it."""
        if self._next().kind != "{":
            self._refuse("Filter is not an object")
        if self._next().kind != "}":  # an empty one lets everything pass, as none does
            self._members()
        for _ in self._tokens:  # nothing may follow
            pass

    def _next(self) -> Token:
        self._now = next(self._tokens)
        return self._now

    def _refuse(self, reason: str, *, text_was_read: bool = False) -> NoReturn:
        where = self._now.end if text_was_read else self._now.read_to
        raise Fault(reason, self._text, where)

    def _object(self) -> None:
        if self._next().kind == "}":
            self._refuse("Empty objects are not allowed")
        self._members()

    def _members(self) -> None:
        while self._now.kind == "name":
            name = self._now.value
            if self._next().kind == "{":
                self._object()
            elif self._now.kind == "[":
                self._alternatives() if name == "$or" else self._rules()
            else:
                self._refuse(f'"{name}" must be an object or an array')
            self._next()

    def _alternatives(self) -> None:
        while self._next().kind != "]":
            if self._now.kind != "{":
                self._refuse("Each alternative of $or must be an object")
            self._object()

    def _rules(self) -> None:
        if self._next().kind == "]":
            self._refuse("Empty arrays are not allowed")
        while self._now.kind != "]":
            if self._now.kind == "{":
                self._expression()
            elif self._now.kind == "[":
                self._refuse("Match value must be String, number, true, false, or null")
            self._next()

    def _expression(self) -> None:
        if self._next().kind != "name":
            self._refuse("Match expression name not found")
        operator = self._now.value
        if operator not in OPERATORS:
            self._refuse(f"Unrecognized match type {operator}")
        OPERATORS[operator](self, operator)
        self._one_key()

    def _one_key(self) -> None:
        if self._next().kind != "}":
            self._refuse("Only one key allowed in match expression")

    def _string(self, operator: str) -> None:
        if self._next().kind != "string":
            self._refuse(f"{operator} match pattern must be a string")

    def _exists(self, _: str) -> None:
        if self._next().kind != "word" or self._now.value is None:
            self._refuse("exists match pattern must be either true or false.")

    def _network(self, _: str) -> None:
        if self._next().kind != "string":
            self._refuse("CIDR match pattern must be a string")
        try:
            ipaddress.ip_network(self._now.value, strict=False)
        except ValueError:
            self._refuse("Malformed CIDR", text_was_read=True)

    def _anything_but(self, _: str) -> None:
        if self._next().kind == "{":
            if self._next().value != "prefix":
                self._refuse(f"Unsupported anything-but pattern: {self._now.value or ''}")
            self._string("prefix")
            self._one_key()
        elif self._now.kind == "[":
            if self._next().kind == "]":
                self._refuse("Empty arrays are not allowed")
            while self._now.kind != "]":
                if self._now.kind not in ("string", "number"):
                    self._refuse("Inside anything-but list, only strings and numbers are allowed")
                self._next()
        elif self._now.kind not in ("string", "number"):
            self._refuse("Value of anything-but must be an array or single string/number value.")

    def _numeric(self, _: str) -> None:
        if self._next().kind != "[":
            self._refuse("Value of numeric must be an array.")
        if self._next().kind != "string":
            self._refuse(f"Invalid member in numeric match: {self._now.text}", text_was_read=True)
        operator = self._now.value
        self._next()
        if operator not in ("=", *LOWER, *UPPER):
            self._refuse(f"Unrecognized numeric range operator: {operator}")
        bottom = self._bound("equals" if operator == "=" else operator)
        if self._next().kind == "]":
            return
        if operator not in LOWER:
            self._refuse("Too many elements in numeric expression")
        if self._now.kind != "string":
            self._refuse(f"Bad value in numeric range: {self._now.text}", text_was_read=True)
        operator = self._now.value
        if operator not in UPPER:
            self._refuse(f"Bad numeric range operator: {operator}", text_was_read=True)
        self._next()
        top = self._bound(operator)
        if self._next().kind != "]":
            self._refuse("Too many terms in numeric range expression")
        if bottom >= top:
            self._refuse("Bottom must be less than top")

    def _bound(self, operator: str) -> float:
        if self._now.kind != "number":
            self._refuse(f"Value of {operator} must be numeric")
        bound: float = self._now.value
        return bound


# https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html and the pages beside it
OPERATORS: dict[str, Callable[[_Compiler, str], None]] = {
    "anything-but": _Compiler._anything_but,
    "cidr": _Compiler._network,
    "equals-ignore-case": _Compiler._string,
    "exists": _Compiler._exists,
    "numeric": _Compiler._numeric,
    "prefix": _Compiler._string,
    "suffix": _Compiler._string,
}
