"""The error for a resource that does not exist yet: where, what, and the next step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from labkit.errors import StageMissing

# How each service says "there is no such resource"; the first is SQS over its query protocol.
NOT_FOUND = {
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
    "NotFoundException",
    "NotFound",
    "NoSuchEntity",
}

# Resource kind -> the notebook that builds it, and the function that does so at once.
BUILT_BY = {
    "Role": ("01", "identity.build(lab)"),
    "Queue": ("02", "queue.build(lab)"),
    "API": ("03", "api.build(lab)"),
    "Table": ("04", "writer.build(lab)"),
    "Stream of table": ("05", "stream.build(lab)"),
    "Topic": ("06", "notifier.build(lab)"),
}


def missing(kind: str, name: str, notebook: str = "", call: str = "") -> StageMissing:
    """The error to raise for a resource of `kind` that does not exist.

    >>> print(missing("Queue", "orders"))
    Queue 'orders' does not exist yet. Run notebook 02, or queue.build(lab).
    """
    notebook, call = (notebook, call) if notebook else BUILT_BY[kind]
    return StageMissing(f"{kind} '{name}' does not exist yet. Run notebook {notebook}, or {call}.")


@contextmanager
def explained(kind: str, name: str, notebook: str = "", call: str = "") -> Iterator[None]:
    """Turn AWS's "not found" into `missing(kind, name)`; every other error stays AWS's."""
    try:
        yield
    except ClientError as error:
        if not is_not_found(error):
            raise
        raise missing(kind, name, notebook, call) from error


def is_not_found(error: ClientError) -> bool:
    """Whether AWS's error says that the resource does not exist."""
    return error.response["Error"]["Code"] in NOT_FOUND
