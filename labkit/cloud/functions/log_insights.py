"""Queries of CloudWatch Logs Insights, as far as a look into a function's log needs them.

    fields @timestamp, @message | filter @message like /ERROR/ | sort @timestamp desc | limit 20

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
What else there is in that language (stats, parse, fields of JSON) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from moto.logs.exceptions import InvalidParameterException
from moto.logs.models import LogEvent, LogGroup, LogStream

from labkit.cloud.functions.json_patterns import Test, searches
from labkit.cloud.refusals import MESSAGE

COMMAND = re.compile(
    r"""\s*(?:fields\s+(?P<fields>@\w+(?:\s*,\s*@\w+)*)
    |filter\s+@message\s+like\s+(?:/(?P<regex>(?:[^/\\]|\\.)+)/|(?P<quote>["'])(?P<text>.*?)(?P=quote))
    |sort\s+@timestamp(?:\s+(?P<order>asc|desc))?
    |limit\s+(?P<limit>\d+))\s*(?:\||$)""",
    re.VERBOSE | re.IGNORECASE,
)
MOST_RESULTS = 10_000
FIELDS: dict[str, Callable[[LogGroup, LogStream, LogEvent], str]] = {
    "@timestamp": lambda _group, _stream, event: _time(event.timestamp),
    "@message": lambda _group, _stream, event: event.message,
    "@ingestionTime": lambda _group, _stream, event: _time(event.ingestion_time),
    "@logStream": lambda _group, stream, _event: stream.log_stream_name,
    "@log": lambda group, _stream, _event: f"{group.account_id}:{group.name}",
}


def execute_query(
    log_groups: list[LogGroup], query: str, start_time: int, end_time: int
) -> list[dict[str, str]]:
    """The results of a query from one second to the end of another, newest first unless sorted."""
    shown, tests, newest_first, limit = ["@timestamp", "@message"], [], True, MOST_RESULTS
    for command in _commands(query):
        if command["fields"]:
            shown = re.split(r"\s*,\s*", command["fields"])
        elif command["regex"] or command["quote"]:
            tests.append(_test(command["regex"], command["text"]))
        elif command["limit"]:
            limit = int(command["limit"])
        else:
            newest_first = (command["order"] or "asc").lower() == "desc"
    found = [
        (group, stream, event)
        for group in log_groups
        for stream in group.streams.values()
        for event in stream.events
        if start_time * 1000 <= event.timestamp < (end_time + 1) * 1000
        and all(test(event.message) for test in tests)
    ]
    found.sort(key=lambda row: row[2].timestamp, reverse=newest_first)
    return [
        {**{name: FIELDS[name](*row) for name in shown}, "@ptr": str(row[2].event_id)}
        for row in found[:limit]
    ]


def _commands(query: str) -> Iterator[dict[str, Any]]:
    position = 0
    while position < len(query):
        found = COMMAND.match(query, position)
        names = re.findall(r"@\w+", found["fields"] or "") if found else []
        if found is None or not FIELDS.keys() >= set(names):
            refused = f"The query's part {query[position:].strip()!r}"
            why = "fields, filter @message like, sort @timestamp and limit are what is read"
            raise InvalidParameterException(msg=MESSAGE.format(refused, why))
        yield found.groupdict()
        position = found.end()


def _test(expression: str | None, text: str) -> Test:
    return searches(expression) if expression else lambda message: text in message


def _time(milliseconds: int) -> str:
    instant = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return instant.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
