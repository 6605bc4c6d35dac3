"""Wildcards and policy variables in the elements of a policy.

`*` stands for any characters and `?` for one. Within the first five parts of an ARN a wildcard
stays in its part, unless it is the part's last character.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

# What a call tells about itself: keys in lower case, one value or several.
Context = Mapping[str, str | Sequence[str]]

VARIABLE = re.compile(r"\$\{\s*(?P<key>[^},]+?)\s*(?:,\s*'(?P<default>[^']*)'\s*)?\}")
ESCAPED = {"*", "?", "$"}  # `${*}` is the character itself
ARN_PARTS = 6


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether a pattern of an Action, or of StringLike, covers a text.

    >>> matches("sqs:Get*", "sqs:GetQueueUrl"), matches("sqs:?et*", "sqs:DeleteMessage")
    (True, False)
    """
    return _compiled(pattern, ignore_case).fullmatch(text) is not None


def matches_resource(pattern: str, resource: str) -> bool:
    """Whether a Resource covers an ARN.

    >>> matches_resource("arn:aws:sqs:us-*-1:1:o*", "arn:aws:sqs:us-east-1:1:orders")
    True
    >>> matches_resource("arn:aws:dynamodb:*:*:table/Orders", "arn:aws:dynamodb:x:1:table/Orders/s")
    False
    """
    return pattern == "*" or _compiled_resource(pattern).fullmatch(resource) is not None


def matches_arn(pattern: str, arn: str) -> bool:
    """Whether ArnLike's value covers an ARN: each of the six parts is compared by itself.

    >>> matches_arn("arn:aws:sns:*:*:orders", "arn:aws:sns:us-east-1:1:orders")
    True
    """
    wanted, found = pattern.split(":", ARN_PARTS - 1), arn.split(":", ARN_PARTS - 1)
    return len(wanted) == len(found) == ARN_PARTS and all(
        matches(part, other) for part, other in zip(wanted, found, strict=True)
    )


def fill_in(pattern: str, context: Context, *, literal: bool = False) -> str | None:
    """A pattern with the values of its policy variables, or None when one has no value.

    A value is no pattern: its own wildcards stand for themselves. With `literal` the result is
    a plain text, for operators that know no wildcards.

    >>> fill_in("home/${aws:username}/*", {"aws:username": "ana"})
    'home/ana/*'
    >>> fill_in("${aws:username}", {}) is None
    True
    """
    if "${" not in pattern:
        return pattern
    parts: list[str] = []
    end = 0
    for variable in VARIABLE.finditer(pattern):
        value = variable["key"] if variable["key"] in ESCAPED else None
        if value is None:
            found = context.get(variable["key"].lower(), variable["default"])
            if not isinstance(found, str):  # absent, or a key with many values
                return None
            value = found
        parts += [pattern[end : variable.start()], value if literal else _protected(value)]
        end = variable.end()
    return "".join(parts) + pattern[end:]


def variables_of(pattern: str) -> set[str]:
    """The context keys that a pattern's policy variables read; an escaped character is no key.

    >>> variables_of("${aws:PrincipalTag/team}-${*}")
    {'aws:PrincipalTag/team'}
    """
    return {found["key"] for found in VARIABLE.finditer(pattern)} - ESCAPED


def without_variables(pattern: str) -> str:
    """What of a pattern is written out.

    >>> without_variables("${aws:username}-?")
    '-?'
    """
    return VARIABLE.sub("", pattern)


# A protected character is written as a private-use one until the pattern is compiled.
PROTECTED = {"*": "\ue000", "?": "\ue001"}


def _protected(value: str) -> str:
    for character, stand_in in PROTECTED.items():
        value = value.replace(character, stand_in)
    return value


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    return re.compile(_expression(pattern, ".*", "."), re.DOTALL | re.IGNORECASE * ignore_case)


@lru_cache(maxsize=4096)
def _compiled_resource(pattern: str) -> re.Pattern[str]:
    *parts, last = pattern.split(":", ARN_PARTS - 1)
    if pattern.startswith("arn:") and len(parts) < ARN_PARTS - 1:  # the rest is anything
        parts, last = [*parts, last, *"*" * (ARN_PARTS - 2 - len(parts))], "*"
    expressions = [
        _expression(part[:-1], "[^:]*", "[^:]") + ".*"
        if part.endswith("*")
        else _expression(part, "[^:]*", "[^:]")
        for part in parts
    ]
    return re.compile(":".join([*expressions, _expression(last, ".*", ".")]), re.DOTALL)


def _expression(pattern: str, any_characters: str, one_character: str) -> str:
    text = re.escape(re.sub(r"\*+", "*", pattern))
    text = text.replace(r"\*", any_characters).replace(r"\?", one_character)
    for character, stand_in in PROTECTED.items():
        text = text.replace(stand_in, re.escape(character))
    return text
