"""Lists that come a page at a time, with a marker for the next one.

https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException, ValidationException

LARGEST = 50
MOST = 10_000


def page_of(
    name: str,
    entries: Sequence[Any],
    *,
    marker: str | None,
    most: str | None,
    largest: int = LARGEST,
) -> dict[str, Any]:
    """The entries after a marker, at most `most` of them and never more than `largest`.

    >>> page_of("Functions", ["a", "b", "c"], marker=None, most="2")
    {'Functions': ['a', 'b'], 'NextMarker': 'Mg=='}
    >>> page_of("Functions", ["a", "b", "c"], marker="Mg==", most="2")
    {'Functions': ['c']}
    """
    first, size = _offset(marker), _size(most, largest)
    page: dict[str, Any] = {name: list(entries[first : first + size])}
    if first + size < len(entries):
        page["NextMarker"] = base64.b64encode(str(first + size).encode()).decode()
    return page


def _offset(marker: str | None) -> int:
    try:
        return abs(int(base64.b64decode(marker, validate=True))) if marker else 0
    except (ValueError, binascii.Error):
        raise InvalidParameterValueException("The provided marker is invalid.") from None


def _size(most: str | None, largest: int) -> int:
    try:
        asked = int(most) if most else largest
    except ValueError:
        raise InvalidParameterValueException(f"MaxItems must be a number, not {most}.") from None
    if not 1 <= asked <= MOST:
        bound = "greater than or equal to 1" if asked < 1 else f"less than or equal to {MOST}"
        raise ValidationException(asked, "maxItems", f"Member must have value {bound}")
    return min(asked, largest)
