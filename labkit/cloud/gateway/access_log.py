"""Access logs: one line for each request, written as the stage's format says.

`$context.x` stands for a value, `-` for a missing one. The line goes to a CloudWatch log group.
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.apigateway.exceptions import BadRequestException

from labkit.cloud.functions.log_stream import LogStream
from labkit.cloud.functions.output import LogEvent
from labkit.cloud.gateway.headers import as_text

VARIABLE = re.compile(r"\$context((?:\.[A-Za-z][\w-]*)+)")
DESTINATION = re.compile(
    r"arn:[\w-]+:logs:(?P<region>[\w-]+):(?P<account>\d{12}):log-group:(?P<group>[^:*]+)(:\*)?"
)
LARGEST_FORMAT = 3 * 1024


@dataclass(frozen=True)
class Destination:
    """A log group."""

    region: str
    account: str
    group: str


def destination_of(arn: str) -> Destination | None:
    """The log group that an ARN names, or None.

    >>> destination_of("arn:aws:logs:us-east-1:123456789012:log-group:/api/orders").group
    '/api/orders'
    """
    found = DESTINATION.fullmatch(arn)
    return Destination(found["region"], found["account"], found["group"]) if found else None


def problem(settings: Mapping[str, str]) -> str | None:
    """Why AWS would not take these `accessLogSettings`, or None."""
    arn, layout = settings.get("destinationArn", ""), settings.get("format", "")
    if not arn:
        return "Access log destination must be specified."
    if destination_of(arn) is None:
        if ":firehose:" in arn:
            return (
                "Access logs to Firehose. Not in the local cloud; "
                "the documentation's fidelity table says what is."
            )
        return f"Invalid ARN specified in the request: {arn}"
    if "\n" in layout.strip():
        return "Access log format must be a single line."
    if len(layout) > LARGEST_FORMAT:
        return f"Access log format must be at most {LARGEST_FORMAT} characters."
    if not re.search(r"\$context\.(requestId|extendedRequestId)\b", layout):
        return (
            "Access log format must include at least one of $context.requestId or "
            "$context.extendedRequestId."
        )
    return None


def checked(settings: Mapping[str, str] | None) -> dict[str, str] | None:
    """`accessLogSettings` to keep; None when there are none.

    While a destination has no format yet, nothing is logged: `update_stage` may set one after the
    other.
    """
    if not settings or not any(settings.values()):
        return None
    if settings.get("destinationArn") and settings.get("format"):
        wrong = problem(settings)
        if wrong:
            raise BadRequestException(wrong)
    return dict(settings)


def line(layout: str, context: Mapping[str, Any]) -> str:
    """The line of one request.

    >>> line("$context.requestId $context.identity.caller $context.status", {"status": 200})
    '- - 200'
    """
    return VARIABLE.sub(lambda found: _value(found[1][1:].split("."), context), layout).strip()


def write(
    settings: Mapping[str, str] | None, context: Mapping[str, Any], *, name: str, now: float
) -> None:
    """Write a request's line to the log of the stage called `name`."""
    if not settings or not settings.get("format"):
        return
    destination = destination_of(settings.get("destinationArn", ""))
    if destination is not None:
        event = LogEvent(line(settings["format"], context), now)
        stream(destination, name).write([event], now=now)


def stream(destination: Destination, name: str) -> LogStream:
    """The stream of a log group that a stage writes to; its name is 32 hexadecimal digits."""
    digits = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
    return LogStream(destination.account, destination.region, destination.group, digits)


def _value(path: list[str], context: Mapping[str, Any]) -> str:
    value: Any = context
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return "-" if value is None or isinstance(value, Mapping) else as_text(value)
