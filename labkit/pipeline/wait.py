"""Waiting for what happens by itself: an order stored, a queue worked off, a line in a log.

boto3 has waiters for what is made and deleted, but none for these, so they are described here in
its own terms. Nothing tells of them sooner: on AWS too one can only look again.
https://docs.aws.amazon.com/boto3/latest/guide/clients.html#waiters
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import WaiterError
from botocore.waiter import WaiterModel, create_waiter_with_client

from labkit.errors import TooLate
from labkit.lab import Lab
from labkit.pipeline.function import log_group

PATIENCE = 30.0  # seconds; on AWS log lines are the slowest, and take up to about ten
LAST_LINE = "REPORT RequestId"  # what Lambda logs last of each request
PAUSE_LOCAL, PAUSE_AWS = 0.05, 1.0  # seconds between two looks


def until_stored(lab: Lab, *order_ids: str, patience: float = PATIENCE) -> None:
    """Return as soon as every one of the orders is in the table; raise `TooLate` otherwise.

    wait.until_stored(lab, "536365", "536366")
    """
    for order_id in order_ids:
        _wait(
            lab,
            "dynamodb",
            "GetItem",
            "Item != `null`",
            patience,
            late=(
                f"Order {order_id} is not in table '{lab.names.table}' after {patience:.0f} s. "
                "Look at show.logs(lab, lab.names.writer) and at show.queue(lab)."
            ),
            TableName=lab.names.table,
            Key={"orderID": {"S": order_id}},
            ConsistentRead=True,
        )


def until_worked_off(lab: Lab, name: str | None = None, *, patience: float = PATIENCE) -> None:
    """Return as soon as a queue, the orders' by default, holds no message, neither visible nor
    in flight; raise `TooLate` otherwise.
    """
    name = name or lab.names.queue
    counts = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    _wait(
        lab,
        "sqs",
        "GetQueueAttributes",
        " && ".join(f"Attributes.{count} == '0'" for count in counts),
        patience,
        late=f"Queue '{name}' is not empty after {patience:.0f} s. Look at show.messages(lab).",
        QueueUrl=lab.client("sqs").get_queue_url(QueueName=name)["QueueUrl"],
        AttributeNames=list(counts),
    )


def until_logged(
    lab: Lab, function: str, text: str = LAST_LINE, *, times: int = 1, patience: float = PATIENCE
) -> None:
    """Return as soon as a function's log holds `text` so many times; raise `TooLate` otherwise.

    Without a text: as soon as the log tells of the end of so many requests.

        wait.until_logged(lab, "order-writer", "no description")
    """
    _wait(
        lab,
        "logs",
        "FilterLogEvents",
        f"length(events) >= `{times}`",
        patience,
        late=(
            f"The log of '{function}' does not hold {text!r} {times} times after {patience:.0f} s. "
            f"Look at show.logs(lab, '{function}') and at show.mappings(lab)."
        ),
        logGroupName=log_group(function),
        filterPattern=f'"{text}"',
    )


def until_enabled(lab: Lab, mapping: str, *, patience: float = 2 * PATIENCE) -> None:
    """Return as soon as an event source mapping, given by its UUID, is at work; raise `TooLate`
    otherwise.
    """
    _wait(
        lab,
        "lambda",
        "GetEventSourceMapping",
        "State == 'Enabled'",
        patience,
        late=f"The mapping is not enabled after {patience:.0f} s. Look at show.mappings(lab).",
        UUID=mapping,
    )


def until_deleted(lab: Lab, mapping: str, *, patience: float = 2 * PATIENCE) -> None:
    """Return as soon as no event source mapping has this UUID; raise `TooLate` otherwise."""
    _wait(
        lab,
        "lambda",
        "GetEventSourceMapping",
        "",
        patience,
        late=f"The mapping is not deleted after {patience:.0f} s. Look at show.mappings(lab).",
        ends_with="ResourceNotFoundException",
        UUID=mapping,
    )


def _wait(
    lab: Lab,
    service: str,
    operation: str,
    condition: str,
    patience: float,
    *,
    late: str,
    ends_with: str = "",
    **arguments: Any,
) -> None:
    """Ask until a condition on the answer holds or, without one, until an error ends it."""
    pause = PAUSE_LOCAL if lab.is_local else PAUSE_AWS
    acceptor: dict[str, Any] = {"state": "success", "matcher": "error", "expected": ends_with}
    if condition:
        acceptor |= {"matcher": "path", "argument": condition, "expected": True}
    settings = {
        "operation": operation,
        "delay": pause,
        "maxAttempts": max(1, int(patience / pause)),
        "acceptors": [acceptor],
    }
    model = WaiterModel({"version": 2, "waiters": {"Reached": settings}})
    try:
        create_waiter_with_client("Reached", model, lab.client(service)).wait(**arguments)
    except WaiterError as error:
        raise TooLate(late) from error
