"""Who may talk to the local cloud: programs of this machine, and no web page.

A page in the reader's browser can send requests to 127.0.0.1, directly or by DNS rebinding. The
first shows in `Origin` and `Sec-Fetch-Site`, the second in a `Host` that is not loopback. The
cloud answers neither, and sends no CORS header, ever.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from multidict import CIMultiDict

from labkit.cloud.messages import Request, Response

LOOPBACK_NAMES = {"127.0.0.1", "localhost", "::1"}


def refusal(request: Request, authority: str) -> Response | None:
    """Why this request is not served, as a response, or None when it may pass.

    >>> from multidict import CIMultiDict
    >>> evil = Request("GET", "/", headers=CIMultiDict(Host="evil.example"))
    >>> refusal(evil, "127.0.0.1:4566").status
    403
    """
    host = request.headers.get("Host", "")
    if not is_loopback(host):
        return _forbidden(
            f"The local cloud does not answer for host '{host}'. Use http://{authority}."
        )
    if _from_another_page(request.headers, host):
        return _forbidden(
            "The local cloud does not answer web pages of another origin. "
            "Call it from a program, such as boto3, the AWS CLI or curl."
        )
    return None


def is_loopback(host: str) -> bool:
    """Whether a Host header names this machine's loopback."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name in LOOPBACK_NAMES or name.endswith(".localhost")


def _from_another_page(headers: CIMultiDict[str], host: str) -> bool:
    if headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return True
    origin = headers.get("Origin")
    return origin is not None and origin != f"http://{host}"


def _forbidden(message: str) -> Response:
    return Response.of_json({"message": message}, 403)
