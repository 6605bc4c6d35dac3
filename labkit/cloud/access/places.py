"""Where the parts of a JSON text stand in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from json.decoder import JSONDecoder, scanstring

Path = tuple[str | int, ...]
SPACE = re.compile(r"[ \t\n\r]*")
VALUES = JSONDecoder()


@dataclass(frozen=True)
class Place:
    """A part's first character, the one after its last, and the one after what stands before it.

    `name_start` and `name_end` are those of the name that an object gives it, if any.
    """

    before: int
    start: int
    end: int
    name_start: int | None = None
    name_end: int | None = None


@dataclass(frozen=True)
class Position:
    """A character's offset, its line (from 1) and its place in the line (from 0)."""

    offset: int
    line: int
    column: int


def places(text: str) -> dict[Path, Place]:
    """The place of every part of a JSON text, by its path.

    >>> places('{"a": [1]}')["a", 0]
    Place(before=7, start=7, end=8, name_start=None, name_end=None)
    """
    found: dict[Path, Place] = {}
    _walk(text, 0, (), found)
    return found


def position(text: str, offset: int) -> Position:
    """Line and column of a character.

    >>> position("{\\n  []}", 5)
    Position(offset=5, line=2, column=3)
    """
    line_start = text.rfind("\n", 0, offset) + 1
    return Position(offset, text.count("\n", 0, offset) + 1, offset - line_start)


def existing(path: Path, known: dict[Path, Place]) -> Path:
    """A path as a text has it: a value that stands without a list has no number."""
    found: Path = ()
    for step in path:
        if (*found, step) in known:
            found = (*found, step)
        elif not isinstance(step, int):
            break
    return found


def _walk(text: str, before: int, path: Path, found: dict[Path, Place], *name: int) -> int:
    """Note a value and its parts; return where it ends."""
    start = end = _skip(text, before)
    match text[start]:
        case "{":
            at = _skip(text, start + 1)
            while text[at] != "}":
                key, name_end = scanstring(text, at + 1)
                value = _skip(text, name_end) + 1  # after the colon
                at = _skip(text, _walk(text, value, (*path, key), found, at, name_end))
                at = _skip(text, at + 1) if text[at] == "," else at
            end = at + 1
        case "[":
            number, at = 0, start + 1
            while text[_skip(text, at)] != "]":
                at = _skip(text, _walk(text, at, (*path, number), found))
                number, at = number + 1, at + (text[at] == ",")
            end = _skip(text, at) + 1
        case _:
            _, end = VALUES.raw_decode(text, start)
    found[path] = Place(before, start, end, *name)
    return end


def _skip(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    assert found is not None
    return found.end()
