"""The folders that commands write to: tried before anything runs, since running takes long."""

from __future__ import annotations

import tempfile
from pathlib import Path

from labkit.errors import WorkspaceError


def make_ready(*folders: Path) -> None:
    """Make folders, and see that a file can be written in each.

    Raises `WorkspaceError` where it cannot.
    """
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise WorkspaceError(
                f"Nothing can be written to {folder} ({error.strerror}). Name another folder."
            ) from None
