"""An event source mapping: what makes Lambda poll a queue or a stream for a function.

Lambda's pollers do the work, with the function's role; the function's code reads no queue.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
"""

from __future__ import annotations

from typing import Any

from labkit.lab import Lab
from labkit.pipeline import wait


def connect(lab: Lab, function: str, source_arn: str, *, start: str | None, batch_size: int) -> str:
    """Map one source to a function, and no other source; return the mapping's UUID.

    `start` is the StartingPosition of a stream, None for a queue. Failures are reported item by
    item: without `ReportBatchItemFailures` Lambda would ignore what the function returns.
    """
    functions = lab.client("lambda")
    settings: dict[str, Any] = {
        "BatchSize": batch_size,
        "MaximumBatchingWindowInSeconds": 0,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    ours = None
    for mapping in mappings(lab, function):
        if mapping["EventSourceArn"] == source_arn and mapping["State"] != "Deleting":
            ours = mapping
        else:
            _delete(lab, mapping["UUID"])  # for instance of a stream that has been replaced
    if ours is None:
        position = {} if start is None else {"StartingPosition": start}
        ours = functions.create_event_source_mapping(
            FunctionName=function, EventSourceArn=source_arn, Enabled=True, **position, **settings
        )
    elif ours["State"] == "Disabled" or any(
        ours.get(setting) != value for setting, value in settings.items()
    ):
        functions.update_event_source_mapping(UUID=ours["UUID"], Enabled=True, **settings)
    wait.until_enabled(lab, ours["UUID"])
    return ours["UUID"]


def disconnect(lab: Lab, function: str) -> None:
    """Delete every mapping of a function."""
    for mapping in mappings(lab, function):
        _delete(lab, mapping["UUID"])


def mappings(lab: Lab, function: str) -> list[dict[str, Any]]:
    """Every event source mapping of a function, also of one that has been deleted."""
    pages = lab.client("lambda").get_paginator("list_event_source_mappings").paginate()
    return [
        mapping
        for page in pages
        for mapping in page["EventSourceMappings"]
        if mapping["FunctionArn"].split(":function:")[-1].split(":")[0] == function
    ]


def _delete(lab: Lab, uuid: str) -> None:
    lab.client("lambda").delete_event_source_mapping(UUID=uuid)
    wait.until_deleted(lab, uuid)
