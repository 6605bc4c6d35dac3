"""A student's seat: what becomes the kernel of one submitted notebook.

    python -m labkit.course.grading.seat '{"connection": ..., "files": ..., "limits": {...}}'

It limits itself, takes the student's files into the working directory and serves as a kernel. From
the first cell on nothing in this process can be trusted.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from labkit.course.grading.limits import MEGABYTE, NICENESS, Limits

BLOCK = 4096  # bytes of a disk that the smallest file takes


def main(settings: dict[str, Any]) -> None:
    """Become the kernel."""
    os.nice(NICENESS)
    limits = Limits(**settings["limits"])
    take_along(Path(settings["files"]), Path.cwd(), room=limits.disk_mb * MEGABYTE // 2)
    limits.impose()
    from ipykernel.kernelapp import launch_new_instance

    sys.path.insert(0, "")  # as in JupyterLab, a module that lies beside the notebook is found
    launch_new_instance(argv=["-f", settings["connection"]])


def take_along(files: Path, here: Path, *, room: int) -> None:
    """Copy a student's folder without what is hidden, such as a virtual environment.

    What `room` bytes do not hold is the notebook's to miss: it needs some of the disk itself.
    """
    for folder, folders, names in os.walk(files):
        folders[:] = [name for name in folders if not name.startswith(".")]
        target = here / Path(folder).relative_to(files)
        with suppress(OSError):
            target.mkdir(exist_ok=True)
            for path in (Path(folder, name) for name in sorted(names)):
                if path.name.startswith(".") or not path.is_file():
                    continue
                size = max(path.stat().st_size, BLOCK)
                if size <= room:
                    room -= size
                    shutil.copy2(path, target / path.name, follow_symlinks=False)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
