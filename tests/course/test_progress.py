"""What a student has solved is written down, and kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit.course import progress
from labkit.course.result import CheckResult, Status


def result(status: Status, exercise: str = "q2_1") -> CheckResult:
    """The result of an exercise."""
    return CheckResult(exercise, status, "...", points=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace, from inside of which notebooks run."""
    (tmp_path / progress.MARKER).mkdir()
    (tmp_path / "inside").mkdir()
    monkeypatch.chdir(tmp_path / "inside")
    return tmp_path


def test_what_was_solved_stays_solved(home: Path):
    """A later mistake takes nothing away; without a success the last result counts."""
    for status in (Status.NOT_ATTEMPTED, Status.PASSED, Status.WRONG):
        progress.record(result(status))
        progress.record(result(Status.NOT_ATTEMPTED, "q2_2"))
    progress.record(result(Status.WRONG, "q2_2"))
    found = progress.results(home)
    assert {name: each.status for name, each in found.items()} == {
        "q2_1": Status.PASSED,
        "q2_2": Status.WRONG,
    }


def test_a_line_that_was_cut_off_loses_only_itself(home: Path):
    """A full disk or a killed kernel in mid-write costs one result."""
    progress.record(result(Status.PASSED))
    file = home / progress.MARKER / progress.FILE
    file.write_text('{"check": "q2_2", "sta\n[]\n' + file.read_text())
    assert list(progress.results(home)) == ["q2_1"]


def test_elsewhere_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Outside of a workspace a check leaves no file behind."""
    monkeypatch.chdir(tmp_path)
    progress.record(result(Status.PASSED))
    assert list(tmp_path.iterdir()) == []
    assert progress.results(tmp_path) == {}
