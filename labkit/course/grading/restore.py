"""A submitted notebook with its locked cells as the workbook has them.

Cells are matched by nbgrader's grade_id, parameters by papermill's tag, and the cell that connects
by what it does; where a program has removed these marks, by their code. A locked cell that is
missing comes back: a check after its answer, another one after the cell that it follows in the
workbook. All other cells are the student's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from labkit.course.grading import course
from labkit.course.grading.course import Assignment
from labkit.course.grading.steps import CONNECT, Step
from labkit.course.grading.submitted import Cell, Notebook
from labkit.course.workbook import CHECK_SUFFIX

STUDENT_ID = re.compile(r"""^student_id\s*=\s*(["'])(.*?)\1""", re.MULTILINE)


@dataclass(frozen=True)
class Restored:
    """What to run, what was mended, and which exercises lost their points by that."""

    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    lost: dict[str, str] = field(default_factory=dict)


def restore(
    submitted: Notebook, assignment: Assignment, *, release: str, student_id: str
) -> Restored:
    """The steps of a submitted notebook, with the workbook's locked cells in their places.

    `student_id` is the one that it is graded with.
    """
    notes, lost = [], {}
    name = assignment.name
    same_release = submitted.release == release
    if not submitted.release:
        notes.append(f"{name} does not say of which release it is; this is {release}.")
    elif not same_release:
        notes.append(f"{name} is of release {submitted.release[:40]}; this is {release}.")

    marked = any(cell.grade_id for cell in submitted.cells)
    if not marked:
        notes.append(f"{name} has lost its cells' marks; its checks were found by their code.")
    cells: list[Cell | None] = list(submitted.cells)
    restored: dict[int, Cell] = {}
    missing: list[Cell] = []
    for locked in assignment.locked:
        places = _places(submitted.cells, locked)
        exercise = _exercise(locked)
        if not places:
            missing.append(locked)
            notes.append(f"{_name(locked)} of {name} was missing; it was restored.")
            continue
        # The last copy of a check is the one that sees all of the student's work.
        place = places[-1] if exercise else places[0]
        restored[place] = locked
        if exercise and len(places) > 1:
            notes.append(
                f"{_name(locked)} of {name} stood there {len(places)} times; the last ran."
            )
            for copy in places[:-1]:
                cells[copy] = None
        if course.is_parameters(locked):
            notes += _other_student(name, submitted.cells[place], student_id)
        elif _changed(submitted.cells[place], locked):
            notes.append(f"{_name(locked)} of {name} had been changed; it was restored.")
            if exercise and (same_release or not submitted.release):
                lost[exercise] = "Its check cell was changed."
    for index, locked in restored.items():
        cells[index] = locked
    _insert(cells, missing, assignment)
    there = {cell.grade_id for cell in submitted.cells}
    notes += [
        f"The answer cell of {task.id} is missing in {name}."
        for task in assignment.tasks
        if marked and task.id not in there
    ]
    steps = tuple(
        _step(cell, ours=cell in assignment.locked)
        for cell in cells
        if cell is not None and cell.kind == "code"
    )
    return Restored(steps, tuple(notes), lost)


def _step(cell: Cell, *, ours: bool) -> Step:
    if not ours:
        return Step(cell.source)
    return Step(cell.source, _exercise(cell), CONNECT if course.is_connect(cell) else "")


def _insert(cells: list[Cell | None], missing: list[Cell], assignment: Assignment) -> None:
    for locked in missing:
        cells.insert(_place(cells, locked, assignment.notebook.cells), locked)


def _place(cells: list[Cell | None], locked: Cell, source: Sequence[Cell]) -> int:
    at = source.index(locked)
    exercise = _exercise(locked)
    # A check that ran before its answer would find nothing. Where the answer cannot be told from
    # other cells, it stands at least before what follows the check.
    before = [cell for cell in source[:at] if not exercise or cell.grade_id == exercise]
    for cell in reversed(before):
        if found := _standing(cells, cell):
            return found[-1] + 1
    for cell in source[at + 1 :] if exercise else ():
        if found := _standing(cells, cell):
            return found[-1]
    return len(cells) if exercise else 0


def _standing(cells: list[Cell | None], original: Cell) -> list[int]:
    return [index for index, cell in enumerate(cells) if cell and _stands_for(cell, original)]


def _places(cells: Sequence[Cell], locked: Cell) -> list[int]:
    named = [index for index, cell in enumerate(cells) if _same(cell, locked)]
    return named or [index for index, cell in enumerate(cells) if _looks_like(cell, locked)]


def _same(cell: Cell, locked: Cell) -> bool:
    if locked.grade_id:
        return cell.grade_id == locked.grade_id
    if cell.grade_id or cell.kind != "code":
        return False
    if course.is_parameters(locked):
        return course.is_parameters(cell)
    return course.is_connect(cell) or _is_copy(cell, locked)


def _looks_like(cell: Cell, locked: Cell) -> bool:
    if cell.grade_id or cell.kind != "code":
        return False
    if course.is_parameters(locked):
        return _is_copy(cell, locked) or STUDENT_ID.search(cell.source) is not None
    return not _changed(cell, locked)


def _stands_for(cell: Cell, original: Cell) -> bool:
    if cell.grade_id:
        return cell.grade_id == original.grade_id
    same = not original.grade_id and cell.source.strip() == original.source.strip() != ""
    return same or _is_copy(cell, original)


def _other_student(name: str, parameters: Cell, student_id: str) -> list[str]:
    found = STUDENT_ID.search(parameters.source)
    if found is None or found[2] == student_id:
        return []
    own = f"with the student_id '{found[2][:40]}'" if found[2] else "without a student_id"
    ours = f"with '{student_id}'" if student_id else "without one"
    return [f"{name} was worked on {own}, and graded {ours}: orders and names differ."]


def _is_copy(cell: Cell, original: Cell) -> bool:
    return bool(original.cell_id) and cell.cell_id == original.cell_id


def _changed(cell: Cell, locked: Cell) -> bool:
    return cell.kind != "code" or _lines(cell.source) != _lines(locked.source)


def _lines(source: str) -> list[str]:
    return [line.rstrip() for line in source.strip().splitlines()]


def _exercise(cell: Cell) -> str:
    is_check = cell.locked and cell.grade_id.endswith(CHECK_SUFFIX)
    return cell.grade_id.removesuffix(CHECK_SUFFIX) if is_check else ""


def _name(locked: Cell) -> str:
    if exercise := _exercise(locked):
        return f"The check cell of {exercise}"
    if course.is_parameters(locked):
        return "The cell with the parameters"
    return "The cell that connects" if course.is_connect(locked) else "A locked cell"
