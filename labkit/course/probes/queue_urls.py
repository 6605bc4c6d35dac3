"""Whether an answer is the URL of a queue, and what it is instead."""

from __future__ import annotations

from typing import Any

from labkit.course.judgement import Mistake, require
from labkit.lab import Lab
from labkit.pipeline.absence import unless_absent


def is_url_of(lab: Lab, answer: Any, name: str) -> None:
    """Require that an answer is the URL of the queue `name`, which is there."""
    wanted = f"not the URL of a queue '{name}'"
    if isinstance(answer, dict) and "QueueUrl" in answer:
        raise Mistake(
            f"Your answer is all that SQS has answered, and {wanted}.",
            "The URL is in it: take its entry QueueUrl.",
        )
    text = str(answer)
    require(
        not text.startswith("arn:"),
        f"Your answer is the ARN of a queue, and {wanted}.",
        "Policies name queues by ARNs, calls by URLs: create_queue answers with the QueueUrl.",
    )
    require("/" in text, f"{text[:60]!r} is {wanted}.", "create_queue answers with the QueueUrl.")
    require(
        text.endswith(f"/{name}"),
        f"Your answer is the URL of '{text.rpartition('/')[2][:60]}', and {wanted}.",
        f"Make a queue that is called '{name}': lab.names.practice puts the name together.",
    )
    require(
        unless_absent(lab.client("sqs").get_queue_url, QueueName=name) is not None,
        f"There is no queue '{name}'.",
        "Make it with create_queue.",
    )
