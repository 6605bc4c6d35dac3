"""What API Gateway adds to a request on its way in, and to its answer: its way, and its trace.

As recorded of AWS (test_lambda_aws_proxy_integration and test_invocation_trace_id of the LocalStack
project), but for what CloudFront adds: nothing of it stands before this cloud.
"""

from __future__ import annotations

import secrets

from multidict import CIMultiDict

from labkit.cloud.messages import Request
from labkit.cloud.traces import HEADER as TRACE
from labkit.cloud.traces import ROOT, new_root


def arrived(request: Request, headers: CIMultiDict[str], *, now: float) -> CIMultiDict[str]:
    """`headers` of a request, with those that tell how it came, and its trace."""
    added = headers.copy()
    forwarded = headers.getall("X-Forwarded-For", [])
    added["X-Forwarded-For"] = ", ".join([*forwarded, request.source_ip])
    added["X-Forwarded-Port"] = headers.get("Host", "").rpartition(":")[2] or "80"
    added["X-Forwarded-Proto"] = "http"
    if not ROOT.search(headers.get(TRACE, "")):
        added[TRACE] = new_root(now)
    return added


def answered(trace: str) -> str:
    """A trace as the answer has it: with a parent, and whether it is sampled.

    >>> answered("Root=1-2;Parent=3;Sampled=1")
    'Root=1-2;Parent=3;Sampled=1'
    """
    if "Parent=" not in trace:
        trace += f";Parent={secrets.token_hex(8)}"
    return trace if "Sampled=" in trace else f"{trace};Sampled=0"
