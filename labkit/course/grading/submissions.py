"""Who handed in what: one folder a student, in either of two layouts.

    SUBMISSIONS/<student>/02_queue.ipynb               a workspace, as the student has it
    submitted/<student>/<assignment>/02_queue.ipynb    nbgrader's

Nothing in a folder is believed: notebooks are recognised by the exercises in them, links are not
followed, and what cannot be told apart is named and left out.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from labkit.course.grading import folders
from labkit.course.grading.course import Assignment
from labkit.course.grading.submitted import Unreadable, read
from labkit.course.printable import one_line
from labkit.errors import GradingError, StudentIdError
from labkit.names import Names

NBGRADER = "submitted"

log = logging.getLogger("labkit.grade")


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    `student` is the folder's name as one line; `notebooks` maps the workbook's names to files;
    `notes` say what was mended or left out, `failures` what cannot be graded. `student_id` is empty
    where the class's common names are used.
    """

    student: str
    student_id: str
    notebooks: dict[str, Path]
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


def find(
    folder: Path, assignments: Sequence[Assignment], *, student_ids: bool = True
) -> list[Submission]:
    """The submissions in a folder, in the order of the students' names.

    Raises `GradingError` for a folder without any.
    """
    by_id: dict[str, list[Path]] = defaultdict(list)
    for home in _homes(folder):
        by_id[one_line(home.name).casefold()].append(home)
    if not by_id:
        raise GradingError(
            f"There are no submissions in {folder}. It should hold one folder for each student, "
            "named by the student's id, with the notebooks in it."
        )
    return [
        _submission_surely(homes, folder, assignments, student_ids=student_ids)
        for _, homes in sorted(by_id.items())
    ]


def strays(folder: Path) -> list[str]:
    """What lies beside the students' folders as if it were to be graded, by its name."""
    places = [folder, *(home for home in _folders(folder) if home.name == NBGRADER)]
    return [
        one_line(path.relative_to(folder).as_posix())
        for place in places
        for path in sorted(place.iterdir())
        if not folders.is_hidden(path) and _is_stray(path)
    ]


def shard(submissions: Sequence[Submission], number: int, count: int) -> list[Submission]:
    """Part `number` of `count` of a class, the same at each call.

    >>> shard([1, 2, 3, 4, 5], 2, 3)
    [2, 5]
    """
    return list(submissions[number - 1 :: count])


def _homes(folder: Path) -> Iterator[Path]:
    for home in _folders(folder):
        if home.name == NBGRADER:
            yield from _folders(home)
        else:
            yield home


def _folders(folder: Path) -> list[Path]:
    try:
        found = sorted(folder.iterdir())
    except OSError as error:
        raise GradingError(f"{folder} cannot be read ({error.strerror}).") from None
    return [
        each
        for each in found
        if each.is_dir() and not each.is_symlink() and not each.name.startswith(".")
    ]


def _is_stray(path: Path) -> bool:
    if path.is_dir():
        return path.is_symlink()
    return folders.ENDING in path.name.lower() or folders.is_packed(path)


def _submission_surely(
    homes: list[Path], folder: Path, assignments: Sequence[Assignment], *, student_ids: bool
) -> Submission:
    student = one_line(homes[0].name)
    if len(homes) > 1:
        places = " and ".join(home.relative_to(folder).as_posix() for home in homes)
        reason = f"There are {len(homes)} submissions of this student: {places}. Keep one."
        return Submission(student, "", {}, failures=(reason,))
    try:
        return _submission(homes[0], student, assignments, student_ids=student_ids)
    except Exception as error:  # of one folder; the others are graded all the same
        log.exception("The folder of %s cannot be read.", student)
        said = getattr(error, "strerror", "") or f"{type(error).__name__}: {error}"
        reason = f"The folder cannot be read ({said})."
        return Submission(student, "", {}, failures=(reason,))


def _submission(
    home: Path, student: str, assignments: Sequence[Assignment], *, student_ids: bool
) -> Submission:
    notes, failures = [], []
    student_id = ""
    if student_ids:
        try:
            Names.of(student)
            student_id = student
        except StudentIdError:
            notes.append(
                f"The folder's name '{student}' cannot be a student_id (1 to 16 lower-case letters "
                "and digits), so the names that all share were used."
            )
    content = folders.look(home)
    left_out = list(content.left_out)
    candidates: dict[str, list[Path]] = defaultdict(list)
    for path in content.notebooks:
        try:
            name, said = _recognise(path, assignments)
        except Unreadable as reason:
            failures.append(f"{_within(path, home)} cannot be graded: {reason}.")
            continue
        notes += said
        if name:
            candidates[name].append(path)
        else:
            left_out.append(f"{_within(path, home)} is none of the workbook's; it was left out.")
    notebooks: dict[str, Path] = {}
    for name, paths in candidates.items():
        if len(paths) == 1:
            notebooks[name] = paths[0]
            if paths[0].stem != name:
                notes.append(f"{_within(paths[0], home)} was recognised as {name}.")
        else:
            copies = " and ".join(_within(path, home) for path in paths[:8])
            failures.append(f"There are {len(paths)} copies of {name}: {copies}. Keep one.")
    if not notebooks and not failures:
        kind = "notebook of the workbook" if content.notebooks else "notebook"
        failures.append(" ".join([f"The folder has no {kind} in it.", *left_out]))
        left_out = []
    return Submission(student, student_id, notebooks, (*notes, *left_out), tuple(failures))


def _recognise(path: Path, assignments: Sequence[Assignment]) -> tuple[str, list[str]]:
    # By the exercises in it; the file's name counts only where those say nothing.
    notebook = read(path)
    exercises = notebook.exercises or notebook.checked
    ids = {task.id: each.name for each in assignments for task in each.tasks}
    locked = {cell.grade_id for each in assignments for cell in each.locked}
    unknown = [name for name in exercises if name not in ids and name not in locked]
    notes = []
    if unknown:
        notes.append(f"{path.name} has exercises that the workbook does not: {_list(unknown)}.")
    names = [ids[name] for name in exercises if name in ids]
    if names:
        return max(sorted(set(names)), key=names.count), notes
    known = {each.name for each in assignments}
    return (path.stem if path.stem in known else ""), notes


def _list(names: Iterable[str]) -> str:
    shown = [name[:40] for name in names]
    return ", ".join(shown[:8]) + (" and more" if len(shown) > 8 else "")


def _within(path: Path, home: Path) -> str:
    return path.relative_to(home).as_posix()
