"""Text that a student or a notebook has written, made fit for a file, a terminal and XML."""

from __future__ import annotations

import unicodedata
from typing import Any

NO_TEXT = ("Cc", "Cs")  # Unicode's categories of control characters and of halves of characters
NO_CHARACTERS = "\ufffe\uffff"  # which XML refuses


def printable(value: Any) -> Any:
    """A text, or data with texts in it, without characters that break a file or a terminal.

    >>> printable({"message": "\\x1b[2J\\ud800 is no queue"})
    {'message': '?[2J? is no queue'}
    """
    if isinstance(value, dict):
        return {name: printable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [printable(each) for each in value]
    if isinstance(value, str):
        return "".join(char if _is_fine(char) else "?" for char in value)
    return value


def one_line(text: str) -> str:
    """A text as one line, so that none of it can pass for another line's.

    >>> one_line("bob\\ncarla: 50 of 50\\u2028points")
    'bob carla: 50 of 50 points'
    """
    return printable(" ".join(text.split()))


def shorten(text: str, longest: int) -> str:
    """A text of so many characters at most, and a mark where there were more.

    >>> shorten("practice", 8), shorten("practice", 7)
    ('practice', 'practic [...]')
    """
    return text if len(text) <= longest else f"{text[:longest]} [...]"


def _is_fine(char: str) -> bool:
    return char == "\n" or not (unicodedata.category(char) in NO_TEXT or char in NO_CHARACTERS)
