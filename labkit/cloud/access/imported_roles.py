"""The roles that an OpenAPI document hands to API Gateway: those of its integrations.

Importing it takes iam:PassRole on each, as putting the integrations one by one would.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.apigateway.utils import deserialize_body

INTEGRATION = "x-amazon-apigateway-integration"


def roles_of(body: bytes) -> list[str]:
    """The roles in a document, JSON or YAML; none in what cannot be read, which is refused later.

    >>> roles_of(b'{"openapi": "3.0.1", "x-amazon-apigateway-integration": {"credentials": "r"}}')
    ['r']
    >>> roles_of(b"{")
    []
    """
    try:
        return sorted({*_roles(deserialize_body(body.decode()))})
    except Exception:  # YAML fails in many ways
        return []


def _roles(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        integration = part.get(INTEGRATION)
        if isinstance(integration, dict) and integration.get("credentials"):
            yield str(integration["credentials"])
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _roles(inner)
