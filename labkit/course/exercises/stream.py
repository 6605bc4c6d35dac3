"""Exercises of notebook 05: what a stream tells, reading it to its end, and both images."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from itertools import accumulate
from typing import Any

from labkit.course import changes
from labkit.course.exercise import exercise
from labkit.course.judgement import Mistake, require
from labkit.course.probes.orders import change_item, make_order, remove_item, store_item
from labkit.course.probes.stream import told
from labkit.errors import StageMissing
from labkit.lab import Lab
from labkit.pipeline import stream

EVENTS = (changes.INSERT, changes.MODIFY, changes.REMOVE)


@exercise(
    points=1,
    hints=(
        "Go through the actions one by one, and note what is in the table after each: no order, "
        "the order as it came, or an order that is packed.",
        "An action that leaves everything as it was has no record, such as deleting what is not "
        "there. But update_item on a key that is not there makes an item, with this one attribute.",
        "Compare before and after each action. Nothing, then an item: INSERT. An item, then "
        "nothing: REMOVE. An item, then another one: MODIFY. The same as before: no record.",
    ),
)
def q5_1(lab: Lab, events: list[str]) -> str:
    """What does the stream tell of these actions?"""
    require(
        isinstance(events, list) and all(event in EVENTS for event in events),
        f"Your answer should be a list of {', '.join(EVENTS)}, as often as they occur.",
        'Such as ["INSERT", "REMOVE"].',
    )
    actions = changes.actions(lab.student_id)
    seen = _what_is_told(lab, actions)
    require(
        len(events) < len(actions),
        f"You have a record for each of the {len(actions)} actions, but some change nothing: they "
        "leave no record.",
        "Which action finds the item already as it should be?",
    )
    both = enumerate(zip(events, seen, strict=False))
    wrong = next((at for at, (answered, told_of) in both if answered != told_of), None)
    if wrong is not None and seen[wrong - 1 : wrong + 1] == [changes.REMOVE, changes.INSERT]:
        raise Mistake(
            f"Record {wrong + 1} is not as you think: the order was packed after it was deleted.",
            "update_item makes an item that is not there.",
        )
    require(
        wrong is None,
        f"Up to record {wrong} you are right; the next one is another.",
        "Is there an item before the action, and is there one after it?",
    )
    require(
        len(events) == len(seen),
        f"Your answer has {len(events)} records, the stream has {len(seen)}.",
        "Each action that changes something has exactly one.",
    )
    return f"{len(actions)} actions were made of an order, and the stream told of {len(seen)}."


@exercise(
    points=2,
    hints=(
        "A new order is one kind of record only. Its image holds the total, as a text below 'N'.",
        "Each page brings a NextShardIterator. Go on with it until a page is empty.",
        "For each shard of `describe_stream(StreamArn=day_arn)`, with an iterator from its "
        "beginning:\n\n"
        "`page = streams.get_records(ShardIterator=iterator, Limit=5)\n"
        "while page['Records']:\n"
        "    ...  # add the total of each INSERT\n"
        "    iterator = page['NextShardIterator']\n"
        "    page = streams.get_records(ShardIterator=iterator, Limit=5)`",
    ),
)
def q5_2(lab: Lab, total: float | str) -> str:
    """How much was ordered on this day?"""
    try:
        amount = round(Decimal(str(total)), 2)
    except InvalidOperation:
        raise Mistake(f"{total!r} is not an amount.", "Your answer is a sum, a number.") from None
    day = changes.day(lab.student_id)
    new = [change.total for change in day if change.event == changes.INSERT]
    if amount == sum(new):
        return f"{len(new)} new orders, {amount} pounds: read from all pages, each order once."
    written = [change.total for change in day if change.event != changes.REMOVE]
    kept = {change.order_id: change.total for change in day}
    gone = {change.order_id for change in day if change.event == changes.REMOVE}
    for order_id in gone:
        del kept[order_id]
    staying = [
        change.total
        for change in day
        if change.event == changes.INSERT and change.order_id not in gone
    ]
    require(
        amount != 0,
        "A sum of 0: you have read no new order.",
        "LATEST begins behind all that has happened. Begin at TRIM_HORIZON.",
    )
    require(
        amount != sum(written),
        "You have counted orders again that were only changed.",
        "A new order is an INSERT; a MODIFY tells of one that you have counted already.",
    )
    require(
        amount != sum(staying),
        "You have left out orders that were cancelled later. They were ordered all the same.",
        "Count every INSERT, whatever became of the order.",
    )
    require(
        amount != sum(kept.values()),
        "This is what is in the table now: without the cancelled orders, and as corrected.",
        "Read the stream, not the table: it tells what came in.",
    )
    require(
        amount not in set(accumulate(new[:-1])) | set(accumulate(written)),
        "You stopped before the end: there are new orders on the pages behind.",
        "Go on with page['NextShardIterator'] until a page is empty.",
    )
    raise Mistake(
        f"{amount} is not the sum of all new orders.",
        "Add up NewImage['total']['N'] of every INSERT, page by page.",
    )


@exercise(
    points=2,
    hints=(
        "The table in step 3 says which view type holds what was before, and what is after.",
        "A view type cannot be changed: switch the stream off, then on with the other one. The "
        "table is ready for the second when the waiter comes back.",
        '`update_table(..., StreamSpecification={"StreamEnabled": True, "StreamViewType": '
        '"NEW_AND_OLD_IMAGES"})["TableDescription"]["LatestStreamArn"]`',
    ),
)
def q5_3(lab: Lab, arn: str) -> str:
    """Which stream tells what a change has changed?"""
    _is_live(arn, _live_arn(lab))
    client = lab.client("dynamodbstreams")
    view = client.describe_stream(StreamArn=arn, Limit=1)["StreamDescription"]["StreamViewType"]
    lacks = {
        "KEYS_ONLY": "A record says which order was changed, and nothing of what is in it.",
        "NEW_IMAGE": "A record holds the order after the change; what it was before is missing.",
        "OLD_IMAGE": "A record holds the order before the change; what it is now is missing.",
    }
    require(
        view not in lacks,
        f"The view type is {view}. {lacks.get(view)}",
        "Switch the stream off, and on with NEW_AND_OLD_IMAGES.",
    )
    order = make_order()
    try:
        store_item(lab, order)
        [record] = told(lab, arn, order["id"], lambda: change_item(lab, order["id"]))
    finally:
        remove_item(lab, order["id"])
    before, after = record["dynamodb"]["OldImage"], record["dynamodb"]["NewImage"]
    require(
        "packed" not in before and "packed" in after,
        "An order was packed, and its record does not hold the order before and after.",
    )
    return "An order was packed: its record holds the order before, and after."


def _what_is_told(lab: Lab, actions: list[str]) -> list[str]:
    order = make_order()
    do = {
        "put": lambda: store_item(lab, order),
        "pack": lambda: change_item(lab, order["id"]),
        "delete": lambda: remove_item(lab, order["id"]),
    }

    def act() -> None:
        for action in actions:
            do[action]()

    try:
        records = told(lab, stream.stream_arn(lab), order["id"], act)
    finally:
        remove_item(lab, order["id"])
    return [record["eventName"] for record in records]


def _live_arn(lab: Lab) -> str:
    try:
        return stream.stream_arn(lab)
    except StageMissing:
        raise Mistake(
            f"Table '{lab.names.table}' has no stream at the moment, so it tells of nothing.",
            "Switch one on, with the view type that the bookkeeper needs.",
        ) from None


def _is_live(arn: Any, live: str) -> None:
    table = live.partition("/stream/")[0]
    require(
        arn != table,
        "This is the ARN of the table. Its stream has an ARN of its own, which is longer.",
        "update_table and describe_table answer with LatestStreamArn.",
    )
    require(
        not (isinstance(arn, str) and arn.startswith(f"{table}/stream/")) or arn == live,
        "This is the ARN of a stream that was switched off: nothing new comes there.",
        "What is switched on again is a new stream. Take LatestStreamArn from the last answer.",
    )
    require(
        arn == live,
        f"{arn!r} is not the ARN of a stream of this table.",
        "It ends with /stream/ and the time at which the stream was switched on.",
    )
