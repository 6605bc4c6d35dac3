"""Listening at the topic: a queue of a check's own that subscribes, for as long as it takes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from labkit.lab import Lab
from labkit.pipeline.arns import queue_arn, topic_arn
from labkit.pipeline.queue import delete_queue


@contextmanager
def listener(lab: Lab) -> Iterator[str]:
    """Subscribe a queue to the topic of order events; its URL."""
    sqs, sns = lab.client("sqs"), lab.client("sns")
    name = f"check-{secrets.token_hex(4)}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn(lab, name),
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn(lab)}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    subscription = sns.subscribe(
        TopicArn=topic_arn(lab), Protocol="sqs", Endpoint=queue_arn(lab, name)
    )["SubscriptionArn"]
    try:
        yield url
    finally:
        sns.unsubscribe(SubscriptionArn=subscription)
        delete_queue(lab, name)
