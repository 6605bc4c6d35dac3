"""The fidelity table cannot lie."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.fidelity import hooks, sources
from tests.fidelity.rows import Row, faults_of, rows_of
from tests.fidelity.table import render


class Item:
    """A collected test with markers, as far as the table looks at one."""

    def __init__(self, nodeid: str, *marks: pytest.MarkDecorator) -> None:
        self.nodeid = nodeid
        self._marks = [mark.mark for mark in marks]

    def iter_markers(self, name: str) -> list[pytest.Mark]:
        return [mark for mark in self._marks if mark.name == name]

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return next(iter(self.iter_markers(name)), None)


def shows(behaviour: str, **reason: str) -> pytest.MarkDecorator:
    return pytest.mark.fidelity("SQS", behaviour, **reason)


def test_the_document_is_in_step_with_the_tests() -> None:
    """docs/fidelity.md is what the tests say, no marker is faulty, no recording unreplayed."""
    command = [sys.executable, "-m", "tests.fidelity", "--check"]
    root = Path(__file__).parents[2]
    checked = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("evasion", ["skip", "skipif", "xfail"])
def test_a_marked_test_cannot_be_skipped(evasion: str) -> None:
    """A test that does not run, or may fail, shows nothing."""
    marks = (shows("It works.", source="SQS API: SendMessage"), getattr(pytest.mark, evasion)())
    (fault,) = faults_of([Item("tests/test_a.py::test_a", *marks)])  # type: ignore[list-item]
    assert fault == f"tests/test_a.py::test_a: shows a behaviour and is marked {evasion}."


@pytest.mark.parametrize(
    ("marker", "fault"),
    [
        (shows("It works."), "neither a source nor a reason"),
        (shows("It works.", source="hearsay"), "unknown source"),
        (shows("It works.", source="recorded: test_that_nobody_made"), "unknown source"),
        (shows("works", source="SQS API: SendMessage"), "is no sentence"),
    ],
)
def test_a_faulty_marker_is_named(marker: pytest.MarkDecorator, fault: str) -> None:
    """Every row has a sentence, and a source that leads somewhere or a reason to differ."""
    (found,) = faults_of([Item("tests/test_a.py::test_a", marker)])  # type: ignore[list-item]
    assert fault in found


def test_a_behaviour_has_one_row() -> None:
    """However many cases a test has; two tests cannot claim the same sentence."""
    marker = shows("It works.", source="SQS API: SendMessage")
    items: list[Any] = [Item(f"tests/test_a.py::test_a[{case}]", marker) for case in "xy"]
    assert rows_of(items) == [
        Row("SQS", "It works.", "tests/test_a.py::test_a", source="SQS API: SendMessage")
    ]
    items.append(Item("tests/test_a.py::test_b", marker))
    (fault,) = faults_of(items)
    assert "is shown by" in fault


def test_the_document_has_a_row_for_each_behaviour() -> None:
    """Behaviour, verdict with its link, and the test."""
    text = render(
        [
            Row("SQS", "A|B.", "tests/test_a.py::test_a", source="SQS API: SendMessage"),
            Row("SNS", "C.", "tests/test_a.py::test_c", differs="A laptop has one disk."),
        ]
    )
    link = sources.link("SQS API: SendMessage")
    assert f"| A\\|B. | as AWS: {link} | [a](../tests/test_a.py) |" in text
    assert "| C. | **differs**: A laptop has one disk. | [c](../tests/test_a.py) |" in text
    assert "| **all** | 1 | 1 |" in text


@pytest.mark.parametrize("marked", [True, False])
def test_a_skip_at_run_time_is_a_failure(marked: bool) -> None:
    """Of a test that shows a behaviour; others may be skipped."""
    marks = [shows("It works.", source="SQS API: SendMessage")] if marked else []
    report: Any = SimpleNamespace(skipped=True, outcome="skipped", longrepr="no network")
    hook = hooks.pytest_runtest_makereport(Item("test_a", *marks), call=None)  # type: ignore
    next(hook)
    with pytest.raises(StopIteration) as ended:
        hook.send(report)
    assert ended.value.value is report
    assert report.outcome == ("failed" if marked else "skipped")
