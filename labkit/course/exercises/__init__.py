"""The exercises, a module for each notebook; `EXERCISES` has all of them by their id."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from labkit.course.exercise import Exercise


def _all() -> dict[str, Exercise]:
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    found = [each for module in modules for each in vars(module).values()]
    return {each.id: each for each in found if isinstance(each, Exercise)}


EXERCISES = _all()
