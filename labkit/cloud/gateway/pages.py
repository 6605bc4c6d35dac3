"""Lists of the control plane come in pages; moto answers each as a whole.

A page of a REST API's list has 25 entries, or as many as `limit` says up to 500; `position` leads
from one to the next. Lists of HTTP APIs come whole to whom asks for no `maxResults`.
https://docs.aws.amazon.com/apigateway/latest/api/API_GetResources.html
https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.apigateway.exceptions import BadRequestException

LARGEST_PAGE = 500
LARGEST_NUMBER = 10**9
WHOLE = {"GetStages"}
Answer = tuple[int, dict[str, Any], str]


@dataclass(frozen=True)
class Form:
    """What the parts of a list are called, and how many entries a page has."""

    entries: str
    size: str
    start: str
    page: int


REST = Form("item", "limit", "position", 25)
HTTP = Form("items", "maxResults", "nextToken", LARGEST_PAGE)


def paged(answer: Answer, form: Form, asked: Callable[[str], str | None]) -> Answer:
    """The page of an answer's list that is asked for.

    >>> whole = (200, {}, '{"item": [1, 2, 3]}')
    >>> paged(whole, REST, {"limit": "2"}.get)[2]
    '{"item": [1, 2], "position": "2"}'
    """
    status, headers, body = answer
    document = json.loads(body) if body and status < 400 else {}
    if form.entries not in document:
        return answer
    # As recorded, a limit below zero is none.
    size = max(0, _number(form.size, asked, range(-LARGEST_NUMBER, LARGEST_PAGE + 1))) or form.page
    first = _number(form.start, asked, range(LARGEST_NUMBER))
    entries = document[form.entries]
    document[form.entries] = entries[first : first + size]
    if first + size < len(entries):
        document[form.start] = str(first + size)
    return status, headers, json.dumps(document)


def _number(name: str, asked: Callable[[str], str | None], allowed: range) -> int:
    text = str(asked(name) or 0)
    short = len(text) < len(str(LARGEST_NUMBER))  # Python reads no number of thousands of digits
    if not (short and text.removeprefix("-").isdecimal() and int(text) in allowed):
        raise BadRequestException(f"Invalid {name} '{text}'")
    return int(text)
