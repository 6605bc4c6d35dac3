"""Running notebooks headless: what is counted, and what is said when something is wrong."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from labkit.course import runner
from labkit.course.result import MIME, CheckResult, Status
from labkit.errors import NotebookError

CHECKS = "from labkit.course.result import CheckResult, Status\n"


def notebook(folder: Path, *sources: str) -> Path:
    """A notebook with a parameters cell and these code cells."""
    cells = [nbformat.v4.new_code_cell(source) for source in ('colour = "blue"', *sources)]
    cells[0].metadata["tags"] = ["parameters"]
    written = nbformat.v4.new_notebook(cells=cells)
    written.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    path = folder / "99_example.ipynb"
    nbformat.write(written, path)
    return path


def test_checks_are_counted_and_parameters_arrive(tmp_path: Path):
    """A passed check counts; the parameter's value reaches the notebook."""
    path = notebook(
        tmp_path,
        CHECKS
        + 'CheckResult("colour", Status.PASSED if colour == "red" else Status.WRONG, colour)',
    )
    [result] = runner.run([path], output=tmp_path / "out", parameters={"colour": "red"})
    assert (result.notebook, result.passed, result.failed) == ("99_example", 1, ())
    assert runner.passed_all([result])
    assert (tmp_path / "out" / path.name).is_file()


def test_a_failed_check_and_an_error_are_told_apart(tmp_path: Path):
    """The failed check's message and the cell's exception both come out, and the rest is saved."""
    path = notebook(
        tmp_path, CHECKS + 'CheckResult("queue", Status.WRONG, "No queue.")', "1 / 0", "2"
    )
    [result] = runner.run([path], output=tmp_path / "out")
    assert not runner.passed_all([result])
    assert runner.advice([result]).splitlines() == [
        "99_example: check failed: No queue.",
        "99_example: cell 3 raised ZeroDivisionError: division by zero",
    ]
    table = runner.table([result])
    assert "0 of 1" in table
    assert "FAILED" in table


def test_an_unknown_parameter_is_refused_before_anything_runs(tmp_path: Path):
    """papermill would only warn; here the known parameters are named."""
    path = notebook(tmp_path)
    with pytest.raises(NotebookError, match=r"no parameter size\. It has: colour\."):
        runner.run([path], output=tmp_path / "out", parameters={"size": 1})


def test_nothing_to_run_is_not_a_success():
    """An empty run is not reported as passed."""
    assert not runner.passed_all([])
    assert runner.advice([]) == "No notebook was run."


def test_a_result_shows_as_a_line_and_carries_its_data():
    """A mark and words for people, data for programs; what is shown cannot inject HTML."""
    result = CheckResult("queue", Status.WRONG, "No <queue>.", "Run step 2.1.")
    bundle = result._repr_mimebundle_()
    assert bundle["text/plain"] == "✗ queue: No <queue>.\n  Hint: Run step 2.1."
    assert "No &lt;queue&gt;." in bundle["text/html"]
    assert bundle[MIME]["status"] == "wrong"
    assert not result
