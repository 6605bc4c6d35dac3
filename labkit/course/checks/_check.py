"""What makes a function a check: it answers a CheckResult and never raises.

Inside, a check reads like a list of things that must be true. The first that is not raises a
`Mistake`, whose message says what was seen and whose hint says what to do about it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from labkit.course.judgement import judge
from labkit.course.result import CheckResult
from labkit.lab import Lab


def check(name: str) -> Callable[[Callable[[Lab], str]], Callable[[Lab], CheckResult]]:
    """Make a check of a function that returns what it found in order, or raises `Mistake`.

    >>> from labkit.course.judgement import Mistake
    >>> @check("sum")
    ... def total(lab):
    ...     raise Mistake("2 + 2 gave 5.", "Count again.")
    >>> total(None)
    ✗ sum: 2 + 2 gave 5.
      Hint: Count again.
    """

    def decorate(look: Callable[[Lab], str]) -> Callable[[Lab], CheckResult]:
        @wraps(look)
        def answer(lab: Lab) -> CheckResult:
            return judge(name, lambda: look(lab))

        return answer

    return decorate
