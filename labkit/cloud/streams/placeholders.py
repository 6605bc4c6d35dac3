"""Expressions and what stands for names and values in them: all is defined, and all is used.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html
"""

from __future__ import annotations

import re
from typing import Any

from moto.dynamodb.exceptions import MockValidationException

EXPRESSIONS = (
    "KeyConditionExpression",
    "UpdateExpression",
    "ConditionExpression",
    "FilterExpression",
    "ProjectionExpression",
)
KINDS = (
    ("Names", re.compile(r"#\w+"), "name used in the document path", "name"),
    ("Values", re.compile(r":\w+"), "value used in expression", "value"),
)
# As moto has found DynamoDB to begin what it says of a write, and not of a read.
WRITES = "1 validation error detected: "


def check(request: dict[str, Any], *, prefix: str = "") -> None:
    """Refuse expressions that lack a definition, and definitions that no expression uses.

    Raises:
        MockValidationException: in DynamoDB's words.
    """
    expressions = {member: request[member] for member in EXPRESSIONS if request.get(member)}
    for kind, pattern, use, what in KINDS:
        given, used = request.get(f"ExpressionAttribute{kind}"), set[str]()
        if given is not None and not expressions:
            raise MockValidationException(
                f"ExpressionAttribute{kind} can only be specified when using expressions"
            )
        if given == {}:
            raise MockValidationException(f"{prefix}ExpressionAttribute{kind} must not be empty")
        given = given or {}
        for name in given:
            if not pattern.fullmatch(name):
                raise MockValidationException(
                    f'ExpressionAttribute{kind} contains invalid key: Syntax error; key: "{name}"'
                )
        for member, expression in expressions.items():
            for found in pattern.findall(expression):
                if found not in given:
                    raise MockValidationException(
                        f"Invalid {member}: An expression attribute {use} is not defined; "
                        f"attribute {what}: {found}"
                    )
                used.add(found)
        if unused := ", ".join(name for name in given if name not in used):
            raise MockValidationException(
                f"{prefix}Value provided in ExpressionAttribute{kind} unused in expressions: "
                f"keys: {{{unused}}}"
            )
