"""The errors of the event source mapping API.

LambdaClientError      moto's
├── InvalidParameter   400  InvalidParameterValueException, moto's: what does not fit the source,
│                           the function or the other parameters
└── MappingInUse       400  ResourceInUseException
"""

from __future__ import annotations

from moto.awslambda.exceptions import InvalidParameterValueException as InvalidParameter
from moto.awslambda.exceptions import LambdaClientError

__all__ = ["InvalidParameter", "MappingInUse", "not_supported"]


class MappingInUse(LambdaClientError):
    """The mapping is being deleted."""

    def __init__(self, verb: str) -> None:
        text = f"Cannot {verb} the event source mapping because it is in use."
        super().__init__("ResourceInUseException", text)


def not_supported(what: str) -> InvalidParameter:
    """The refusal of something that AWS offers and the local cloud does not."""
    return InvalidParameter(
        f"{what} is not supported by the local cloud; see its fidelity table for what is."
    )
