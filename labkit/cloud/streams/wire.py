"""Items in the answers of DynamoDB and its streams, written without moto's search for names.

moto's serialiser looks every member of a structure up under several spellings, for each of the ten
members of each attribute value: a scan of 127 orders took a second. An attribute value has one
spelling only.
"""

from __future__ import annotations

import base64
from typing import Any

from botocore.model import Shape
from moto.core.serialize import SERIALIZERS, SERVICE_SPECIFIC_SERIALIZERS
from moto.dynamodb.models.dynamo_type import DynamoType

PROTOCOL = "json"


def wire(value: DynamoType | dict[str, Any]) -> dict[str, Any]:
    """One attribute value in DynamoDB's JSON, from moto's own type or from a dict of it.

    >>> wire({"L": [{"B": b"a"}, {"N": "1"}]})
    {'L': [{'B': 'YQ=='}, {'N': '1'}]}
    """
    if isinstance(value, DynamoType):
        kind, content = value.type, value.value
    else:
        ((kind, content),) = value.items()
    match kind:
        case "M":
            return {"M": {name: wire(member) for name, member in content.items()}}
        case "L":
            return {"L": [wire(member) for member in content]}
        case "B":
            return {"B": _base64(content)}
        case "BS":
            return {"BS": [_base64(member) for member in content]}
        case "SS" | "NS":
            return {kind: list(content)}
        case _:
            return {kind: content}


class ItemSerializer(SERIALIZERS[PROTOCOL]):  # type: ignore[misc]
    """moto's serialiser of JSON services, with `wire` for attribute values."""

    def _serialize(self, serialized: Any, value: Any, shape: Shape, key: str) -> None:
        if shape.name == "AttributeValue":
            serialized[self.get_serialized_name(shape, key)] = wire(value)
        else:
            super()._serialize(serialized, value, shape, key)


def install() -> None:
    """Make moto use it for DynamoDB and for DynamoDB Streams."""
    for service in ("dynamodb", "dynamodbstreams"):
        SERVICE_SPECIFIC_SERIALIZERS[service] = {PROTOCOL: ItemSerializer}


def _base64(value: bytes | str) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
