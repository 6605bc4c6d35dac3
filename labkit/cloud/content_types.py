"""The content type of an answer, which moto leaves out or cuts short.

https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

from labkit.cloud.messages import Response
from labkit.cloud.protocols import Protocol
from labkit.cloud.readings import Reading


def typed(reading: Reading, response: Response) -> Response:
    """An answer with the content type of the protocol that its request came by.

    >>> from labkit.cloud.messages import Request
    >>> from labkit.cloud.readings import read
    >>> asked = read("logs", Request("POST", "/"))
    >>> typed(asked, Response(body=b"{}")).headers["Content-Type"]
    'application/x-amz-json-1.1'
    """
    if response.body and response.headers.get("Content-Type", "text") == "text":
        if reading.protocol is Protocol.REST:
            response.headers["Content-Type"] = "application/json"
        elif reading.protocol is Protocol.JSON and reading.model is not None:
            version = reading.model.metadata.get("jsonVersion", "1.0")
            response.headers["Content-Type"] = f"application/x-amz-json-{version}"
    return response
