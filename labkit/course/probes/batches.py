"""A student's handler on trial: what it makes of a batch of stream records in which some are bad.

Of what a handler reports Lambda takes the lowest sequence number, and goes on from there.
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from labkit.course.judgement import require
from labkit.course.probes.trial import invoke
from labkit.lab import Lab
from labkit.orders.invoices import Order

FIRST_NUMBER = 1_100_000_000_017_454_423_100  # AWS's have 21 digits or more

# What a handler on trial packs with, and what calls the handler and tells what was packed.
PACKING = """\
packed = []


def pack(order):
    if not order["lines"]:
        raise ValueError("there is nothing to pack")
    packed.append(order["orderID"])
"""
WATCHING = """\
import app
import packing


def handler(event, context):
    packing.packed.clear()
    answer = app.handler(event, context)
    return {"answer": answer, "packed": packing.packed}
"""


@dataclass(frozen=True)
class Packed:
    """What a handler made of a batch: its answer, the orders that it packed, and the batch."""

    answer: Any
    packed: list[Any]
    numbers: dict[str, str]  # sequence number by what the record is


def hand_over(lab: Lab, name: str, batch: dict[str, tuple[str, Order]]) -> Packed:
    """Call a handler on trial with a batch of stream records: event and order of each."""
    numbers = {what: str(FIRST_NUMBER + at) for at, what in enumerate(batch)}
    records = [_record(lab, event, order, numbers[what]) for what, (event, order) in batch.items()]
    answer = invoke(lab, name, {"Records": records})
    return Packed(answer["answer"], answer["packed"], numbers)


def packs_all(seen: Packed, wanted: list[str]) -> None:
    """Require that every good order was packed, once, whatever stood before it."""
    require(
        all(isinstance(number, str) for number in seen.packed),
        "pack got an order whose values carry their types, such as {'S': ...}.",
        "Take them off first, with the TypeDeserializer, as in step 2.",
    )
    require(
        seen.packed,
        "No order was packed, good or bad.",
        "What does your handler catch there, and not print? The image is a map, {'M': ...}, for "
        "the TypeDeserializer; pack comes from packing.",
    )
    require(
        set(wanted) <= set(seen.packed),
        f"Good orders that were packed, of {len(wanted)} in the batch: "
        f"{len(set(wanted) & set(seen.packed))}. Those behind a bad one had to wait.",
        "Do not return from inside of the loop; go through the whole batch first.",
    )
    require(
        sorted(seen.packed) == sorted(wanted),
        "An order was packed again, when it was only changed.",
        "Pack for an INSERT, and for nothing else.",
    )


def goes_on_from_the_first(seen: Packed, order_ids: set[str]) -> None:
    """Require that Lambda, by what was reported, goes on from the first bad record."""
    found, numbers = reported(seen), seen.numbers
    require(
        found,
        "Two orders could not be packed, and your handler reports none: Lambda goes on, and they "
        "are lost.",
        "Return {'batchItemFailures': [{'itemIdentifier': ...}]}.",
    )
    require(
        not set(found) & order_ids,
        "Your handler reports the numbers of orders. Lambda does not know them, and hands the "
        "whole batch over again.",
        "A record of a stream is identified by record['dynamodb']['SequenceNumber'].",
    )
    require(
        set(found) <= set(numbers.values()),
        "Your handler reports what is no sequence number of its batch, so Lambda hands the whole "
        "batch over again.",
        "Report record['dynamodb']['SequenceNumber'], a text, as it is.",
    )
    lowest = min(found, key=int)
    require(
        lowest != numbers["second bad"],
        "Your handler reports the last failure only. Lambda goes on from the lowest number that "
        "is reported, so the first bad order is never tried again.",
        "Report every one that failed, or the first.",
    )
    require(
        lowest == numbers["first bad"],
        "Lambda goes on from the lowest number that is reported, and here that is not the first "
        "record that failed.",
        "Report what failed, and nothing else.",
    )


def reported(seen: Packed) -> list[str]:
    """The identifiers that a handler answered with as failed."""
    failures = seen.answer.get("batchItemFailures") if isinstance(seen.answer, dict) else None
    return [str(failure["itemIdentifier"]) for failure in failures or []]


def _record(lab: Lab, event: str, order: Order, number: str) -> dict[str, Any]:
    # https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html#events-sample-dynamodb
    serialize = TypeSerializer().serialize
    image = {"orderID" if name == "id" else name: serialize(order[name]) for name in order}
    return {
        "eventID": hashlib.md5(number.encode(), usedforsecurity=False).hexdigest(),
        "eventName": event,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": lab.region,
        "dynamodb": {
            "ApproximateCreationDateTime": 1291191960,
            "Keys": {"orderID": image["orderID"]},
            **({} if event == "REMOVE" else {"NewImage": image}),
            "SequenceNumber": number,
            "SizeBytes": 100,
            "StreamViewType": "NEW_IMAGE",
        },
    }
