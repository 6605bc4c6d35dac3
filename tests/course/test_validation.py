"""Validating notebooks: what is run, what is counted, and what is said when something is wrong."""

from __future__ import annotations

import os
from multiprocessing.context import BaseContext
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest

from labkit.course import execution, report, validation
from labkit.course.execution import Run
from labkit.course.result import MIME, CheckResult, Status
from labkit.course.validation import INTERRUPTED, Plan, passed_all, validate
from labkit.errors import NotebookError

CHECKS = "from labkit.course.result import CheckResult, Status\n"
PASSES = CHECKS + 'CheckResult("colour", Status.PASSED, colour)'
FAILS = CHECKS + 'CheckResult("queue", Status.WRONG, "No queue.")'


def notebook(folder: Path, *sources: str, name: str = "99_example", target: str = "") -> Path:
    """A notebook with a parameters cell and these code cells."""
    parameters = f"target = {target}" if target else 'colour = "blue"'
    cells = [nbformat.v4.new_code_cell(source) for source in (parameters, *sources)]
    cells[0].metadata["tags"] = ["parameters"]
    written = nbformat.v4.new_notebook(cells=cells)
    written.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    path = folder / f"{name}.ipynb"
    nbformat.write(written, path)
    return path


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """The usual plan, with an output folder of its own."""
    return Plan(tmp_path / "out", {})


def test_checks_are_counted_and_parameters_arrive(tmp_path: Path):
    """A passed check counts; the parameter's value reaches the notebook."""
    path = notebook(tmp_path, PASSES)
    [run] = validate([path], Plan(tmp_path / "out", {"colour": "red"}))
    assert (run.notebook, run.passed, run.failed, run.ok) == ("99_example", 1, (), True)
    assert run.results[0].message == "red"
    assert run.output.is_file()


def test_a_failed_check_and_an_error_are_told_apart(tmp_path: Path, plan: Plan):
    """The failed check's message and the cell's exception both come out, and the rest is saved."""
    [run] = validate([notebook(tmp_path, FAILS, "1 / 0", "2")], plan)
    assert not passed_all([run])
    assert report.advice([run]).splitlines() == [
        "99_example: check failed: queue: No queue.",
        "99_example: cell 3 raised ZeroDivisionError: division by zero",
    ]
    assert "0 of 1" in report.table([run])
    assert "FAILED" in report.table([run])
    assert "#papermill-error-cell" in nbformat.read(run.output, as_version=4).cells[0].source


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ("import threading; threading.Event().wait()", "a cell was not done in 3 s"),
        ("import os; os._exit(1)", "the kernel died"),
    ],
    ids=["hangs", "dies"],
)
def test_what_stops_a_notebook_is_named_and_linked(tmp_path: Path, cell: str, error: str):
    """A cell that hangs and a kernel that dies leave the executed notebook with a link on top."""
    path = notebook(tmp_path, "'before'", cell, "'after'")
    [run] = validate([path], Plan(tmp_path / "out", {}, cell_seconds=3))
    assert run.error == error
    cells = nbformat.read(run.output, as_version=4).cells
    assert '<a href="#papermill-error-cell">' in cells[0].source
    assert 'id="papermill-error-cell"' in cells[3].source
    assert cells[4].source == cell
    assert cells[2].outputs[0].data["text/plain"] == "'before'"


def test_a_notebook_has_a_time_limit_of_its_own(tmp_path: Path):
    """Each cell may be quick and the whole too slow; what was executed is there."""
    path = notebook(tmp_path, "'before'", *["import threading; threading.Event().wait(2)"] * 9)
    [run] = validate([path], Plan(tmp_path / "out", {}, notebook_seconds=6))
    assert run.error == "it was not done in 6 s"
    cells = nbformat.read(run.output, as_version=4).cells
    assert any('id="papermill-error-cell"' in cell.source for cell in cells[2:])


def test_notebooks_run_side_by_side_and_are_told_in_their_order(tmp_path: Path):
    """Two that wait for each other both end; the table has them as they were named."""
    here, there = tmp_path / "a", tmp_path / "b"
    for fifo in (here, there):
        os.mkfifo(fifo)
    first = notebook(tmp_path, f"open({str(here)!r}, 'w').close(); open({str(there)!r}).close()")
    second = notebook(
        tmp_path,
        f"open({str(here)!r}).close(); open({str(there)!r}, 'w').close()",
        name="98_other",
    )
    runs = validate([first, second], Plan(tmp_path / "out", {}, jobs=2, cell_seconds=30))
    assert [(run.notebook, run.error) for run in runs] == [("99_example", ""), ("98_other", "")]


