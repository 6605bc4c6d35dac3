"""Lists of the control plane come in pages; moto answers each as a whole.

A page has 25 entries, or as many as `limit` says up to 500; `position` leads from one to the next.
https://docs.aws.amazon.com/apigateway/latest/api/API_GetResources.html
"""

from __future__ import annotations

from typing import Any

from moto.apigateway.exceptions import BadRequestException

PAGE = 25
LONGEST_NUMBER = 10  # of digits: Python reads no number of thousands
LARGEST_PAGE = 500
# Those with `limit` and `position`, which `GET .../stages` for one does not have.
PAGED = {
    "GetApiKeys",
    "GetDeployments",
    "GetGatewayResponses",
    "GetModels",
    "GetRequestValidators",
    "GetResources",
    "GetRestApis",
    "GetUsage",
    "GetUsagePlanKeys",
    "GetUsagePlans",
}


def page(document: dict[str, Any], *, limit: str | None, position: str | None) -> dict[str, Any]:
    """One page of an answer whose entries are the list `item` or, of usage, the map `values`.

    >>> page({"item": [1, 2, 3]}, limit="2", position=None)
    {'item': [1, 2], 'position': '2'}
    """
    size, first = _number(limit or PAGE, "limit", 1), _number(position or 0, "position", 0)
    name = "values" if "values" in document else "item"
    entries = document[name]
    if isinstance(entries, dict):
        shown: Any = dict(list(entries.items())[first : first + size])
    else:
        shown = entries[first : first + size]
    following = {"position": str(first + size)} if first + size < len(entries) else {}
    return {**document, name: shown, **following}


def _number(text: str | int, name: str, least: int) -> int:
    given = str(text)
    number = int(given) if given.isdecimal() and len(given) < LONGEST_NUMBER else -1
    if number < least or (name == "limit" and number > LARGEST_PAGE):
        raise BadRequestException(f"Invalid {name} '{text}'")
    return number
