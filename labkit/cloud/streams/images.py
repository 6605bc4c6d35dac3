"""A DynamoDB item as it stands in a stream record, and the bytes that it counts for.

Sizes follow "DynamoDB item sizes and formats" of the DynamoDB developer guide
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html).
They reproduce every `SizeBytes` of AWS's recordings: 70 with a binary, 58 with a boolean, 39 with
a two-digit number, 46, 32, 24 and 20 with strings.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from moto.dynamodb.models.dynamo_type import Item

from labkit.cloud.streams.wire import wire

CONTAINER_BYTES = 3
ELEMENT_BYTES = 1

Image = dict[str, dict[str, Any]]


def image_of(item: Item) -> Image:
    """A copy of the item in DynamoDB's JSON, binary values as base64 text."""
    return {name: wire(attribute) for name, attribute in item.attrs.items()}


def is_same(one: Image, other: Image) -> bool:
    """Whether two images are the same to DynamoDB: 1 is 1.0, and a set has no order."""
    return one.keys() == other.keys() and all(
        _is_same_value(value, other[name]) for name, value in one.items()
    )


def size_of(image: Image) -> int:
    """Bytes of attribute names and values."""
    return sum(len(name.encode()) + size_of_value(value) for name, value in image.items())


def size_of_value(attribute: dict[str, Any]) -> int:
    """Bytes of one attribute value in DynamoDB's JSON."""
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return _size_of_number(value)
        case "B":
            return _size_of_base64(value)
        case "SS":
            return sum(len(member.encode()) for member in value)
        case "NS":
            return sum(_size_of_number(member) for member in value)
        case "BS":
            return sum(_size_of_base64(member) for member in value)
        case "M":
            members = sum(
                len(k.encode()) + size_of_value(v) + ELEMENT_BYTES for k, v in value.items()
            )
            return CONTAINER_BYTES + members
        case "L":
            return CONTAINER_BYTES + sum(size_of_value(v) + ELEMENT_BYTES for v in value)
        case _:
            return 1  # BOOL and NULL


def _size_of_number(number: str) -> int:
    # "The size of a number is approximately 1 byte per two significant digits + 1 byte";
    # "leading and trailing zeroes are trimmed".
    digits = "".join(map(str, Decimal(number).as_tuple().digits)).strip("0")
    return (len(digits) + 1) // 2 + 1


def _size_of_base64(text: str) -> int:
    return len(text) * 3 // 4 - text[-2:].count("=")


def _is_same_value(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one == other:
        return True
    ((kind, value),) = one.items()
    if other.keys() != {kind}:
        return False
    match kind:
        case "N":
            return Decimal(value) == Decimal(other["N"])
        case "NS":
            return {Decimal(n) for n in value} == {Decimal(n) for n in other["NS"]}
        case "SS" | "BS":
            return set(value) == set(other[kind])
        case "M":
            return is_same(value, other["M"])
        case "L":
            return len(value) == len(other["L"]) and all(map(_is_same_value, value, other["L"]))
        case _:
            return False
