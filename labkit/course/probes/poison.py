"""A poison record, and what a mapping does with one: tries it, gives it up, and leaves a note."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from labkit.course.judgement import Mistake, require
from labkit.course.probes.orders import make_order, remove_item, take
from labkit.course.probes.stream import told
from labkit.errors import TooLate
from labkit.lab import Lab
from labkit.pipeline import wait
from labkit.pipeline.function import log_group
from labkit.pipeline.stream import stream_arn

PAUSE = 5  # seconds; longer than Lambda waits between the first few attempts


def notes_go_to(lab: Lab, mapping: dict[str, Any], wanted: str) -> None:
    """Require that the mapping names this queue for what it gives up."""
    found = (mapping.get("DestinationConfig") or {}).get("OnFailure", {}).get("Destination")
    if not found:
        function = lab.client("lambda").get_function_configuration(FunctionName=lab.names.notifier)
        elsewhere = function.get("DeadLetterConfig", {}).get("TargetArn") == wanted
        raise Mistake(
            "Your queue is the function's own dead-letter queue, which is for asynchronous calls. "
            "A stream's mapping does not use it."
            if elsewhere
            else "The mapping has no destination for what it gives up: nobody would notice.",
            "update_event_source_mapping takes DestinationConfig={'OnFailure': {'Destination': "
            "...}}.",
        )
    require(
        found == wanted,
        f"Notes about records go to '{found.rpartition(':')[2]}', not to your queue.",
        "Each stage has its own: what lies in the dead-letter queue is orders, not notes.",
    )


def give_up(lab: Lab, queue_url: str, *, retries: int) -> int:
    """Write an item that no notifier can announce; how often it was tried, from Lambda's note."""
    number = make_order()["id"]

    def store() -> None:
        lab.client("dynamodb").put_item(TableName=lab.names.table, Item={"orderID": {"S": number}})

    done = _requests(lab)
    try:
        [record] = told(lab, stream_arn(lab), number, store)
        place = record["dynamodb"]["SequenceNumber"]
        for attempt in range(1, retries + 2):
            # A notifier that writes no log is given this time to fail.
            with suppress(TooLate):
                wait.until_logged(lab, lab.names.notifier, times=done + attempt, patience=2)
            if lab.is_local:
                lab.clock.advance(seconds=PAUSE)
        note = take(lab, queue_url, lambda body: place in body, seconds=2 if lab.is_local else 20)
    finally:
        remove_item(lab, number)
    if note is None:
        raise Mistake(
            "An item without a total was stored, and no note about it came to your queue.",
            "Does another record block the stream? Look at show.logs(lab, lab.names.notifier).",
        )
    return json.loads(note)["requestContext"]["approximateInvokeCount"]


def _requests(lab: Lab) -> int:
    """How many requests of the notifier have ended so far, by its log."""
    pages = lab.client("logs").get_paginator("filter_log_events")
    found = pages.paginate(
        logGroupName=log_group(lab.names.notifier), filterPattern=f'"{wait.LAST_LINE}"'
    )
    return sum(len(page["events"]) for page in found)
