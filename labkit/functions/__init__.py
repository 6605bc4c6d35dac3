"""The Lambda functions of the pipeline, each in a folder as it would be zipped for AWS."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from labkit.errors import PackageError

FOLDER = Path(__file__).parent
HANDLER = "app.handler"  # module and function: `handler` in app.py

# Zip files hold times. One fixed time (the earliest that zip knows) makes the same source the same
# bytes, so that Lambda's CodeSha256 tells whether the code has changed.
THE_TIME = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16  # without it Lambda may refuse to read the file


def package(name: str) -> bytes:
    """The zip file of one function, the same bytes for the same source.

    Raises `PackageError` for an unknown name, and for a folder without an app.py.

    >>> package("order_writer") == package("order_writer")
    True
    """
    known = sorted(path.parent.name for path in FOLDER.glob("*/app.py"))
    if name not in known:
        raise PackageError(
            f"There is no function '{name}' with an app.py in {FOLDER.name}/. "
            f"Choose one of: {', '.join(known)}."
        )
    folder = FOLDER / name
    return package_files(
        {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.glob("**/*.py")}
    )


def package_files(sources: dict[str, str]) -> bytes:
    """A zip file of sources by file name, for code that was written in a notebook.

    >>> len(package_files({"app.py": "def handler(event, context): return event"})) > 100
    True
    """
    if HANDLER.split(".", maxsplit=1)[0] + ".py" not in sources:
        raise PackageError(
            f"The function has no app.py (it has: {', '.join(sorted(sources)) or 'nothing'}), "
            f"and Lambda looks for {HANDLER}. Name the file app.py and its function handler."
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(sources):
            entry = zipfile.ZipInfo(name, THE_TIME)
            entry.external_attr = READABLE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, sources[name])
    return buffer.getvalue()
