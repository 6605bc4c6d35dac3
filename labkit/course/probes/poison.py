"""A poison record, and what a mapping does with one: tries it, gives it up, and leaves a note."""

from __future__ import annotations

import json
from typing import Any

from labkit.course.judgement import Mistake, require
from labkit.course.probes.orders import make_order, remove_item, take
from labkit.course.probes.stream import told
from labkit.lab import Lab
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

    try:
        [record] = told(lab, stream_arn(lab), number, store)
        place = record["dynamodb"]["SequenceNumber"]
        for _ in range(retries + 2):
            note = take(lab, queue_url, lambda body: place in body, seconds=1)
            if note is not None:
                return json.loads(note)["requestContext"]["approximateInvokeCount"]
            if lab.is_local:
                lab.clock.advance(seconds=PAUSE)
    finally:
        remove_item(lab, number)
    raise Mistake(
        "An item without a total was stored, and no note about it came to your queue.",
        "Does another record block the stream? Look at show.logs(lab, lab.names.notifier).",
    )
