"""The student's own copy of the workbook, in a folder that is never overwritten."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tabulate import tabulate

from labkit.course import progress, workbook
from labkit.course.exercises import EXERCISES
from labkit.course.release import write_glossary, write_student_version
from labkit.course.result import MARKS, Status
from labkit.errors import WorkspaceError

# labconfig/ in it: what is switched off, and that Markdown opens to be read.
JUPYTER = Path(__file__).with_name("jupyter")
IGNORE = "*\n"  # a workspace inside of a repository is nobody's commit


def start(folder: Path) -> list[str]:
    """Make a workspace, or add the files that it lacks; return the names of the new ones.

    What is there is kept as it is. Raises `WorkspaceError` for a folder that holds something else,
    or cannot be made.
    """
    marker = folder / progress.MARKER
    if folder.exists() and not folder.is_dir():
        raise WorkspaceError(f"{folder} is a file. Name a folder: labkit start DIR.")
    if not marker.is_dir() and folder.exists() and any(folder.iterdir()):
        raise WorkspaceError(
            f"{folder} holds something that is not the lab's. Name another: labkit start DIR."
        )
    try:
        marker.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(
            f"{folder} cannot be made ({error.strerror}). Name another: labkit start DIR."
        ) from None
    (marker / ".gitignore").write_text(IGNORE, encoding="utf-8")
    missing = [path for path in workbook.paths() if not (folder / path.name).exists()]
    made = [write_student_version(path, folder / path.name) for path in missing]
    if not (folder / workbook.GLOSSARY.name).exists():
        made.append(write_glossary(folder))
    return [path.name for path in made]


def jupyterlab(folder: Path) -> tuple[list[str], dict[str, str]]:
    """The command that opens JupyterLab on a workspace, and its environment.

    The extensions of graders, and questions about news, are kept out of the student's sight.
    """
    paths = [str(JUPYTER), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    environment = os.environ | {"JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}
    return [sys.executable, "-m", "jupyterlab", str(folder)], environment


def progress_table(folder: Path) -> str:
    """One row an exercise: its title, how far the student has come, and the points.

    Raises `WorkspaceError` outside of a workspace.
    """
    home = progress.workspace(folder)
    if home is None:
        raise WorkspaceError(
            f"{folder} is in no workspace. Make one with `labkit start`, or name it: "
            "labkit progress DIR."
        )
    results = progress.results(home)
    rows: list[Sequence[object]] = []
    earned = 0
    for exercise in EXERCISES.values():
        status = results[exercise.id].status if exercise.id in results else Status.NOT_ATTEMPTED
        points = exercise.points if status is Status.PASSED else 0
        earned += points
        name = f"{MARKS[status]} {status}"
        rows.append((exercise.id, exercise.title, name, f"{points} of {exercise.points}"))
    total = sum(exercise.points for exercise in EXERCISES.values())
    rows.append(("all", "", "", f"{earned} of {total}"))
    headers = ("exercise", "question", "", "points")
    return tabulate(rows, headers, colalign=("left", "left", "left", "right"))
