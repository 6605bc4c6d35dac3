"""Reading logs: every reader of CloudWatch Logs honours what it is asked for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.fidelity(
    "CloudWatch",
    "FilterLogEvents gives the events of all streams by their times, whatever `interleaved` says.",
    source="CloudWatch Logs API: FilterLogEvents",
)
def test_what_is_read_is_what_was_asked_for(client: Callable[..., Any]) -> None:
    """Streams, times, limits and tokens; the latest events of a stream unless asked otherwise."""
    logs, group, begin = client("logs"), "read", int(time.time() * 1000) - 10_000
    logs.create_log_group(logGroupName=group)
    for stream in ("a", "b"):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    for number in range(6):
        logs.put_log_events(
            logGroupName=group,
            logStreamName="ab"[number % 2],
            logEvents=[{"timestamp": begin + number, "message": str(number)}],
        )

    def filtered(**options: Any) -> str:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, **options)
        return "".join(event["message"] for page in pages for event in page["events"])

    def got(**options: Any) -> str:
        answer = logs.get_log_events(logGroupName=group, logStreamName="a", **options)
        return "".join(event["message"] for event in answer["events"])

    assert filtered() == filtered(interleaved=False) == filtered(limit=2) == "012345"
    assert filtered(logStreamNames=["b"], startTime=begin + 2) == "35"
    assert filtered(endTime=begin + 1) == "01"
    assert got() == "024"
    assert (got(limit=1), got(limit=1, startFromHead=True)) == ("4", "0")
    assert got(startTime=begin + 1, endTime=begin + 4) == "2"
    head = {"logGroupName": group, "logStreamName": "a", "limit": 2, "startFromHead": True}
    token = logs.get_log_events(**head)["nextForwardToken"]
    assert got(startFromHead=True, nextToken=token) == "4"
    (found,) = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    by_arn = {"logGroupIdentifier": found["arn"].removesuffix(":*")}
    answer = logs.get_log_events(logStreamName="b", **by_arn)
    assert [event["message"] for event in answer["events"]] == ["1", "3", "5"]

    def streams(**options: Any) -> str:
        pages = logs.get_paginator("describe_log_streams").paginate(**options)
        return "".join(each["logStreamName"] for page in pages for each in page["logStreams"])

    assert streams(logGroupName=group, limit=1) == streams(**by_arn) == "ab"
    assert streams(logGroupName=group, orderBy="LastEventTime", descending=True) == "ba"
    assert streams(logGroupName=group, logStreamNamePrefix="b") == "b"


@pytest.mark.fidelity(
    "CloudWatch",
    "PutLogEvents rejects events before 14 days ago and after 2 hours from now, and counts no "
    "metrics that are embedded in them.",
    source="CloudWatch Logs API: PutLogEvents",
)
def test_events_of_other_times_are_rejected(client: Callable[..., Any]) -> None:
    """The end of those that are too old is exclusive, the start of the too new inclusive."""
    logs, now, hour = client("logs"), int(time.time() * 1000), 3_600_000
    stream = {"logGroupName": "rejecting", "logStreamName": "one"}
    logs.create_log_group(logGroupName="rejecting")
    logs.create_log_stream(**stream)
    metric = {"Namespace": "rejecting", "Dimensions": [[]], "Metrics": [{"Name": "Sold"}]}

    def put(*hours: int) -> Any:
        embedded = [
            {"_aws": {"Timestamp": now, "CloudWatchMetrics": [metric]}, "Sold": each}
            for each in hours
        ]
        events = [
            {"timestamp": now + each * hour, "message": json.dumps(message)}
            for each, message in zip(hours, embedded, strict=True)
        ]
        return logs.put_log_events(**stream, logEvents=events).get("rejectedLogEventsInfo")

    assert put(-500, -400, -300, 1, 3, 4) == {
        "tooOldLogEventEndIndex": 2,
        "tooNewLogEventStartIndex": 4,
    }
    assert put(-1, 0) is None
    kept = [json.loads(each["message"])["Sold"] for each in logs.get_log_events(**stream)["events"]]
    assert kept == [-300, -1, 0, 1]
    sold = client("cloudwatch").get_metric_statistics(
        Namespace="rejecting",
        MetricName="Sold",
        StartTime=now / 1000 - hour,
        EndTime=now / 1000 + hour,
        Period=60 * hour,
        Statistics=["SampleCount"],
    )
    assert [each["SampleCount"] for each in sold["Datapoints"]] == [4]
