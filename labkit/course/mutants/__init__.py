"""Wrong answers: for each exercise the mistakes that are known, and what its check must say.

A mutant is code in the place of the solution. `labkit audit` puts each into the notebook, runs it,
and asks whether the check has noticed, in the words that help. Instructors have these; a
submission that is graded does not see them.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from labkit.course.exercises import in_order


@dataclass(frozen=True)
class Mutant:
    """A wrong answer: `code` in the place of the solution of `exercise`.

    `expects` is a part of the message with which the check must refuse it.
    """

    exercise: str
    name: str
    code: str
    expects: str


def mutants() -> list[Mutant]:
    """All wrong answers, in the order of the exercises."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    found = (mutant for module in modules for mutant in module.MUTANTS)
    return sorted(found, key=lambda mutant: in_order(mutant.exercise))
