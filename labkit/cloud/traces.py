"""The header that says which trace of X-Ray's a request is part of.

There is no X-Ray here; services pass the header on all the same, and clients send one that is
sampled if they like.
https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
"""

from __future__ import annotations

import re
import secrets

HEADER = "X-Amzn-Trace-Id"
ROOT = re.compile(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}")


def new_root(now: float) -> str:
    """The root of a new trace."""
    return f"Root=1-{int(now):08x}-{secrets.token_hex(12)}"


def next_step(trace: str, *, now: float) -> str:
    """The header of the next step of a trace, a new one that is not sampled if there is none.

    >>> next_step("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1", now=0).partition(";")[0]
    'Root=1-5759e988-bd862e3fe1be46a994272793'
    """
    root = ROOT.search(trace)
    sampled = int(root is not None and "Sampled=1" in trace)
    parent = secrets.token_hex(8)
    return f"{root[0] if root else new_root(now)};Parent={parent};Sampled={sampled}"
