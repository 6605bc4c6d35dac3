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

from labkit.course.grading.limits import NICENESS, Limits


def main(settings: dict[str, Any]) -> None:
    """Become the kernel."""
    os.nice(NICENESS)
    Limits(**settings["limits"]).impose()
    with suppress(OSError, shutil.Error):  # what does not fit is the notebook's to miss
        shutil.copytree(settings["files"], Path.cwd(), symlinks=True, dirs_exist_ok=True)
    from ipykernel.kernelapp import launch_new_instance

    sys.path.insert(0, "")  # as in JupyterLab, a module that lies beside the notebook is found
    launch_new_instance(argv=["-f", settings["connection"]])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
