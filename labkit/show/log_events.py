"""A function's log: CloudWatch's events as lines, each told to which request it belongs.

Lambda writes all invocations of one worker into one log stream, one after the other, each between
START and REPORT; that is how a line without a request id still finds its request. Lines are shown
request by request, in the order in which the requests started.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError

from labkit.lab import Lab
from labkit.show.frames import Frame, build_frame
from labkit.show.functions import function, log_group_of
from labkit.show.missing import is_not_found
from labkit.show.stable import Aliases, compact, offsets

LONGEST_LINE = 2000  # characters displayed: a traceback is read to its end
LOG_COLUMNS = ["time", "request", "level", "message"]

# The text lines that Lambda and its Python runtime write; recorded in "Lambda function logs".
# https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
START = re.compile(r"START RequestId: (?P<id>\S+)")
REPORT = re.compile(r"REPORT RequestId: (?P<id>\S+)")
LEVELLED = re.compile(r"\[(?P<level>[A-Z]+)\]\t\S+\t\S*\t(?P<message>.*)", re.DOTALL)
FAULT = re.compile(r"\[ERROR\] (?P<message>.*)", re.DOTALL)
MEASURED = re.compile(r"(?P<name>Duration|Max Memory Used): [\d.]+")
# Request and message ids, the sequence numbers of stream records, and instants in milliseconds.
RANDOM = re.compile(r"\b([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{20,}|1[0-9]{12})\b")
PLATFORM = ("INIT_START", "START", "END", "REPORT")
# What JSON lines carry besides their message and the fields that the function adds.
JSON_FRAME = {"timestamp", "level", "log_level", "message", "requestId", "logger"}


@dataclass(frozen=True)
class Line:
    """One log event: epoch seconds, request id, level, text, and its fields if it is JSON."""

    time: float
    request: str
    level: str
    message: str
    fields: dict[str, Any] = field(default_factory=dict)


def logs(lab: Lab, name: str, *, ids: bool = False) -> Frame:
    """What a function wrote to its log, request by request.

    Columns: time (seconds after the first line), request (an alias), level (INFO, ERROR, ...; or
    PLATFORM for Lambda's own START, END and REPORT), message. Fields of a structured (JSON) line
    follow its message as `name=value`. With `ids=True` ids, measured durations and memory are
    shown as they are; without, an alias or `…` stands for them. An empty frame when nothing was
    logged. Raises `StageMissing` when the function does not exist.

    >>> show.logs(lab, "order-writer")
    time    request    level     message
    +0.0 s  request-1  PLATFORM  INIT_START Runtime Version: ...
    ...     request-1  PLATFORM  START RequestId: request-1 Version: $LATEST
    ...     request-1  INFO      outcome=stored, orderID=536365, messageId=…, ...
    ...
    """
    lines = by_request(read_lines(lab, name))
    aliases = Aliases("request", ids=ids)
    times = offsets(line.time for line in lines)
    named = [aliases[line.request] if line.request else "" for line in lines]
    rows = [
        {
            "time": time,
            "request": request,
            "level": line.level,
            "message": line.message if ids else _without_ids(line.message, aliases),
        }
        for line, time, request in zip(lines, times, named, strict=True)
    ]
    return build_frame(LOG_COLUMNS, rows, longest=LONGEST_LINE)


def read_lines(lab: Lab, name: str) -> list[Line]:
    """Every line of a function's log, stream by stream, each line with its request."""
    configuration = lab.client("lambda").get_function_configuration
    try:
        group = log_group_of(configuration(FunctionName=name))
    except ClientError as error:
        if is_not_found(error):
            function(lab, name)
        raise
    streams: dict[str, list[dict[str, Any]]] = {}
    pages = lab.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    try:
        for page in pages:
            for event in page["events"]:
                streams.setdefault(event["logStreamName"], []).append(event)
    except ClientError as error:
        if not is_not_found(error):
            raise
    return [line for stream in sorted(streams) for line in read_stream(streams[stream])]


def read_stream(events: list[dict[str, Any]]) -> Iterator[Line]:
    """The lines of one log stream; those before a START belong to the request that follows.

    >>> start = {"timestamp": 1000, "message": "START RequestId: 7d1c Version: $LATEST"}
    >>> next(read_stream([start])).request
    '7d1c'
    """
    waiting: list[Line] = []
    request = ""
    for event in events:
        text = event["message"].rstrip()
        started, ended = START.match(text), REPORT.match(text)
        request = started["id"] if started else request
        line = Line(event["timestamp"] / 1000, request, *parse(text), fields_of(text))
        if request:
            yield from (replace(early, request=request) for early in waiting)
            waiting = []
            yield line
        else:
            waiting.append(line)
        request = "" if ended else request
    yield from waiting


def parse(text: str) -> tuple[str, str]:
    """Level and message of one line, in Lambda's text format or its JSON format.

    >>> parse("[INFO]\\t2026-11-23T03:41:30.123Z\\t7d1c\\tstored")
    ('INFO', 'stored')
    """
    if text.startswith(PLATFORM):
        return "PLATFORM", text.replace("\t", "  ")
    if levelled := LEVELLED.match(text):
        return levelled["level"], _structured(levelled["message"])[1]
    if fault := FAULT.match(text):
        return "ERROR", fault["message"].replace("\u00a0", " ")
    return _structured(text)


def fields_of(text: str) -> dict[str, Any]:
    """The JSON object that a function logged in a line; empty for any other line.

    >>> fields_of('[INFO]\\t2026-11-23T03:41:30.123Z\\t7d1c\\t{"outcome": "stored"}')
    {'outcome': 'stored'}
    """
    levelled = LEVELLED.match(text)
    try:
        entry = json.loads(levelled["message"] if levelled else text)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def by_request(lines: list[Line]) -> list[Line]:
    """Lines grouped by request, the request that started first coming first."""
    first: dict[str, tuple[float, int]] = {}
    for place, line in enumerate(lines):
        first.setdefault(line.request, (line.time, place))
    return sorted(lines, key=lambda line: first[line.request])


def _structured(text: str) -> tuple[str, str]:
    try:
        entry = json.loads(text)
    except ValueError:
        return "", text
    if not isinstance(entry, dict):
        return "", text
    level = str(entry.get("level") or entry.get("log_level") or "")
    parts = [str(entry["message"])] if "message" in entry else []
    parts += [f"{name}={compact(entry[name])}" for name in entry if name not in JSON_FRAME]
    return level, ", ".join(parts)


def _without_ids(message: str, aliases: Aliases) -> str:
    names = aliases.known()
    message = RANDOM.sub(lambda found: names.get(found[0], "…"), message)
    return MEASURED.sub(r"\g<name>: …", message)
