"""Every notebook shows, cell by cell, what is stored in it (`pytest --nbval`, strictly)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from labkit.course import workbook

REPOSITORY = workbook.NOTEBOOKS.parent
SANITIZE = Path(__file__).with_name("sanitize.cfg")


# In a process of its own: nbval's kernels live in their own event loops, and the notebooks of
# other tests are not to be collected.
@pytest.mark.parametrize("path", workbook.paths(), ids=lambda path: path.stem)
def test_stored_outputs_are_what_every_run_shows(path: Path):
    """A run from a cold kernel gives each cell the outputs with which the notebook is stored."""
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-sanitize-with", str(SANITIZE)]
    quiet = ["-q", "--no-header", "--tb=short", "-p", "no:cacheprovider", "-p", "no:xdist"]
    settings = ["-o", "addopts=", "-o", "filterwarnings=default", "-o", "timeout=110"]
    run = subprocess.run(
        [*command, *quiet, *settings, str(path)], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
