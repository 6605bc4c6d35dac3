"""What came of one invocation, and the payloads that Lambda itself writes when a function fails.

An exception in the handler is reported by the runtime client; the failures here are those that no
code in the function can report: it was too slow, it died, or it answered too much.

Sources: recordings of AWS (`Sandbox.Timedout`, `Runtime.ExitError`,
`Function.ResponseSizeTooLarge`) and the texts of AWS's own runtime interface emulator,
https://github.com/aws/aws-lambda-runtime-interface-emulator
"""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass, replace

from multidict import CIMultiDict

from labkit.cloud import traces
from labkit.cloud.messages import Response

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB and the envelope.
LARGEST_RESPONSE = 6_291_556


@dataclass(frozen=True)
class Outcome:
    """One invocation, finished.

    `function_error` is None, or AWS's "Unhandled"; the payload is then the error document. `cold`
    says whether a worker was started for it; its duration is in milliseconds, memory in MB.
    """

    request_id: str
    payload: bytes
    function_error: str | None
    executed_version: str
    log_tail: bytes
    log_stream: str
    duration_ms: float
    cold: bool
    memory_mb: int
    trace: str

    def response(self) -> Response:
        """Lambda's HTTP answer to Invoke.

        https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
        """
        headers = {
            "Content-Type": "application/json",
            "x-amzn-RequestId": self.request_id,
            "x-amzn-Remapped-Content-Length": "0",
            "X-Amz-Executed-Version": self.executed_version,
            traces.HEADER: self.trace,
        }
        if self.function_error is not None:
            headers["X-Amz-Function-Error"] = self.function_error
        return Response(200, CIMultiDict(headers), self.payload)


@dataclass(frozen=True)
class Failure:
    """Why an invocation failed: the document for its caller and the line for its log.

    After a `fatal` one the worker serves no other invocation.
    """

    error_type: str
    document: dict[str, object]
    status: str = "error"
    log_line: str | None = None
    fatal: bool = True

    @property
    def payload(self) -> bytes:
        """The document as JSON."""
        return json.dumps(self.document, ensure_ascii=False).encode()


def timed_out(request_id: str, seconds: float, *, timestamp: str) -> Failure:
    """The function ran for longer than its timeout."""
    text = f"Task timed out after {seconds:.2f} seconds"
    return Failure(
        "Sandbox.Timedout",
        {
            "errorType": "Sandbox.Timedout",
            "errorMessage": f"RequestId: {request_id} Error: {text}",
        },
        status="timeout",
        log_line=f"{timestamp} {request_id} {text}\n",
    )


def exited(request_id: str, return_code: int) -> Failure:
    """The function's process ended before it answered."""
    reason = exit_reason(return_code)
    message = f"RequestId: {request_id} Error: {reason}"
    return Failure(
        "Runtime.ExitError",
        {"errorType": "Runtime.ExitError", "errorMessage": message},
        log_line=f"{message}\nRuntime.ExitError\n",
    )


def out_of_memory(request_id: str) -> Failure:
    """The function used more memory than it has: Lambda kills it.

    Callers see the end of a killed process; the REPORT line has the reason.
    https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
    """
    killed = exited(request_id, -signal.SIGKILL)
    return replace(killed, error_type="Runtime.OutOfMemory")


def exit_reason(return_code: int) -> str:
    """AWS's words for a return code; a negative one is the signal that ended the process."""
    if return_code == 0:
        return "Runtime exited without providing a reason"
    if return_code > 0:
        return f"Runtime exited with error: exit status {return_code}"
    try:
        name = signal.strsignal(-return_code) or ""
    except ValueError:
        name = ""
    name = name.split(":")[0].lower() or str(-return_code)
    return f"Runtime exited with error: signal: {name}"


def response_too_large() -> Failure:
    """The function returned more than Lambda passes on."""
    return Failure(
        "Function.ResponseSizeTooLarge",
        {
            "errorMessage": "Response payload size exceeded maximum allowed payload size "
            f"({LARGEST_RESPONSE} bytes).",
            "errorType": "Function.ResponseSizeTooLarge",
        },
    )


def reported(document: str, *, fatal: bool = False) -> Failure:
    """The error that the runtime client reported, as the function's caller sees it."""
    try:
        parsed = json.loads(document)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        parsed = {"errorMessage": document, "errorType": "Unknown"}
    return Failure(str(parsed.get("errorType") or "Unknown"), parsed, fatal=fatal)
