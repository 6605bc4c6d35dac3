"""The filter patterns of CloudWatch Logs: which log events a reader asks for.

    ERROR orders           events with both terms
    ?ERROR ?WARNING        events with one of them
    ERROR -timeout         events with the first and without the second
    "order 536365"         a phrase; anything but letters, digits and _ wants quotes
    %order [0-9]+%         a regular expression
    { $.outcome = "refused" && $.receiveCount > 1 }    events that are JSON, by their fields

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import json
import re
from functools import lru_cache

from labkit.cloud.functions.json_patterns import (
    Condition,
    Test,
    condition_of,
    invalid,
    searches,
    unescaped,
)

TERM = re.compile(r'\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)+)%|([\w.]+))(?=\s|$)')
LONGEST = 1024  # characters


class LogPattern:
    """A filter pattern, in the form that moto asks it.

    >>> LogPattern("?ERROR ?WARNING").matches("[WARNING] order refused")
    True
    >>> LogPattern('{ $.total >= 100 }').matches('{"total": 99.5}')
    False
    """

    def __init__(self, pattern: str | None) -> None:
        self.matches = parse(pattern or "")


@lru_cache(maxsize=256)
def parse(pattern: str) -> Test:
    """What tells whether a message matches; raises moto's InvalidParameterException."""
    text = pattern.strip()
    if len(text) > LONGEST:
        raise invalid(f"it has more than {LONGEST} characters")
    if text.startswith("{") and text.endswith("}"):
        return _of_json(condition_of(text[1:-1]))
    if text.startswith("["):
        raise invalid("[...] for space-delimited events is not in the local cloud")
    return _of_terms(text)


def _of_terms(text: str) -> Test:
    wanted, optional, unwanted = [], [], []
    position = 0
    while position < len(text):
        found = TERM.match(text, position)
        if not found:
            raise invalid(f"{text[position:].strip()!r} wants quotes")
        sign, phrase, expression, word = found.groups()
        test = searches(expression) if expression else _contains(word or unescaped(phrase or ""))
        {"": wanted, "?": optional, "-": unwanted}[sign].append(test)
        position = found.end()
    # "If you combine them with other patterns, the terms with a question mark are ignored."
    if wanted or unwanted:
        return lambda message: (
            all(test(message) for test in wanted) and not any(test(message) for test in unwanted)
        )
    return lambda message: not optional or any(test(message) for test in optional)


def _of_json(condition: Condition) -> Test:
    def test(message: str) -> bool:
        try:
            document = json.loads(message)
        except (ValueError, RecursionError):
            return False
        return isinstance(document, dict) and condition(document)

    return test


def _contains(term: str) -> Test:
    return lambda message: term in message
