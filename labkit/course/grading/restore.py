"""A submitted notebook with its locked cells as the workbook has them.

Cells are matched by nbgrader's grade_id, parameters by papermill's tag, and the cell that connects
by what it does. A locked cell that is missing comes back after the cell that it follows in the
workbook. All other cells are the student's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from labkit.course.grading import course
from labkit.course.grading.course import Assignment
from labkit.course.grading.submitted import Cell, Notebook
from labkit.course.workbook import CHECK_SUFFIX

PARAMETERS = "parameters"


@dataclass(frozen=True)
class Step:
    """A code cell to run; `exercise` is the one that it checks, `role` may be PARAMETERS."""

    source: str
    exercise: str = ""
    role: str = ""


@dataclass(frozen=True)
class Restored:
    """What to run, what was mended, and which exercises lost their points by that."""

    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    lost: dict[str, str] = field(default_factory=dict)


def restore(submitted: Notebook, assignment: Assignment, *, release: str) -> Restored:
    """The steps of a submitted notebook, with the workbook's locked cells in their places."""
    notes, lost = [], {}
    name = assignment.name
    same_release = submitted.release == release
    if not submitted.release:
        notes.append(f"{name} does not say of which release it is; this is {release}.")
    elif not same_release:
        notes.append(f"{name} is of release {submitted.release[:40]}; this is {release}.")

    cells: list[Cell | None] = list(submitted.cells)
    restored: dict[int, Cell] = {}
    missing: list[Cell] = []
    for locked in assignment.locked:
        places = [index for index, cell in enumerate(submitted.cells) if _same(cell, locked)]
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
        if not course.is_parameters(locked) and _changed(submitted.cells[place], locked):
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
        if task.id not in there
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
    return Step(cell.source, _exercise(cell), PARAMETERS if course.is_parameters(cell) else "")


def _insert(cells: list[Cell | None], missing: list[Cell], assignment: Assignment) -> None:
    source = assignment.notebook.cells
    for locked in missing:
        place = 0
        for before in reversed(source[: source.index(locked)]):
            found = [
                index for index, cell in enumerate(cells) if cell and _stands_for(cell, before)
            ]
            if found:
                place = found[-1] + 1
                break
        cells.insert(place, locked)


def _same(cell: Cell, locked: Cell) -> bool:
    if locked.grade_id:
        return cell.grade_id == locked.grade_id
    if cell.grade_id or cell.kind != "code":
        return False
    if course.is_parameters(locked):
        return course.is_parameters(cell)
    return course.is_connect(cell) or _is_copy(cell, locked)


def _stands_for(cell: Cell, before: Cell) -> bool:
    if before.grade_id or cell.grade_id:
        return cell.grade_id == before.grade_id
    return _is_copy(cell, before) or cell.source.strip() == before.source.strip()


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
