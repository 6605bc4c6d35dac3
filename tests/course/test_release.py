"""What students are handed out, and that nbgrader can take it over."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import compute_checksum

from labkit.course import release, workbook
from labkit.errors import WorkspaceError

NBGRADER = [sys.executable, "-W", "ignore", "-m", "nbgrader"]


@pytest.fixture(scope="module")
def handout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release."""
    folder = tmp_path_factory.mktemp("release") / "handout"
    release.release(folder)
    return folder


def nbgrader(*words: str | Path, folder: Path) -> str:
    """One command of nbgrader, which has to succeed; what it prints."""
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # alembic
    command = [*NBGRADER, *map(str, words)]
    run = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PATH": tools},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout + run.stderr


def notebooks(folder: Path) -> Iterator[nbformat.NotebookNode]:
    """The notebooks in a folder."""
    for path in sorted(folder.glob("*.ipynb")):
        yield nbformat.read(path, as_version=4)


def test_a_release_holds_no_solution_and_no_output(handout: Path):
    """Answers are blank, every cell is as before a run, and the release is named."""
    assert len(list(notebooks(handout))) == len(workbook.paths())
    for notebook in notebooks(handout):
        assert notebook.metadata["labkit"]["release"]
        for cell in notebook.cells:
            assert workbook.BEGIN not in cell.source
            assert not cell.get("outputs") and not cell.get("execution_count")


def test_checks_are_locked_and_checksums_are_those_of_nbgrader(handout: Path):
    """A check can be neither edited nor deleted; nbgrader computes the same checksums."""
    for notebook in notebooks(handout):
        for cells in workbook.exercises(notebook):
            answer, check = notebook.cells[cells.answer], notebook.cells[cells.check]
            assert (check.metadata["editable"], check.metadata["deletable"]) == (False, False)
            for cell in (answer, check):
                assert cell.metadata["nbgrader"]["checksum"] == compute_checksum(cell)


def test_a_release_can_be_verified(handout: Path):
    """SHA256SUMS has the checksum of each file, in the form of sha256sum."""
    lines = (handout / release.CHECKSUMS).read_text().splitlines()
    named = {line.split("  ")[1] for line in lines}
    assert named == {path.name for path in workbook.paths()} | {"glossary.md"}
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((handout / name).read_bytes()).hexdigest() == digest


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path):
    """Nothing is overwritten."""
    (tmp_path / "work.txt").touch()
    with pytest.raises(WorkspaceError, match="is not empty"):
        release.release(tmp_path)


def test_a_file_is_no_folder_for_a_release(tmp_path: Path):
    """What cannot be a folder is refused with what to name instead."""
    (tmp_path / "work.txt").touch()
    for taken in (tmp_path / "work.txt", tmp_path / "work.txt" / "handout"):
        with pytest.raises(WorkspaceError, match=r"cannot be a folder .* labkit release DIR"):
            release.release(taken)


def test_a_copy_without_solutions_is_a_lab(handout: Path, tmp_path: Path):
    """With the hand-out in the place of the notebooks a student starts; there is no solution."""
    lab = tmp_path / "lab"
    hidden = shutil.ignore_patterns("mutants", "__pycache__")
    shutil.copytree(workbook.NOTEBOOKS.parent / "labkit", lab / "labkit", ignore=hidden)
    shutil.copytree(handout, lab / "notebooks")
    ask = "from labkit.course import checks; print(checks.q2_1.solution())"
    said = []
    for command in (["-m", "labkit.cli", "start", "mine", "--no-browser"], ["-c", ask]):
        run = subprocess.run(
            [sys.executable, *command],
            env=os.environ | {"PYTHONPATH": str(lab)},
            cwd=lab,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr
        said.append(run.stdout)
    made = {path.name: path for path in (lab / "mine").glob("*.ipynb")}
    assert made.keys() == {path.name for path in workbook.paths()}
    for name, path in made.items():
        assert nbformat.read(path, 4).cells == nbformat.read(handout / name, 4).cells
    assert "has no solution between the markers" in said[1]


def test_nbgrader_generates_an_assignment(handout: Path, tmp_path: Path):
    """`nbgrader generate_assignment` accepts the notebooks, and takes the solutions out itself;
    what `labkit release` writes is a source that it accepts, too.
    """
    source = tmp_path / "source" / "orders"
    source.mkdir(parents=True)
    for path in workbook.paths():
        (source / path.name).write_bytes(path.read_bytes())
        (source / f"released_{path.name}").write_bytes((handout / path.name).read_bytes())
    nbgrader("generate_assignment", "orders", "--course-dir", tmp_path, folder=tmp_path)
    made = tmp_path / "release" / "orders"
    assert len(list(notebooks(made))) == 2 * len(workbook.paths())
    assert all(workbook.BEGIN not in path.read_text() for path in made.glob("*.ipynb"))


def test_nbgrader_validates_what_is_solved_and_what_is_not(handout: Path, tmp_path: Path):
    """The blank hand-out fails, in the words of the checks; the workbook's answers succeed."""
    name = "02_queue.ipynb"
    solved = tmp_path / name
    solved.write_bytes((workbook.NOTEBOOKS / name).read_bytes())
    first, second = nbgrader("validate", handout / name, solved, folder=tmp_path).split("Success!")
    assert first.count("Not attempted yet") == 3 and "Not attempted yet" not in second
