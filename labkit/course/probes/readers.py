"""A mapping on trial: which records of the table's stream its settings let through."""

from __future__ import annotations

import json
from typing import Any

from labkit.course.probes.orders import change_item, make_order, remove_item, store_item, take
from labkit.course.probes.topic import listener
from labkit.course.probes.trial import trial
from labkit.lab import Lab
from labkit.pipeline.absence import unless_absent

SOON = 3  # seconds until a mapping that works has called its function

# Tells at the topic which records it was called with.
TELLING = """\
import json
import os
import boto3

sns = boto3.client("sns")


def handler(event, context):
    records = event["Records"]
    told = [[each["eventName"], each["dynamodb"]["Keys"]["orderID"]["S"]] for each in records]
    sns.publish(TopicArn=os.environ["TOPIC_ARN"], Message=json.dumps({"trial": told}))
"""


def let_through(lab: Lab, settings: dict[str, Any]) -> list[str]:
    """The events of which a mapping with these settings tells its function.

    An order is stored, changed and deleted before the mapping is made, and one is stored after it.
    """
    before, after = make_order(), make_order()
    store_item(lab, before)
    change_item(lab, before["id"])
    remove_item(lab, before["id"])
    ours = {before["id"], after["id"]}
    functions = lab.client("lambda")
    with listener(lab) as queue_url, trial(lab, {"app.py": TELLING}) as name:
        mapping = functions.create_event_source_mapping(**settings | {"FunctionName": name})
        try:
            store_item(lab, after)
            told: list[list[str]] = []
            while ["INSERT", after["id"]] not in told:
                body = take(lab, queue_url, lambda body: '\\"trial\\"' in body, seconds=SOON)
                if body is None:
                    break
                told += json.loads(json.loads(body)["Message"])["trial"]
        finally:
            remove_item(lab, after["id"])
            unless_absent(functions.delete_event_source_mapping, UUID=mapping["UUID"])
    return [event for event, order_id in told if order_id in ours]
