"""Paths of attributes and of what is within them: `info.lines[0]`, in steps.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.Attributes.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from moto.dynamodb.exceptions import MockValidationException

Path = tuple[str | int, ...]  # of names or aliases, and of places in lists


def resolved(path: Path, names: Mapping[str, str]) -> Path:
    """A path with the names that its aliases stand for."""
    return tuple(names.get(step, step) if isinstance(step, str) else step for step in path)


def check_apart(member: str, paths: Sequence[Path]) -> None:
    """Refuse two paths of which one leads through the other, or that need a list and a map."""
    pairs = list(combinations(paths, 2))
    for what, are in (("overlap", _overlap), ("conflict", _conflict)):
        for pair in pairs:
            if are(*pair):
                one, other = map(_shown, pair)
                raise MockValidationException(
                    f"1 validation error detected: Invalid {member}: Two document paths {what} "
                    "with each other; must remove or rewrite one of these paths; "
                    f"path one: {one}, path two: {other}"
                )


def _overlap(one: Path, other: Path) -> bool:
    return all(step == opposite for step, opposite in zip(one, other, strict=False))


def _conflict(one: Path, other: Path) -> bool:
    apart = next(((a, b) for a, b in zip(one, other, strict=False) if a != b), ("", ""))
    return type(apart[0]) is not type(apart[1])


def _shown(path: Path) -> str:
    return f"[{', '.join(f'[{step}]' if isinstance(step, int) else step for step in path)}]"
