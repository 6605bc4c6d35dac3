"""Every notebook runs headless, from a cold kernel on a cloud of its own, and its checks pass."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from labkit.course import runner, workbook

PATHS = workbook.paths()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_notebook_runs_and_its_checks_pass(path: Path, tmp_path: Path):
    """`labkit run` finds no error in it, at least one check, and none that fails."""
    [result] = runner.run([path], output=tmp_path)
    assert result.ok, runner.advice([result])
    assert result.passed >= 1


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_notebook_takes_its_target_as_a_parameter(path: Path):
    """Instructors point a notebook elsewhere with `-p target ...`."""
    cells = nbformat.read(path, as_version=4).cells
    [parameters] = [cell for cell in cells if "parameters" in cell.metadata.get("tags", ())]
    assert parameters.source.splitlines()[0] == 'target = "local"'
