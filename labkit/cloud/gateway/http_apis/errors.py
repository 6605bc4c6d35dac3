"""Errors of the control plane of HTTP APIs that moto does not have."""

from __future__ import annotations

from moto.apigatewayv2.exceptions import APIGatewayV2Error


class Conflict(APIGatewayV2Error):
    """What is there already, or still in use."""

    code = 409

    def __init__(self, message: str) -> None:
        super().__init__("ConflictException", message)


class NotFound(APIGatewayV2Error):
    """An identifier that nothing has."""

    code = 404

    def __init__(self, message: str) -> None:
        super().__init__("NotFoundException", message)
