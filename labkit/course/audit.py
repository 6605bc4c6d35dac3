"""Grading by mutation: do the checks notice every known mistake, and nothing else?

For each exercise of a notebook three kinds of answers are run, one after the other, on one cloud:
the blank one (not attempted), each wrong one of `mutants` (wrong, in the words that help), and the
solution (passed). So it is shown as well that a student who was wrong before can still be right.
"""

from __future__ import annotations

import copy
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from tabulate import tabulate
from tqdm import tqdm

from labkit.course import execution, workbook
from labkit.course.execution import CELL_SECONDS, kernels, results_of
from labkit.course.mutants import Mutant, mutants
from labkit.course.output import make_ready
from labkit.course.result import CheckResult, Status
from labkit.errors import NotebookError

BLANK, REFERENCE = "blank", "reference"
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
    notebook = audited(nbformat.read(path, as_version=4), mutants())
    executed = output / file_name(path)
    try:
        _execute(notebook, path.parent)
    except CellExecutionError as error:
        raise NotebookError(f"{path.name}: {error.ename}: {error.evalue}") from None
    finally:
        nbformat.write(notebook, executed)
    return findings(executed)


def file_name(path: Path) -> str:
    """What the executed notebook of an audit is called."""
    return f"audit-{path.name}"


def findings(executed: Path) -> list[Finding]:
    """What the checks said to every answer, as the executed notebook of an audit shows it."""
    words = {(mutant.exercise, mutant.name): mutant.expects for mutant in mutants()}
    return list(_findings(nbformat.read(executed, as_version=4), words))


def audit_all(notebooks: Sequence[Path], *, output: Path, jobs: int = 0) -> list[Finding]:
    """Audit several notebooks at once (all of the workbook by default), with a progress bar.

    Raises `NotebookError`, before anything runs, for what is no notebook, and
    `WorkspaceError` for an output that cannot be written.
    """
    paths = list(notebooks) or workbook.paths()
    for path in paths:
        execution.require(path, {})
    make_ready(output)
    with ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
        found = pool.map(partial(audit, output=output), paths)
        bar = tqdm(found, total=len(paths), unit="notebook", desc="audit")
        return [finding for each in bar for finding in each]


def summary(found: Sequence[Finding]) -> str:
    """How many of the wrong answers were caught, and how many right ones passed."""
    wrong = [finding for finding in found if finding.expected is Status.WRONG]
    right = [finding for finding in found if finding.expected is Status.PASSED]
    return (
        f"{sum(finding.ok for finding in wrong)} of {len(wrong)} mutants were caught; "
        f"{sum(finding.ok for finding in right)} of {len(right)} references passed."
    )


def table(found: Sequence[Finding]) -> str:
    """One row for each answer: what its check said."""
    rows = [
        (
            finding.exercise,
            finding.answer,
            finding.result.message if finding.result is not None else "nothing",
            "caught" if finding.ok and finding.expected is Status.WRONG else _verdict(finding.ok),
        )
        for finding in found
    ]
    return tabulate(
        rows,
        headers=("exercise", "answer", "the check said", ""),
        maxcolwidths=[None, 32, 72, None],
        disable_numparse=True,
    )


def _execute(notebook: NotebookNode, folder: Path) -> None:
    # by nbclient: papermill takes no exception of a cell for an answer
    with tempfile.TemporaryDirectory(prefix="labkit-kernel-") as sockets:
        NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
            config=kernels(Path(sockets)),
        ).execute()


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
    cell.metadata["tags"] = ["raises-exception"]  # AWS may refuse a wrong answer by itself
    return cell


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
            next(results_of(cell), None),
        )
