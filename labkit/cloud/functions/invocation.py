"""One event for a function, and the headers in which its worker gets to know about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Invocation:
    """One event for a function. `client_context` is JSON text on one line."""

    request_id: str
    payload: bytes
    function_arn: str
    trace: str
    client_context: str | None = None

    def headers(self, *, deadline: float) -> dict[str, str]:
        """The headers of the Runtime API; `deadline` is in seconds on the machine's own clock.

        https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-next
        """
        headers = {
            "Lambda-Runtime-Aws-Request-Id": self.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self.function_arn,
            "Lambda-Runtime-Trace-Id": self.trace,
        }
        if self.client_context is not None:
            headers["Lambda-Runtime-Client-Context"] = self.client_context
        return headers
