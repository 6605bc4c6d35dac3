"""Grading by mutation: do the checks notice every known mistake, and nothing else?

For each exercise of a notebook three kinds of answers are run, one after the other, on one cloud:
the blank one (not attempted), each wrong one of `mutants` (wrong, in the words that help), and the
solution (passed). So it is shown as well that a student who was wrong before can still be right.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from tabulate import tabulate

from labkit.course import runner, workbook
from labkit.course.mutants import Mutant, mutants
from labkit.course.result import CheckResult, Status
from labkit.errors import NotebookError

BLANK, REFERENCE = "blank", "reference"
MAY_FAIL = "raises-exception"
MARK = "labkit-audit"  # in a cell's metadata: which answer it checks


@dataclass(frozen=True)
class Finding:
    """What the check of an exercise said to one answer: `answer` is a mutant's name or a kind."""

    exercise: str
    answer: str
    expected: Status
    words: str
    result: CheckResult | None

    @property
    def ok(self) -> bool:
        """Whether the check said what it should."""
        found = self.result
        return found is not None and found.status is self.expected and self.words in found.message


def audited(notebook: NotebookNode, wrong: Sequence[Mutant]) -> NotebookNode:
    """A notebook in which each exercise is answered in every way, and checked each time."""
    exercises = {cells.answer: cells for cells in workbook.exercises(notebook)}
    checks = {cells.check for cells in exercises.values()}
    made = copy.deepcopy(notebook)
    made.cells = []
    for index, cell in enumerate(notebook.cells):
        if index in exercises:
            cells = exercises[index]
            check = notebook.cells[cells.check]
            for name, source in _answers(cells.id, cell.source, wrong):
                made.cells += [_answer_cell(source), _check_cell(check.source, cells.id, name)]
        elif index not in checks:
            made.cells.append(cell)
    return made


def audit(path: Path, *, output: Path) -> list[Finding]:
    """Run every answer to the exercises of one notebook; the executed notebook is in `output`.

    Raises `NotebookError` where a cell that is no answer fails.
    """
    wrong = mutants()
    source = output / f"audit-{path.name}"
    nbformat.write(audited(nbformat.read(path, as_version=4), wrong), source)
    error = runner.execute(source, source)
    executed = nbformat.read(source, as_version=4)
    if error and not _only_answers_failed(executed):
        raise NotebookError(f"{path.name}: {error}. The executed notebook is {source}.")
    words = {(mutant.exercise, mutant.name): mutant.expects for mutant in wrong}
    return list(_findings(executed, words))


def table(findings: Sequence[Finding]) -> str:
    """One row for each answer: what its check said."""
    rows = [
        (
            finding.exercise,
            finding.answer,
            finding.result.message if finding.result is not None else "nothing",
            "caught" if finding.ok and finding.expected is Status.WRONG else _verdict(finding.ok),
        )
        for finding in findings
    ]
    return tabulate(
        rows,
        headers=("exercise", "answer", "the check said", ""),
        maxcolwidths=[None, 32, 72, None],
        disable_numparse=True,
    )


def _verdict(ok: bool) -> str:
    return "ok" if ok else "MISSED"


def _answers(exercise: str, source: str, wrong: Sequence[Mutant]) -> Iterator[tuple[str, str]]:
    yield BLANK, workbook.blank(source)
    for mutant in wrong:
        if mutant.exercise == exercise:
            yield mutant.name, workbook.replace_solution(source, mutant.code)
    yield REFERENCE, source


def _answer_cell(source: str) -> NotebookNode:
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata["tags"] = [MAY_FAIL]  # AWS may refuse a wrong answer by itself
    return cell


def _only_answers_failed(executed: NotebookNode) -> bool:
    # nbclient goes on after a cell with this tag, but papermill calls the whole run a failure.
    failed = [
        cell
        for cell in executed.cells
        if any(shown.output_type == "error" for shown in cell.get("outputs", ()))
    ]
    return bool(failed) and all(MAY_FAIL in cell.metadata.get("tags", ()) for cell in failed)


def _check_cell(source: str, exercise: str, answer: str) -> NotebookNode:
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata[MARK] = [exercise, answer]
    return cell


def _findings(executed: NotebookNode, words: dict[tuple[str, str], str]) -> Iterator[Finding]:
    expected = {BLANK: Status.NOT_ATTEMPTED, REFERENCE: Status.PASSED}
    for cell in executed.cells:
        if MARK not in cell.metadata:
            continue
        exercise, answer = cell.metadata[MARK]
        yield Finding(
            exercise,
            answer,
            expected.get(answer, Status.WRONG),
            words.get((exercise, answer), ""),
            next(runner.results_of(cell), None),
        )
