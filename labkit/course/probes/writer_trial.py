"""Code of a student on trial: deployed for one look, under the writer's role, and removed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from labkit.course.judgement import Mistake, require
from labkit.course.probes.orders import remove_item
from labkit.course.probes.queue_batches import invoke, stored_keys
from labkit.course.probes.sources import readable
from labkit.course.probes.trial import has_started
from labkit.functions import HANDLER, package_files
from labkit.lab import Lab
from labkit.pipeline.arns import role_arn
from labkit.pipeline.function import MEMORY, RUNTIME, TIMEOUT, remove

# What differs at each run: a request's id, and the number of a probe.
PASSING = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b9\d{11}\b")
FLOATS = "Float types are not supported"  # boto3's words, in its TypeSerializer

Call = Callable[[dict[str, Any]], Any]


@contextmanager
def on_trial(lab: Lab, name: str, files: Any) -> Iterator[Call]:
    """Call a function of these files, or of this app.py alone.

    It and what it stores are taken away again. Its answer comes back; a function that ends with an
    error is a mistake.
    """
    sources = _python(files)
    remove(lab, name)
    before = stored_keys(lab)
    functions = lab.client("lambda")
    functions.create_function(
        FunctionName=name,
        Runtime=RUNTIME,
        Handler=HANDLER,
        Role=role_arn(lab, lab.names.writer_role),
        Code={"ZipFile": package_files(sources)},
        Timeout=TIMEOUT,
        MemorySize=MEMORY,
        Environment={"Variables": {"TABLE_NAME": lab.names.table}},
    )
    try:
        functions.get_waiter("function_active_v2").wait(FunctionName=name)
        yield lambda event: _answer(*invoke(lab, name, event))
    finally:
        remove(lab, name)
        for key in stored_keys(lab) - before:
            remove_item(lab, key)


def _answer(answer: Any, is_error: bool) -> Any:
    if not is_error:
        return answer
    said = PASSING.sub("…", f"{answer.get('errorType')}: {answer.get('errorMessage')}")
    has_started(said)
    if FLOATS in said:
        raise Mistake(
            "json.loads makes floats of prices, and boto3's Table refuses to store a float.",
            "json.loads(..., parse_float=Decimal) keeps them exact.",
        )
    raise Mistake(
        f"The function ended with {said}. So the whole batch comes back, good messages too.",
        "Catch the error of each order by itself, inside the loop.",
    )


def _python(files: Any) -> dict[str, str]:
    sources = {"app.py": files} if isinstance(files, str) else files
    require(
        isinstance(sources, dict) and all(isinstance(code, str) for code in sources.values()),
        "Your answer is not a dictionary of texts by file name.",
        'Such as {"app.py": app, "storage.py": storage}.',
    )
    readable(sources)
    return sources
