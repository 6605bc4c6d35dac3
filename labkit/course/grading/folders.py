"""What lies in a student's folder: its notebooks, and what could be meant as one but is none.

No link is followed, and nobody's folder is looked at without end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DEPTH = 4  # folders below the student's in which notebooks may lie
MOST = 5000  # files and folders that are looked at
MOST_NAMED = 20
ENDING = ".ipynb"
PACKED = frozenset({".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"})
# Jupyter's checkpoints begin with a dot; macOS adds this one to what it packs.
NOBODYS = "__MACOSX"


@dataclass(frozen=True)
class Content:
    """The notebooks in a folder; `left_out` says of what else there is why it was not taken."""

    notebooks: tuple[Path, ...]
    left_out: tuple[str, ...]


def look(home: Path) -> Content:
    """The content of a student's folder, in the order of the names.

    Raises `OSError` for a folder that cannot be read.
    """
    notebooks, left_out = [], []
    for number, path in enumerate(_walk(home, home)):
        name = path.relative_to(home).as_posix()
        if number == MOST:
            left_out.append(f"There are more than {MOST} files; from {name} on none was looked at.")
            break
        if path.suffix.lower() == ENDING and (path.is_file() or path.is_symlink()):
            notebooks.append(path)
        elif reason := _reason(path):
            left_out.append(f"{name} {reason}; it was left out.")
    if len(left_out) > MOST_NAMED:
        left_out[MOST_NAMED:] = [f"{len(left_out) - MOST_NAMED} more were left out."]
    return Content(tuple(notebooks), tuple(left_out))


def is_hidden(path: Path) -> bool:
    """Whether a file or folder is a program's, and not a student's."""
    return path.name.startswith(".") or path.name == NOBODYS


def is_packed(path: Path) -> bool:
    """Whether a file is an archive by its name."""
    return path.suffix.lower() in PACKED


def _walk(folder: Path, home: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if is_hidden(path):
            continue
        deep = len(path.relative_to(home).parts) > DEPTH
        if path.is_dir() and not path.is_symlink() and not deep:
            yield from _walk(path, home)
        else:
            yield path


def _reason(path: Path) -> str:
    if path.is_dir():
        return "is a link to a folder" if path.is_symlink() else "lies too deep"
    if is_packed(path):
        return "is packed, so unpack it"
    if ENDING in path.name.lower():
        return f"is no file whose name ends with {ENDING}"
    return ""
