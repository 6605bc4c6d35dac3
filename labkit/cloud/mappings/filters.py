"""Event filters: which records a mapping hands to its function.

The grammar is Amazon EventBridge's, which Lambda shares
(https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax):
fields of an object are joined by AND, the alternatives in an array by OR, filters of one mapping
by OR. An operator compares values of its own kind only, so a number never equals a string; that
is why `numeric` finds nothing in DynamoDB's `{"N": "101"}`, on AWS too (recorded).

`patterns.parse` has checked a pattern as a whole before it comes here, so matching cannot fail.
"""

from __future__ import annotations

import ipaddress
import json
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from labkit.cloud.mappings.patterns import Pattern, is_number

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def admits(patterns: Sequence[Pattern], document: Any) -> bool:
    """Whether a mapping with these filters hands on `document`; without filters it does.

    A document nested deeper than Python can follow matches nothing.
    """
    try:
        return not patterns or any(matches(pattern, document) for pattern in patterns)
    except RecursionError:
        return False


def matches(pattern: Pattern, document: Any) -> bool:
    """Whether `document` has what a parsed `pattern` asks for.

    >>> matches({"total": [{"numeric": [">=", 100]}]}, {"total": 139.12})
    True
    """
    for field, wanted in pattern.items():
        if field == "$or":
            met = any(matches(alternative, document) for alternative in wanted)
        elif isinstance(wanted, dict):
            met = any(matches(wanted, inner) for inner in _objects(_field(document, field)))
        else:
            met = _any_rule(wanted, list(_leaves(_field(document, field))))
        if not met:
            return False
    return True


def of_message(record: dict[str, Any]) -> dict[str, Any]:
    """What a filter sees of an SQS record: a body that holds a JSON object or array is parsed.

    A pattern for plain text then finds nothing in a JSON body and the other way round, which is
    the table of https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html.
    """
    try:
        body = json.loads(record["body"])
    except (ValueError, RecursionError):
        return record
    return {**record, "body": body} if isinstance(body, (dict, list)) else record


_ABSENT = object()


def _field(document: Any, name: str) -> Any:
    return document.get(name, _ABSENT) if isinstance(document, dict) else _ABSENT


def _objects(value: Any) -> Iterator[Any]:
    """The objects under a nested pattern: the value, or each element of an array.

    A value that is no object stands for one without fields, where `{"exists": false}` holds.
    """
    if isinstance(value, list) and value:
        for element in value:
            yield from _objects(element)
    else:
        yield value


def _leaves(value: Any) -> Iterator[Any]:
    """The values that an array of rules looks at; an object has none of its own."""
    if isinstance(value, list):
        for element in value:
            yield from _leaves(element)
    elif value is not _ABSENT and not isinstance(value, dict):
        yield value


def _any_rule(rules: list[Any], leaves: list[Any]) -> bool:
    for rule in rules:
        if isinstance(rule, dict) and "exists" in rule:
            if bool(leaves) is rule["exists"]:
                return True
        elif any(_holds(rule, leaf) for leaf in leaves):
            return True
    return False


def _holds(rule: Any, leaf: Any) -> bool:
    if not isinstance(rule, dict):
        return _same(rule, leaf)
    [(name, operand)] = rule.items()
    if name == "anything-but":
        return not any(_holds(excluded, leaf) for excluded in _exclusions(operand))
    if name == "numeric":
        return is_number(leaf) and all(
            _COMPARISONS[sign](leaf, bound)
            for sign, bound in zip(operand[::2], operand[1::2], strict=True)
        )
    if not isinstance(leaf, str):
        return False
    if name == "equals-ignore-case":
        return leaf.casefold() == operand.casefold()
    if name in ("prefix", "suffix"):
        return _has_affix(name, operand, leaf)
    if name == "wildcard":
        return _wildcard(operand).fullmatch(leaf) is not None
    return _in_network(operand, leaf)


def _same(expected: Any, leaf: Any) -> bool:
    if is_number(expected) and is_number(leaf):
        return expected == leaf
    return type(expected) is type(leaf) and expected == leaf


def _exclusions(operand: Any) -> Iterator[Any]:
    """`anything-but` as the rules that must not hold: values, or one operator with its values."""
    if isinstance(operand, dict):
        [(name, values)] = operand.items()
        for value in values if isinstance(values, list) else [values]:
            yield {name: value}
    elif isinstance(operand, list):
        yield from operand
    else:
        yield operand


def _has_affix(name: str, operand: Any, leaf: str) -> bool:
    if isinstance(operand, dict):
        operand, leaf = operand["equals-ignore-case"].casefold(), leaf.casefold()
    return leaf.startswith(operand) if name == "prefix" else leaf.endswith(operand)


def _wildcard(text: str) -> re.Pattern[str]:
    parts = re.findall(r"(\*)|\\(.)|([^*\\]+)", text, re.DOTALL)
    return re.compile(
        "".join(".*" if star else re.escape(escaped + plain) for star, escaped, plain in parts),
        re.DOTALL,
    )


def _in_network(network: str, leaf: str) -> bool:
    try:
        return ipaddress.ip_address(leaf) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
