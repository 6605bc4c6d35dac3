"""What an integration sends to its backend.

https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from multidict import CIMultiDict

from labkit.cloud.gateway.headers import as_text


@dataclass(frozen=True)
class BackendRequest:
    """What an integration sends."""

    uri: str
    method: str
    headers: CIMultiDict[str]
    query: tuple[tuple[str, str], ...]
    body: bytes


def headers_of(api_id: str, content_type: str) -> CIMultiDict[str]:
    """The headers of an integration request that maps none."""
    return CIMultiDict(
        {
            "Content-Type": content_type,
            "Accept": "application/json",
            "User-Agent": f"AmazonAPIGateway_{api_id}",
        }
    )


def uri_of(
    uri: str, stage_variables: Mapping[str, str], path: Mapping[str, Any] | None = None
) -> str:
    """An integration URI with its stage variables and `{path}` parameters filled in."""
    path = path or {}
    uri = re.sub(
        r"\$\{stageVariables\.(\w+)\}", lambda found: stage_variables.get(found[1], ""), uri
    )
    return re.sub(
        r"\{(\w+)\}", lambda found: as_text(path[found[1]]) if found[1] in path else found[0], uri
    )
