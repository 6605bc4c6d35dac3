"""The error with which this CloudWatch refuses what AWS's takes."""

from __future__ import annotations

from moto.cloudwatch.exceptions import InvalidParameterValue


def refuse(what: str) -> InvalidParameterValue:
    """The answer to a feature that this cloud would otherwise ignore."""
    return InvalidParameterValue(
        f"{what} is not in the local cloud. The fidelity table, docs/fidelity.md, says what is."
    )
