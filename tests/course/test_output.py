"""Where commands write is tried before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from labkit.cli import main
from labkit.course.output import make_ready
from labkit.errors import WorkspaceError
from tests.course.grading.handed_in import blank, hand_in


def test_a_folder_is_made_and_left_empty(tmp_path: Path):
    """With those above it; what lies in it stays."""
    make_ready(tmp_path / "a" / "b", tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "b"]


def test_where_nothing_can_be_written(tmp_path: Path):
    """The message names the folder, and the way out."""
    (tmp_path / "file").touch()
    with pytest.raises(WorkspaceError, match=r"written to .*file/out .*Name another folder"):
        make_ready(tmp_path / "file" / "out")


@pytest.mark.parametrize(
    "words",
    [
        ("validate", "s01/02_queue.ipynb", "--output", "file/out"),
        ("audit", "s01/02_queue.ipynb", "--output", "file/out"),
        ("grade", ".", "--html", "file/out"),
        ("grade", ".", "--csv", "file/grades.csv"),
    ],
    ids=" ".join,
)
def test_commands_try_before_they_run(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """An hour of grading is not lost to a wrong folder."""
    monkeypatch.chdir(tmp_path)
    hand_in(blank(), tmp_path / "s01")
    (tmp_path / "file").touch()
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    assert "Nothing can be written to file" in result.output
