"""Lambda's errors with the fields that AWS sends, where moto leaves them out.

The API's model names them: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

Handler = Callable[[Any, str, Any], Any]
MOTOS_TYPE = "__type"


def with_fields(handler: Handler) -> Handler:
    """One of moto's handlers, whose errors have AWS's fields."""

    @wraps(handler)
    def answer(request: Any, full_url: str, headers: Any) -> Any:
        status, answered, body = handler(request, full_url, headers)
        if status >= 400 and MOTOS_TYPE in str(body):
            body = json.dumps(fields(json.loads(body)))
        return status, answered, body

    return answer


def fields(error: dict[str, str]) -> dict[str, str]:
    """The body of an error of moto's, as AWS sends it; its type is in a header.

    Some spell `Message` with a capital, and only what the service itself refuses has a Type.

    >>> fields({"__type": "ResourceNotFoundException", "message": "Function not found: arn"})
    {'Type': 'User', 'Message': 'Function not found: arn'}
    """
    match error.get(MOTOS_TYPE):
        case "ValidationException":
            return {"message": error["message"]}
        case "ResourceInUseException" | "ResourceNotFoundException":
            return {"Type": "User", "Message": error["message"]}
    return {"Type": "User", "message": error["message"]}
