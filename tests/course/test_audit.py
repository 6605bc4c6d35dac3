"""Every exercise: blank it is not attempted, each known mistake is named, the solution passes."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from labkit.course import audit, workbook
from labkit.course.exercises import EXERCISES
from labkit.course.mutants import mutants
from labkit.course.result import Status
from labkit.errors import NotebookError

PATHS = workbook.paths()
AUDIT = [sys.executable, "-m", "labkit.cli", "audit", "--jobs", "2", "--output"]

pytestmark = pytest.mark.timeout(900)  # the workbook is audited in the first test's fixture


@dataclass(frozen=True)
class Audited:
    """What `labkit audit` came to, and the folder with the executed notebooks."""

    command: subprocess.CompletedProcess[str]
    output: Path


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """The workbook, audited by one command."""
    output = tmp_path_factory.mktemp("audit")
    command = [*AUDIT, str(output)]
    return Audited(subprocess.run(command, capture_output=True, text=True), output)


def test_each_mutant_is_named_as_caught(audited: Audited):
    """The table has a row for each; the last line sums up, and the status is 0."""
    said, count = audited.command.stdout, len(mutants())
    assert audited.command.returncode == 0, said + audited.command.stderr
    rows = [line for line in said.splitlines() if line.endswith("  caught")]
    assert len(rows) == count and "MISSED" not in said
    references = f"{len(EXERCISES)} of {len(EXERCISES)} references passed."
    assert said.endswith(f"{count} of {count} mutants were caught; {references}\n")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_answer_gets_what_it_deserves(path: Path, audited: Audited):
    """The blank starter is not attempted, wrong answers fail in the intended words, the reference
    passes, also after all the wrong ones.
    """
    findings = audit.findings(audited.output / audit.file_name(path))
    assert all(finding.ok for finding in findings), audit.table(
        [finding for finding in findings if not finding.ok]
    )
    expected = [cells.id for cells in workbook.exercises(nbformat.read(path, as_version=4))]
    passed = [each.exercise for each in findings if each.expected is Status.PASSED]
    blank = [each.exercise for each in findings if each.expected is Status.NOT_ATTEMPTED]
    assert passed == blank == expected


def test_every_exercise_has_two_mistakes_that_are_known():
    """At least two wrong answers stand ready for each exercise, and each has a name of its own."""
    found = mutants()
    assert len({(mutant.exercise, mutant.name) for mutant in found}) == len(found)
    count = Counter(mutant.exercise for mutant in found)
    assert {name: count[name] for name in EXERCISES if count[name] < 2} == {}
    assert set(count) == set(EXERCISES)


def test_a_check_that_misses_a_mistake_is_shown():
    """Another status or other words than intended are MISSED, and so is no result at all."""
    missed = audit.Finding("q2_1", "too short", Status.WRONG, "shorter", None)
    assert not missed.ok
    assert "MISSED" in audit.table([missed])


def test_a_cell_that_is_no_answer_must_run(tmp_path: Path):
    """AWS may refuse a wrong answer; what else fails in a notebook ends its audit."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    path = tmp_path / "broken.ipynb"
    nbformat.write(notebook, path)
    with pytest.raises(NotebookError, match="ZeroDivisionError"):
        audit.audit(path, output=tmp_path)
