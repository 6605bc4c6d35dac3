"""Runs notebooks and stores their outputs in place, for whoever has changed one.

    python -m tests.notebooks                          # all of them
    python -m tests.notebooks notebooks/02_queue.ipynb

Stored is what a reader sees and nothing of the run itself: no times, no versions of anything.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from labkit.course import workbook
from labkit.course.execution import CELL_SECONDS, kernels

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def store(path: Path) -> None:
    """Run one notebook from a cold kernel and write it back with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent)}}
    with tempfile.TemporaryDirectory(prefix="labkit-kernel-") as sockets:
        NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            record_timing=False,
            coalesce_streams=True,  # a progress bar is stored as it looks at its end
            resources=place,
            config=kernels(Path(sockets)),
        ).execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for argument in sys.argv[1:] or workbook.paths():
        store(Path(argument))
        sys.stdout.write(f"{argument}\n")
