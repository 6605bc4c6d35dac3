"""The student's own copy: made once, added to, never overwritten."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from labkit.course import progress, workbook, workspace
from labkit.course.exercises import EXERCISES
from labkit.course.result import CheckResult, Status
from labkit.errors import WorkspaceError


def test_a_workspace_has_every_notebook_without_its_solutions(tmp_path: Path):
    """Answers are blank, outputs gone, and what the student has written stays for ever."""
    folder = tmp_path / "lab"
    names = [path.name for path in workbook.paths()]
    assert workspace.start(folder) == [*names, "glossary.md"]
    for name in names:
        text = (folder / name).read_text()
        assert workbook.BEGIN not in text
        assert all(not cell.get("outputs") for cell in nbformat.reads(text, as_version=4).cells)
    (folder / names[0]).write_text("mine")
    (folder / names[1]).unlink()
    assert workspace.start(folder) == [names[1]]
    assert (folder / names[0]).read_text() == "mine"


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_is_not_the_labs_is_left_alone(tmp_path: Path, what: str):
    """A file of that name, and a folder with other things in it, are refused with a next step."""
    place = tmp_path / "thesis"
    if what == "file":
        place.write_text("chapter 1")
    else:
        place.mkdir()
        (place / "chapter.txt").write_text("chapter 1")
    with pytest.raises(WorkspaceError, match="labkit start DIR"):
        workspace.start(place)
    assert not (place / progress.MARKER).exists()


def test_progress_is_a_table_of_all_exercises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Solved, wrong and not attempted are told apart, and the points are summed up."""
    workspace.start(tmp_path / "lab")
    monkeypatch.chdir(tmp_path / "lab")
    first, second, third, *_ = EXERCISES.values()
    progress.record(CheckResult(first.id, Status.PASSED, "", points=first.points))
    progress.record(CheckResult(second.id, Status.WRONG, "", points=second.points))
    lines = workspace.progress_table(tmp_path / "lab").splitlines()
    assert lines[2].startswith(first.id) and "✓ passed" in lines[2]
    assert lines[2].endswith(f"{first.points} of {first.points}")
    assert "✗ wrong" in lines[3]
    assert "○ not attempted" in lines[4] and lines[4].startswith(third.id)
    total = sum(exercise.points for exercise in EXERCISES.values())
    assert lines[-1].split() == ["all", str(first.points), "of", str(total)]


def test_progress_outside_of_a_workspace_says_what_to_do(tmp_path: Path):
    """There is nothing to show, and the next step is named."""
    with pytest.raises(WorkspaceError, match="labkit start"):
        workspace.progress_table(tmp_path)
