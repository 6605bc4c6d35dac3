"""The errors with which CloudWatch, or this one in its place, refuses a request."""

from __future__ import annotations

from moto.cloudwatch.exceptions import InvalidParameterCombination, InvalidParameterValue


def refuse(what: str) -> InvalidParameterValue:
    """The answer to a feature that this cloud would otherwise ignore."""
    return InvalidParameterValue(
        f"{what} is not in the local cloud. The fidelity table, docs/fidelity.md, says what is."
    )


def invalid(message: str) -> InvalidParameterValue:
    """A parameter has a value that AWS refuses too."""
    return InvalidParameterValue(message)


def at_odds(message: str) -> InvalidParameterCombination:
    """Parameters do not go together."""
    return InvalidParameterCombination(message)
