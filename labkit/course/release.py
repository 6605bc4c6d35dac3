"""The students' version of the workbook: answers blank, checks locked, outputs removed.

It has the marks that nbgrader knows, checksums included, so that nbgrader can take it over, and
says in its metadata which release of the lab it belongs to.
"""

from __future__ import annotations

import copy
import hashlib
import shutil
from importlib.metadata import version
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from labkit.course import workbook
from labkit.errors import WorkspaceError

CHECKSUMS = "SHA256SUMS"
METADATA = "labkit"  # in a notebook's metadata: {"release": "0.1.0"}


def release(folder: Path) -> list[Path]:
    """Write what students get, and its checksums, into `folder`; return what was written.

    Raises `WorkspaceError` if the folder holds anything already (somebody may have worked in it),
    or cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = any(folder.iterdir())
    except OSError as error:
        raise WorkspaceError(
            f"{folder} cannot be a folder for the release ({error.strerror}). "
            "Name a new folder: labkit release DIR."
        ) from None
    if taken:
        raise WorkspaceError(f"{folder} is not empty. Name a new folder: labkit release DIR.")
    written = [write_student_version(path, folder / path.name) for path in workbook.paths()]
    written.append(write_glossary(folder))
    sums = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in written)
    (folder / CHECKSUMS).write_text("".join(sums), encoding="utf-8")
    return [*written, folder / CHECKSUMS]


def write_student_version(source: Path, target: Path) -> Path:
    """Write the students' version of one notebook; return where."""
    nbformat.write(student_version(nbformat.read(source, as_version=4)), target)
    return target


def write_glossary(folder: Path) -> Path:
    """Put the glossary beside the notebooks, which link to it; return where."""
    return Path(shutil.copyfile(workbook.GLOSSARY, folder / workbook.GLOSSARY.name))


def student_version(notebook: NotebookNode) -> NotebookNode:
    """A copy with the answers blank, without outputs, the checks locked and everything marked."""
    made = copy.deepcopy(notebook)
    for cells in workbook.exercises(made):
        answer, check = made.cells[cells.answer], made.cells[cells.check]
        answer.source = workbook.blank(answer.source)
        answer.metadata["deletable"] = False
        check.metadata.update(deletable=False, editable=False)
        for cell in (answer, check):
            cell.metadata["nbgrader"].update(checksum=checksum(cell), cell_type=cell.cell_type)
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    made.metadata[METADATA] = {"release": version("labkit")}
    return made


def checksum(cell: NotebookNode) -> str:
    """nbgrader's checksum of an answer or a check, by which it notices a change.

    https://github.com/jupyter/nbgrader/blob/v0.9.5/nbgrader/utils.py (compute_checksum)
    """
    marks = cell.metadata["nbgrader"]
    is_check, is_answer = marks["grade"], marks["solution"]
    is_locked = not is_answer and (is_check or marks["locked"])
    parts = [cell.source, cell.cell_type, is_check, is_answer, is_locked, marks["grade_id"]]
    if is_check:
        parts.append(float(marks["points"]))
    return hashlib.md5("".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()