def test_on_one_target_notebooks_run_one_after_the_other(
    cloud: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """In their order, however many processors there are; without a target each processor has one
    to run, and the longest begin.
    """
    running: list[str] = []
    most: list[int] = []
    begun: list[Path] = []

    class Counted(validation._Job):
        def __init__(self, context: BaseContext, path: Path, plan: Plan) -> None:
            running.append(path.name)
            most.append(len(running))
            begun.append(path)
            super().__init__(context, path, plan)

        def finish(self) -> Run:
            running.remove(self.path.name)
            return super().finish()

    monkeypatch.setattr(validation, "_Job", Counted)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    paths = [
        notebook(tmp_path, *["1"] * number, name=f"9{number}_one", target='"local"')
        for number in range(3)
    ]
    for target, expected, order in (
        (cloud, 1, paths),
        ("local", 2, paths[::-1]),
    ):
        most.clear()
        begun.clear()
        runs = validate(paths, Plan(tmp_path / "out", {"target": target}))
        assert [run.error for run in runs] == [""] * 3
        assert max(most) == expected
        assert begun == order


def test_several_at_once_on_one_target_are_refused(tmp_path: Path):
    """Before anything runs, with what to leave out."""
    path = notebook(tmp_path, target='"local"')
    shared = {"target": "http://127.0.0.1:9"}
    with pytest.raises(NotebookError, match=r"Leave out --jobs or the target"):
        validate([path], Plan(tmp_path / "out", shared, jobs=2))
    assert not (tmp_path / "out").exists()


def test_kernels_listen_on_no_port(tmp_path: Path, plan: Plan):
    """They are reached by sockets of the file system, so that no two of them can clash."""
    told = "import json, ipykernel\njson.loads(ipykernel.get_connection_info())['transport']"
    [run] = validate([notebook(tmp_path, told)], plan)
    shown = nbformat.read(run.output, as_version=4).cells[-1].outputs[0]
    assert shown.data["text/plain"] == "'ipc'"


def test_it_stops_at_the_first_failure_if_asked(tmp_path: Path):
    """What was not run is told so, and fails too."""
    broken = notebook(tmp_path, "1 / 0", "2", "3")
    other = notebook(tmp_path, PASSES, name="98_other")
    runs = validate([other, broken], Plan(tmp_path / "out", {}, jobs=1, stop_at_first=True))
    assert [run.error for run in runs] == [
        INTERRUPTED,
        "cell 2 raised ZeroDivisionError: division by zero",
    ]


def test_an_unknown_parameter_is_refused_before_anything_runs(tmp_path: Path):
    """papermill would only warn; here the known parameters are named."""
    path = notebook(tmp_path)
    with pytest.raises(NotebookError, match=r"no parameter size\. It has: colour\."):
        validate([path], Plan(tmp_path / "out", {"size": 1}))
    assert not (tmp_path / "out").exists()


def test_what_is_no_notebook_is_refused_before_anything_runs(tmp_path: Path, plan: Plan):
    """A missing file, a file that is not JSON or no text, and two notebooks of one name."""
    bad = tmp_path / "bad.ipynb"
    bad.write_text("not JSON")
    with pytest.raises(NotebookError, match=r"bad\.ipynb is not a notebook"):
        validate([bad], plan)
    half = notebook(tmp_path, "'?'", name="half")
    half.write_text(half.read_text().replace("'?'", "'\\ud800'"))
    with pytest.raises(NotebookError, match=r"half\.ipynb is not a notebook: .*surrogates"):
        validate([half], plan)
    with pytest.raises(NotebookError, match=r"There is no notebook .*02_queue\.ipynb"):
        validate([tmp_path / "missing.ipynb"], plan)
    path = notebook(tmp_path)
    with pytest.raises(NotebookError, match="the same name"):
        validate([path, path], plan)


def test_a_notebook_that_is_cut_off(tmp_path: Path):
    """One that was ended while it was saved is told, and the others are reported."""
    output = tmp_path / "99_example.ipynb"
    output.write_text('{"cells": [')
    run = execution.finished(output, output, 6, "it was not done in 6 s")
    assert run.error == "it was not done in 6 s; 99_example.ipynb is cut off"


def test_nothing_to_run_is_not_a_success():
    """An empty run is not reported as passed."""
    assert not passed_all([])
    assert report.advice([]) == "No notebook was run."


def test_the_reports_say_the_same_as_the_table(tmp_path: Path, plan: Plan):
    """The page is one file, and shows what failed as text; JUnit has a case for each notebook."""
    good = notebook(tmp_path, PASSES, name="98_good")
    runs = validate([good, notebook(tmp_path, "raise ValueError('<b>bold</b>')")], plan)
    report.write_page(runs, plan.output / "report.html")
    page = (plan.output / "report.html").read_text()
    assert "ValueError: &lt;b&gt;bold&lt;/b&gt;" in page
    assert 'href="98_good.ipynb"' in page
    assert "http" not in page
    report.write_junit(runs, plan.output / "junit.xml")
    suite = ElementTree.parse(plan.output / "junit.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert "ValueError" in suite.find("testcase/failure").text


def test_reports_of_what_is_no_text(tmp_path: Path):
    """Colours, control characters and halves of characters break neither the page nor JUnit."""
    error = "\x1b[31mValueError\x1b[0m: \ud800 \x00 \uffff"
    runs = [Run("99_example", tmp_path / "99_example.ipynb", 1.0, error=error)]
    report.write_page(runs, tmp_path / "report.html")
    report.write_junit(runs, tmp_path / "junit.xml")
    failure = ElementTree.parse(tmp_path / "junit.xml").find("testcase/failure")
    assert failure is not None and failure.get("message") == "ValueError: ? ? ?"
    assert "ValueError: ? ? ?" in (tmp_path / "report.html").read_text()


def test_a_result_shows_as_a_line_and_carries_its_data():
    """A mark and words for people, data for programs; what is shown cannot inject HTML."""
    result = CheckResult("queue", Status.WRONG, "No <queue>.", "Run step 2.1.")
    bundle = result._repr_mimebundle_()
    assert bundle["text/plain"] == "✗ queue: No <queue>.\n  Hint: Run step 2.1."
    assert "No &lt;queue&gt;." in bundle["text/html"]
    assert bundle[MIME]["status"] == "wrong"
    assert not result
