"""Lambda's errors with the fields that AWS sends, where moto leaves them out.

The API's model names them: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.awslambda.exceptions import LambdaClientError

Handler = Callable[[Any, str, Any], Any]


def with_fields(handler: Handler) -> Handler:
    """One of moto's handlers, whose errors have AWS's fields."""

    @wraps(handler)
    def answer(request: Any, full_url: str, headers: Any) -> Any:
        try:
            return handler(request, full_url, headers)
        except LambdaClientError as error:
            error.description = json.dumps(fields(error.error_type, error.message))
            raise

    return answer


def fields(error_type: str, message: str) -> dict[str, str]:
    """The body of an error; that of a missing resource alone spells `Message` with a capital.

    >>> fields("ResourceNotFoundException", "Function not found: arn")
    {'Type': 'User', 'Message': 'Function not found: arn'}
    """
    name = "Message" if error_type == "ResourceNotFoundException" else "message"
    return {"Type": "User", name: message}
