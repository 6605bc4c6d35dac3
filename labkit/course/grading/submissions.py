"""Who handed in what: one folder a student, in either of two layouts.

    SUBMISSIONS/<student>/02_queue.ipynb               a workspace, as the student has it
    submitted/<student>/<assignment>/02_queue.ipynb    nbgrader's

Nothing in a folder is believed: notebooks are recognised by the exercises in them, links are not
followed, and what cannot be told apart is named and left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from labkit.course.grading.course import Assignment
from labkit.course.grading.submitted import Unreadable, read
from labkit.errors import GradingError, StudentIdError
from labkit.names import Names

NBGRADER = "submitted"
DEPTH = 2  # folders below the student's in which notebooks may lie


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    `notebooks` maps the workbook's names to files; `notes` say what was mended, `failures` what
    cannot be graded. `student_id` is empty where the class's common names are used.
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
        by_id[home.name.casefold()].append(home)
    if not by_id:
        raise GradingError(
            f"There are no submissions in {folder}. It should hold one folder for each student, "
            "named by the student's id, with the notebooks in it."
        )
    return [
        _submission(homes, folder, assignments, student_ids=student_ids)
        for _, homes in sorted(by_id.items())
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


def _submission(
    homes: list[Path], folder: Path, assignments: Sequence[Assignment], *, student_ids: bool
) -> Submission:
    student = homes[0].name
    if len(homes) > 1:
        places = " and ".join(home.relative_to(folder).as_posix() for home in homes)
        reason = f"There are {len(homes)} submissions of this student: {places}. Keep one."
        return Submission(student, "", {}, failures=(reason,))
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
    notebooks: dict[str, Path] = {}
    candidates: dict[str, list[Path]] = defaultdict(list)
    try:
        files = list(_notebooks(homes[0], DEPTH))
    except OSError as error:
        files = []
        failures.append(f"The folder cannot be read ({error.strerror}).")
    if not files and not failures:
        failures.append("The folder has no notebook in it.")
    for path in files:
        try:
            name, said = _recognise(path, assignments)
        except Unreadable as reason:
            failures.append(f"{_within(path, homes[0])} cannot be graded: {reason}.")
            continue
        notes += said
        if name:
            candidates[name].append(path)
    for name, paths in candidates.items():
        if len(paths) == 1:
            notebooks[name] = paths[0]
            if paths[0].stem != name:
                notes.append(f"{_within(paths[0], homes[0])} was recognised as {name}.")
        else:
            copies = " and ".join(_within(path, homes[0]) for path in paths)
            failures.append(f"There are {len(paths)} copies of {name}: {copies}. Keep one.")
    return Submission(student, student_id, notebooks, tuple(notes), tuple(failures))


def _notebooks(folder: Path, depth: int) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):  # Jupyter's checkpoints among them
            continue
        if path.is_dir() and not path.is_symlink() and depth:
            yield from _notebooks(path, depth - 1)
        elif path.suffix == ".ipynb" and (path.is_file() or path.is_symlink()):
            yield path


def _recognise(path: Path, assignments: Sequence[Assignment]) -> tuple[str, list[str]]:
    # By the exercises in it; the file's name counts only where those say nothing.
    exercises = read(path).exercises
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
