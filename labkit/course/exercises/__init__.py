"""The exercises, a module for each notebook; `EXERCISES` has all of them by their id."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from labkit.course.exercise import Exercise


def _all() -> dict[str, Exercise]:
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    values = [each for module in modules for each in vars(module).values()]
    found = {each.id: each for each in values if isinstance(each, Exercise)}
    return dict(sorted(found.items(), key=lambda item: in_order(item[0])))


def in_order(exercise_id: str) -> tuple[int, ...]:
    """What exercises are sorted by: their notebook, and their number in it.

    >>> sorted(["q10_1", "q2_11", "q2_2"], key=in_order)
    ['q2_2', 'q2_11', 'q10_1']
    """
    return tuple(int(part) for part in exercise_id[1:].split("_"))


EXERCISES = _all()
