"""Checks of parameter mappings when an integration is made, with AWS's message.

The most frequent slip is a static value without its inner single quotes:
`"'application/x-www-form-urlencoded'"`.
https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

REQUEST_PARAMETER = re.compile(
    r"method\.request\.(path|(multivalue)?(querystring|header))\.[\w.\-]+"
)
REQUEST_TARGET = re.compile(r"integration\.request\.(header|querystring|path)\.[\w.\-]+")
RESPONSE_TARGET = re.compile(r"method\.response\.header\.[\w.\-]+")
REQUEST_SOURCE = re.compile(
    r"'[^']*'|context\.[\w.\-]+|stageVariables\.\w+"
    r"|method\.request\.(path|querystring|multivaluequerystring|header|multivalueheader)\.[\w.\-]+"
    r"|method\.request\.body(\..+|\[.+)?"
)
RESPONSE_SOURCE = re.compile(
    r"'[^']*'|context\.[\w.\-]+|stageVariables\.\w+"
    r"|integration\.response\.(header|multivalueheader)\.[\w.\-]+"
    r"|integration\.response\.body(\..+|\[.+)?"
)
INVALID = "Invalid mapping expression specified: Validation Result: warnings : [], errors : [{}]"


def problem_in_request(mappings: Mapping[str, str] | None, declared: Set[str]) -> str | None:
    """AWS's message for the first bad `requestParameters` entry of an integration, or None.

    `declared` holds the method's own request parameters; only those may be mapped.
    """
    for target, source in (mappings or {}).items():
        if bad := unreadable(target, REQUEST_TARGET) or unreadable(source, REQUEST_SOURCE):
            return bad
        plain = source.replace(".multivalue", ".")
        declarable = re.match(r"method\.request\.(path|querystring|header)\.", plain)
        if declarable and plain not in declared:
            return _undeclared(source)
    return None


def problem_in_response(
    mappings: Mapping[str, str] | None, declared: Set[str] | None
) -> str | None:
    """The same for the `responseParameters` of an integration response.

    `declared` holds the method response's parameters; None when there is no method response yet.
    """
    for target, source in (mappings or {}).items():
        if bad := unreadable(target, RESPONSE_TARGET) or unreadable(source, RESPONSE_SOURCE):
            return bad
        if declared is not None and target not in declared:
            return _undeclared(target)
    return None


def unreadable(expression: str, allowed: re.Pattern[str]) -> str | None:
    """AWS's message for an expression that is not of a form, or None."""
    if allowed.fullmatch(expression):
        return None
    return INVALID.format(f"Invalid mapping expression specified: {expression}")


def _undeclared(parameter: str) -> str:
    return INVALID.format(f"Invalid mapping expression parameter specified: {parameter}")
