"""One asynchronous invocation of a Lambda function of this cloud."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from labkit.cloud.functions.errors import FunctionNotFound, Refused
from labkit.cloud.notifications.errors import DeliveryFailed, DeliveryRefused

if TYPE_CHECKING:
    from labkit.cloud.functions import Functions


async def invoke(functions: Functions, function_arn: str, event: dict[str, Any]) -> None:
    """Hand the event over; Lambda's own retries follow once it has accepted it."""
    try:
        functions.accept(function_arn, json.dumps(event).encode())
    except FunctionNotFound:
        raise DeliveryRefused(f"{function_arn} does not exist") from None
    except Refused as error:
        raise DeliveryFailed(f"{function_arn}: {error}") from None
