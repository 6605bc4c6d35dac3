"""Logs Insights: the queries that are answered, and those that are not."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

START = int(time.time()) - 60
LAST = f"{datetime.fromtimestamp(START + 2, UTC):%Y-%m-%d %H:%M:%S}.999"
LINES = ["INFO one", "ERROR two", "WARN three"]


@pytest.fixture(scope="module")
def ask(client: Callable[..., Any]) -> Callable[..., Any]:
    """Asks a log group with three lines, a second apart; gives the rows without their pointers."""
    logs, group = client("logs"), f"/shop/{uuid4()}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="till")
    now = START * 1000 + 999
    events = [
        {"timestamp": now + number * 1000, "message": line} for number, line in enumerate(LINES)
    ]
    backend = {"logGroupName": group, "logStreamName": "till"}
    logs.put_log_events(**backend, logEvents=events)

    def query(text: str, *, seconds: int = 60) -> list[dict[str, str]]:
        query_id = logs.start_query(
            logGroupName=group, startTime=START, endTime=START + seconds, queryString=text
        )["queryId"]
        answer = logs.get_query_results(queryId=query_id)
        assert answer["status"] == "Complete"
        rows = [{each["field"]: each["value"] for each in row} for row in answer["results"]]
        assert all(row.pop("@ptr") for row in rows)
        return rows

    return query


def messages(rows: list[dict[str, str]]) -> list[str]:
    """What the rows' events say, by their last word."""
    return [row["@message"].split()[-1] for row in rows]


@pytest.mark.fidelity(
    "CloudWatch",
    "Logs Insights shows fields of events, filters by message, sorts and limits.",
    source="CloudWatch Logs guide: CWL_QuerySyntax",
)
def test_a_query_is_answered(ask: Callable[..., Any]) -> None:
    """Newest first unless sorted; both ends of the time count."""
    assert ask("fields @timestamp, @message | sort @timestamp desc | limit 1") == [
        {"@timestamp": LAST, "@message": "WARN three"}
    ]
    assert messages(ask("fields @message")) == ["three", "two", "one"]
    assert messages(ask("fields @message | sort @timestamp asc", seconds=1)) == ["one", "two"]
    found = ask("filter @message like /ERROR|WARN/ | filter @message like 'three'")
    assert found == [{"@timestamp": LAST, "@message": "WARN three"}]
    (row,) = ask("fields @logStream, @log | limit 1")
    assert row["@logStream"] == "till"
    assert row["@log"].startswith("123456789012:/shop/")


def test_queries_are_found_by_group_and_status(client: Callable[..., Any]) -> None:
    """A query is of groups, and has an id; what has not is told so."""
    logs, groups = client("logs"), [f"/shop/{uuid4()}" for _ in range(2)]
    for group in groups:
        logs.create_log_group(logGroupName=group)
    asked = {"startTime": START, "endTime": START + 1, "queryString": "fields @message"}
    query_id = logs.start_query(logGroupNames=groups, **asked)["queryId"]
    for group in groups:
        (shown,) = logs.describe_queries(logGroupName=group, status="Complete")["queries"]
        assert (shown["queryId"], shown["queryString"]) == (query_id, asked["queryString"])
        assert logs.describe_queries(logGroupName=group, status="Running")["queries"] == []
    with pytest.raises(logs.exceptions.InvalidParameterException, match="logGroupNames"):
        logs.start_query(**asked)
    with pytest.raises(logs.exceptions.ResourceNotFoundException, match="start_query"):
        logs.get_query_results(queryId="none")


@pytest.mark.fidelity(
    "CloudWatch",
    "Other commands and fields of Logs Insights are refused.",
    differs="A look into a function's log is what the lab needs.",
)
@pytest.mark.parametrize(
    "query",
    [
        "stats count(*) by bin(5m)",
        "fields @message | parse @message '* *' as level, rest",
        "fields orderID",
        "fields @message, @requestId",
        "filter level = 'ERROR'",
        "fields @message | sort @message",
        "garbage",
    ],
)
def test_what_is_not_read_is_refused(ask: Callable[..., Any], query: str) -> None:
    """With the message that names the fidelity table."""
    with pytest.raises(ClientError, match="fidelity table"):
        ask(query)
