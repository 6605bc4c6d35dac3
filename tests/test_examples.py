"""The examples in docstrings: each one runs, and says what it really answers.

Those of `labkit.show` look at a lab in which a first order has gone through the whole pipeline.
"""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path
from typing import Any

import pytest

import labkit
from labkit import orders, pipeline, show
from labkit.lab import Lab

OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
FOLDER = Path(labkit.__file__).parent
MODULES = [
    ".".join(["labkit", *path.relative_to(FOLDER).with_suffix("").parts]).removesuffix(".__init__")
    for path in sorted(FOLDER.rglob("*.py"))
    if ">>> " in path.read_text("utf-8")
]


@pytest.fixture(scope="module")
def around(lab: Lab) -> dict[str, Any]:
    """What examples take for granted."""
    pipeline.build(lab, progress=False)
    with show.changes(lab, wait=20):
        lab.post_order(orders.first())
    sqs = lab.client("sqs")
    dead_letters = sqs.get_queue_url(QueueName=lab.names.dead_letter_queue)["QueueUrl"]
    sqs.send_message(QueueUrl=dead_letters, MessageBody='{"orderID": "536414"}')
    return {"lab": lab, "labkit": labkit, "show": show}


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str, request: pytest.FixtureRequest):
    """Every answer is the one in the docstring; an ellipsis stands for what differs each time."""
    module = importlib.import_module(name)
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    answers: list[str] = []
    tests = [test for test in doctest.DocTestFinder().find(module) if test.examples]
    assert tests
    for test in tests:
        if name.startswith("labkit.show."):
            test.globs |= request.getfixturevalue("around")
        runner.run(test, out=answers.append)
    assert not runner.summarize(verbose=False).failed, "".join(answers)
