"""`LAB_IAM` says what a denial means.

"enforce" refuses the call as AWS would, "observe" lets it through and prints the statement that is
missing, "off" asks nobody.
"""

from __future__ import annotations

from enum import StrEnum

from labkit.errors import SettingError

VARIABLE = "LAB_IAM"


class Mode(StrEnum):
    """What a denial means."""

    ENFORCE = "enforce"
    OBSERVE = "observe"
    OFF = "off"


def mode_of(setting: str | None) -> Mode:
    """The mode that `LAB_IAM` asks for; SettingError for one that there is not.

    >>> mode_of(None)
    <Mode.ENFORCE: 'enforce'>
    """
    try:
        return Mode(setting or Mode.ENFORCE)
    except ValueError:
        raise SettingError(
            f"{VARIABLE}={setting} is none of enforce, observe and off. Choose one of them."
        ) from None
