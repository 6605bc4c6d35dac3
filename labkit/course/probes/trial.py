"""A trial: a function of a check's own, for as long as it takes.

It works under the role of the order notifier, which may read the table's stream and publish to the
topic. The role lets it write no log, so a trial has to tell by its answer, or at the topic.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from labkit.course.judgement import Mistake, require
from labkit.functions import package_files
from labkit.lab import Lab
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import role_arn, topic_arn
from labkit.pipeline.function import MEMORY, RUNTIME, TIMEOUT


@contextmanager
def trial(lab: Lab, sources: dict[str, str], *, handler: str = "app.handler") -> Iterator[str]:
    """Make a function of these files, one of which is app.py; its name."""
    functions = lab.client("lambda")
    name = lab.names.practice(f"trial-{secrets.token_hex(4)}")
    functions.create_function(
        FunctionName=name,
        Runtime=RUNTIME,
        Handler=handler,
        Role=role_arn(lab, lab.names.notifier_role),
        Code={"ZipFile": package_files(sources)},
        Timeout=TIMEOUT,
        MemorySize=MEMORY,
        Environment={"Variables": {"TOPIC_ARN": topic_arn(lab)}},
    )
    try:
        functions.get_waiter("function_active_v2").wait(FunctionName=name)
        yield name
    finally:
        unless_absent(functions.delete_function, FunctionName=name)


def has_started(said: str) -> None:
    """Require that it is no import by which a function ended, before its handler was called."""
    _, missing, name = said.partition("No module named")
    require(
        not missing,
        f"The function did not even start: {missing}{name}.",
        "What your code imports must come with Python or boto3, or be among the files of the "
        "function. Is its name spelled right?",
    )


def invoke(lab: Lab, name: str, event: dict[str, Any]) -> Any:
    """What a function answers to an event; a `Mistake` with its error where it fails."""
    answer = lab.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    payload = json.loads(answer["Payload"].read() or "null")
    if "FunctionError" in answer:
        # Every request has another id, and a result is to be the same at every run.
        said = re.sub(r"RequestId: \S+ (Error: )?", "", payload.get("errorMessage", ""))
        has_started(said)
        raise Mistake(
            f"The function failed with {payload.get('errorType')}: {said}",
            "The record of a deleted item has no NewImage: look at eventName first."
            if "NewImage" in said
            else "An error that leaves the handler fails the whole batch.",
        )
    return payload
