"""What makes a function a check: it answers a CheckResult and never raises.

Inside, a check reads like a list of things that must be true. The first that is not raises a
`Mistake`, whose message says what was seen and whose hint says what to do about it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from botocore.exceptions import BotoCoreError, ClientError

from labkit.course.result import CheckResult
from labkit.errors import LabError
from labkit.lab import Lab


class Mistake(Exception):
    """Something that a check found wrong, with a hint for the student."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def check(name: str) -> Callable[[Callable[[Lab], str]], Callable[[Lab], CheckResult]]:
    """Make a check of a function that returns what it found in order, or raises `Mistake`.

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
            try:
                return CheckResult(name, True, look(lab))
            except Mistake as mistake:
                return CheckResult(name, False, str(mistake), mistake.hint)
            except LabError as error:  # its message holds the next step already
                return CheckResult(name, False, str(error))
            except ClientError as error:
                said = error.response["Error"]
                message = (
                    f"{error.operation_name} was refused with {said['Code']}: {said['Message']}"
                )
                return CheckResult(name, False, message, "Run the steps above again, in order.")
            except BotoCoreError as error:
                hint = "Connect again with labkit.connect(), then run the notebook from its top."
                return CheckResult(name, False, f"The lab does not answer: {error}", hint)
            except Exception as error:
                message = f"The check met what it cannot read: {type(error).__name__}: {error}"
                return CheckResult(name, False, message, "Run the notebook again from its top.")

        return answer

    return decorate


def require(condition: object, message: str, hint: str = "") -> None:
    """Raise a `Mistake` unless the condition holds."""
    if not condition:
        raise Mistake(message, hint)
