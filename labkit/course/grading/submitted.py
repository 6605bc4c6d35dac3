"""A submitted notebook as it is read: whatever the file holds, it is told, never raised further.

The file may be anything, so it is not opened through a link, not beyond a size, and believed in
nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labkit.course.workbook import CHECK_SUFFIX

# The workbook's notebooks have up to 0.2 MB with their outputs, and 121 cells. A megabyte of JSON
# may take thirty of memory.
LARGEST = 16 * 1024 * 1024  # bytes of a notebook, outputs included
MOST_CELLS = 2000

CALL = re.compile(r"\bcheck\.(q\d{1,2}_\d{1,2})\(")


class Unreadable(Exception):
    """Why a file cannot be graded."""


@dataclass(frozen=True)
class Cell:
    """One cell: its `kind` is "code" or another, `grade_id` nbgrader's name for it."""

    source: str
    kind: str = "code"
    grade_id: str = ""
    cell_id: str = ""
    tags: tuple[str, ...] = ()
    locked: bool = False


@dataclass(frozen=True)
class Notebook:
    """The cells of a notebook, and the release of the course that it comes from."""

    cells: tuple[Cell, ...]
    release: str = ""

    @property
    def exercises(self) -> list[str]:
        """The exercises that it has an answer or a check of, in their order."""
        ids = [cell.grade_id.removesuffix(CHECK_SUFFIX) for cell in self.cells if cell.grade_id]
        return list(dict.fromkeys(ids))

    @property
    def checked(self) -> list[str]:
        """The exercises whose checks its code calls, for a notebook without nbgrader's names."""
        code = (cell.source for cell in self.cells if cell.kind == "code")
        return list(dict.fromkeys(name for source in code for name in CALL.findall(source)))


def read(path: Path) -> Notebook:
    """The notebook in a file.

    Raises `Unreadable` with the reason.
    """
    if path.is_symlink():
        raise Unreadable("it is a link to another file")
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise Unreadable(
                f"it has {size // 2**20} MB, and a notebook at most {LARGEST // 2**20}; "
                "without its outputs it would be smaller"
            )
        return parse(json.loads(path.read_bytes()))
    except MemoryError:
        raise Unreadable("it takes more memory than there is") from None
    except (ValueError, RecursionError):
        raise Unreadable("it is not JSON, so no notebook") from None
    except OSError as error:
        raise Unreadable(f"it cannot be read ({error.strerror})") from None


def parse(content: Any) -> Notebook:
    """The notebook in what its JSON holds.

    Raises `Unreadable` where that is no notebook of format 4.

    >>> parse({"nbformat": 4, "cells": [{"cell_type": "code", "source": ["1 +", " 1"]}]}).cells
    (Cell(source='1 + 1', kind='code', grade_id='', cell_id='', tags=(), locked=False),)
    """
    if not isinstance(content, dict):
        raise Unreadable("it is no notebook")
    if content.get("nbformat") != 4 or not isinstance(content.get("cells"), list):
        raise Unreadable("it is no notebook of format 4; open it in JupyterLab and save it")
    if len(content["cells"]) > MOST_CELLS:
        raise Unreadable(
            f"it has {len(content['cells'])} cells, and a notebook at most {MOST_CELLS}"
        )
    release = _dict(_dict(content.get("metadata")).get("labkit")).get("release", "")
    return Notebook(tuple(map(_cell, content["cells"])), str(release))


def _cell(content: Any) -> Cell:
    cell = _dict(content)
    metadata = _dict(cell.get("metadata"))
    marks = _dict(metadata.get("nbgrader"))
    tags = metadata.get("tags")
    source = cell.get("source", "")
    return Cell(
        source=_text("".join(map(str, source)) if isinstance(source, list) else str(source)),
        kind=str(cell.get("cell_type", "")),
        grade_id=str(marks.get("grade_id", "")),
        cell_id=str(cell.get("id", "")),
        tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
        locked=marks.get("locked") is True,
    )


def _text(value: str) -> str:
    # JSON can name halves of characters, which no kernel takes.
    return value.encode(errors="replace").decode()


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
