"""`labkit validate`, `labkit release` and `labkit audit` as an instructor types them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import nbformat

from labkit.course import workbook
from labkit.course.mutants import mutants

LABKIT = [sys.executable, "-m", "labkit.cli"]
FINE = "from labkit.course.result import CheckResult, Status\n"
FINE += "CheckResult('q2_1', Status.PASSED, 'Fine.')"


def labkit(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """One command, as typed."""
    return subprocess.run([*LABKIT, *map(str, words)], capture_output=True, text=True)


def notebook(file: Path, *sources: str) -> nbformat.NotebookNode:
    """A notebook with these code cells, written into a file."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in sources])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(made, file)
    return made


def test_validate(tmp_path: Path):
    """A table, a page, JUnit and the executed notebooks; the status is 1 when one has failed."""
    notebook(tmp_path / "good.ipynb", FINE)
    notebook(tmp_path / "bad.ipynb", "1 / 0")
    output = tmp_path / "out"
    run = labkit("validate", tmp_path / "good.ipynb", "--output", output)
    assert run.returncode == 0, run.stderr
    assert [word for word in run.stdout.splitlines()[2].split() if "." not in word] == [
        "good",
        "1",
        "of",
        "1",
        "ok",
    ]
    both = [tmp_path / "good.ipynb", tmp_path / "bad.ipynb"]
    run = labkit("validate", *both, "--jobs", "2", "--output", output)
    assert run.returncode == 1
    assert "workbook: 100%" in run.stderr  # the progress bar
    assert "bad: cell 1 raised ZeroDivisionError" in run.stderr and "Traceback" not in run.stderr
    assert {path.name for path in output.iterdir()} == {
        "good.ipynb",
        "bad.ipynb",
        "report.html",
        "junit.xml",
    }
    suite = ElementTree.parse(output / "junit.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")


def test_validate_on_one_target_refuses_jobs(tmp_path: Path):
    """Before anything runs, with what to leave out."""
    notebook(tmp_path / "good.ipynb", FINE)
    words = ("--target", "http://127.0.0.1:9", "--jobs", "2", "--output", tmp_path / "out")
    run = labkit("validate", tmp_path / "good.ipynb", *words)
    assert run.returncode == 1 and "Leave out --jobs or the target." in run.stderr
    assert not (tmp_path / "out").exists()


def test_release(tmp_path: Path):
    """The hand-out is written and listed; a file or a used folder is one line that says so."""
    run = labkit("release", tmp_path / "handout")
    assert run.returncode == 0, run.stderr
    written = sorted(path.name for path in (tmp_path / "handout").iterdir())
    notebooks = [path.name for path in workbook.paths()]
    assert written == sorted([*notebooks, "SHA256SUMS", "glossary.md"])
    assert len(run.stdout.splitlines()) == len(written)
    for taken in (tmp_path / "handout", tmp_path / "handout" / "SHA256SUMS"):
        run = labkit("release", taken)
        assert run.returncode == 1
        assert "labkit release DIR" in run.stderr and "Traceback" not in run.stderr


def test_audit(tmp_path: Path):
    """A check that finds every answer right is MISSED at each that is not; the status is 1."""
    made = notebook(
        tmp_path / "lax.ipynb", f"x = ...\n{workbook.BEGIN}\nx = 1\n{workbook.END}", FINE
    )
    for cell, marks in zip(
        made.cells,
        ({"grade_id": "q2_1", "solution": True}, {"grade_id": "q2_1-check", "grade": True}),
        strict=True,
    ):
        cell.metadata["nbgrader"] = {"points": 1, **marks}
    nbformat.write(made, tmp_path / "lax.ipynb")
    run = labkit("audit", tmp_path / "lax.ipynb", "--output", tmp_path / "out")
    wrong = [mutant for mutant in mutants() if mutant.exercise == "q2_1"]
    assert run.returncode == 1 and "A check has not said what it should" in run.stderr
    assert run.stdout.count("MISSED") == len(wrong) + 1  # and the blank answer
    assert f"0 of {len(wrong)} mutants were caught; 1 of 1 references passed." in run.stdout
    assert (tmp_path / "out" / "audit-lax.ipynb").is_file()
