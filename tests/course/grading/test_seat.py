"""What a kernel finds in its working directory: what was handed in, as far as there is room."""

from __future__ import annotations

import os
from pathlib import Path

from labkit.course.grading.seat import BLOCK, take_along


def test_what_does_not_fit_is_missed(tmp_path: Path):
    """A large file, hidden folders and what is no file stay behind, so that a kernel can start."""
    files, here = tmp_path / "files", tmp_path / "here"
    (files / "lib").mkdir(parents=True)
    (files / ".venv").mkdir()
    here.mkdir()
    for name in ("lib/mine.py", ".venv/python", ".hidden", "data.csv"):
        (files / name).write_text(name)
    with (files / "a_film").open("wb") as film:
        film.truncate(100 * 2**30)
    os.mkfifo(files / "pipe")
    (files / "nowhere").symlink_to("/none")
    take_along(files, here, room=3 * BLOCK)
    found = sorted(path.relative_to(here).as_posix() for path in here.rglob("*"))
    assert found == ["data.csv", "lib", "lib/mine.py"]
    assert (here / "lib" / "mine.py").read_text() == "lib/mine.py"


def test_there_may_be_no_end_of_small_files(tmp_path: Path):
    """Each takes a block of the disk, however little it holds."""
    files, here = tmp_path / "files", tmp_path / "here"
    files.mkdir()
    here.mkdir()
    for number in range(9):
        (files / f"{number}").touch()
    take_along(files, here, room=4 * BLOCK)
    assert len(list(here.iterdir())) == 4
