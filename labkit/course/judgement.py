"""How a look at the lab becomes a result: whatever the look meets, it is told, never raised."""

from __future__ import annotations

from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from labkit.course.result import CheckResult, Status
from labkit.errors import LabError


class Mistake(Exception):
    """Something that a check found wrong, with a hint for the student."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def require(condition: object, message: str, hint: str = "") -> None:
    """Raise a `Mistake` unless the condition holds."""
    if not condition:
        raise Mistake(message, hint)


def judge(name: str, look: Callable[[], str], *, points: int = 0) -> CheckResult:
    """What `look` returns has passed; what it raises is told as what is wrong, with a hint.

    >>> judge("q2_1", lambda: "30 seconds will do.", points=1)
    ✓ q2_1: 30 seconds will do.
    """

    def wrong(message: str, hint: str = "") -> CheckResult:
        return CheckResult(name, Status.WRONG, message, hint, points)

    try:
        return CheckResult(name, Status.PASSED, look(), points=points)
    except Mistake as mistake:
        return wrong(str(mistake), mistake.hint)
    except LabError as error:  # its message holds the next step already
        return wrong(str(error))
    except ClientError as error:
        said = error.response["Error"]
        message = f"{error.operation_name} was refused with {said['Code']}: {said['Message']}"
        return wrong(message, "Run the steps above again, in order.")
    except BotoCoreError as error:
        hint = "Connect again with labkit.connect(), then run the notebook from its top."
        return wrong(f"The lab does not answer: {error}", hint)
    except Exception as error:
        message = f"The check met what it cannot read: {type(error).__name__}: {error}"
        return wrong(message, "Run the notebook again from its top.")
