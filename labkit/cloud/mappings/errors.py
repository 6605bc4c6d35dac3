"""The errors of the event source mapping API, with the fields that AWS sends (recorded).

MappingError
├── InvalidParameter   400  InvalidParameterValueException
├── ValidationFailed   400  ValidationException
├── Malformed          400  SerializationException
├── MappingExists      409  ResourceConflictException
├── MappingInUse       400  ResourceInUseException
└── UnknownMapping     404  ResourceNotFoundException
"""

from __future__ import annotations

import json
from typing import ClassVar

from moto.core.exceptions import JsonRESTError

from labkit.cloud.constraints import violation


class MappingError(JsonRESTError):
    """An error that moto's front turns into AWS's response."""

    error_type: ClassVar[str]

    def __init__(self, message: str) -> None:
        super().__init__(self.error_type, message)
        self.description = json.dumps({"Type": "User", "message": message})


class InvalidParameter(MappingError):
    """A parameter that does not fit the source, the function or the other parameters."""

    error_type = "InvalidParameterValueException"


class ValidationFailed(MappingError):
    """A value outside of the range or the set that the API's model names."""

    error_type = "ValidationException"

    def __init__(self, value: object, parameter: str, constraint: str) -> None:
        super().__init__(violation(parameter, value, constraint))
        # Unlike the service's own exceptions this one has no Type (recorded).
        self.description = json.dumps({"message": self.message})


class Malformed(MappingError):
    """A body that is not JSON, or has a value of the wrong type."""

    error_type = "SerializationException"


class MappingExists(MappingError):
    """The same source already invokes the same function."""

    code = 409
    error_type = "ResourceConflictException"


class MappingInUse(MappingError):
    """The mapping is being deleted."""

    error_type = "ResourceInUseException"


class UnknownMapping(MappingError):
    """There is no mapping with this UUID."""

    code = 404
    error_type = "ResourceNotFoundException"

    def __init__(self) -> None:
        super().__init__("The resource you requested does not exist.")


def not_supported(what: str) -> InvalidParameter:
    """The refusal of something that AWS offers and the local cloud does not."""
    return InvalidParameter(
        f"{what} is not supported by the local cloud; see its fidelity table for what is."
    )
