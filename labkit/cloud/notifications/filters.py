"""Which messages a filter policy lets pass: Amazon's event-ruler on attributes or on the body.

https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html. Operators and arrays are those
of Lambda's event filters. A name with a dot is the same as one object in another, in the policy and
in the message (recorded, test_filter_policy_on_message_body_dot_attribute).
"""

from __future__ import annotations

import json
from functools import reduce
from typing import Any

from labkit.cloud.mappings.filters import matches
from labkit.cloud.notifications.filter_grammar import IN_BODY


def passes(
    policy: dict[str, Any], scope: str, attributes: dict[str, dict[str, Any]], text: str
) -> bool:
    """Whether a checked filter policy lets a message pass; attributes as subscribers see them.

    >>> passes({"total": [{"numeric": [">", 9]}]}, "MessageBody", {}, '{"total": 9.5}')
    True
    """
    try:
        document = json.loads(text) if scope == IN_BODY else of_attributes(attributes)
        return isinstance(document, dict) and matches(nested(policy), nested(document))
    except (ValueError, RecursionError):  # no JSON, or deeper than Python can follow
        return False


def of_attributes(attributes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The attributes that a policy sees: numbers, texts, and the elements of `String.Array`.

    SNS ignores binary ones. https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html

    >>> of_attributes({"a": {"Type": "String.Array", "Value": '["x", 1]'}})
    {'a': ['x', 1]}
    """
    return {
        name: _value(attribute["Type"], str(attribute["Value"]))
        for name, attribute in attributes.items()
        if not attribute["Type"].startswith("Binary")
    }


def _value(data_type: str, value: str) -> Any:
    if data_type.startswith("Number"):
        return float(value)
    return json.loads(value) if data_type == "String.Array" else value


def nested(value: Any) -> Any:
    """A document whose names have no dots: what stood behind one is an object of its own.

    >>> nested({"a.b": 1, "a": {"c": 2}})
    {'a': {'b': 1, 'c': 2}}
    """
    if isinstance(value, list):
        return [nested(each) for each in value]
    if not isinstance(value, dict):
        return value
    parts: list[dict[str, Any]] = []
    for name, inside in value.items():
        *outer, last = name.split(".")
        part: dict[str, Any] = {last: nested(inside)}
        for step in reversed(outer):
            part = {step: part}
        parts.append(part)
    return reduce(_merged, parts, {})


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    merged = {**one}
    for name, value in other.items():
        present = merged.get(name)
        both = isinstance(present, dict) and isinstance(value, dict)
        merged[name] = _merged(present, value) if both else value
    return merged
