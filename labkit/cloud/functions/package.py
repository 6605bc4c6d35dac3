"""A function's zip file: checked before anything of it is written, unpacked once for each code.

AWS refuses a file that is no zip, and one whose content exceeds 250 MB. It says nothing of entries
that point outside their folder; here they are refused with the same words, because a lab's
functions are unpacked on the reader's own disk.
Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import errno
import hashlib
import io
import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath

from labkit.cloud.functions.errors import RequestEntityTooLarge

LARGEST_UNZIPPED = 262_144_000
LARGEST_ZIPPED = 52_428_800  # of what comes with the request; an object in a bucket may be larger
LARGEST_REQUEST = 70_167_211
MOST_ENTRIES = 20_000
NOT_A_ZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."
EMPTY = "Uploaded file must be a non-empty zip"
FULL = (errno.ENOSPC, errno.EDQUOT)
TOO_LARGE = f"Unzipped size must be smaller than {LARGEST_UNZIPPED} bytes"


class InvalidPackage(ValueError):
    """The zip file cannot be a function's code."""


class NoSpace(InvalidPackage):
    """It may well be, but the reader's own disk is full."""


def check_request(size: int, operation: str) -> None:
    """Refuse a request of more bytes than Lambda reads.

    >>> check_request(70_167_212, "CreateFunction")
    Traceback (most recent call last):
    ...
    labkit.cloud.functions.errors.RequestEntityTooLarge: Request must be smaller than 70167211 \
bytes for the CreateFunction operation
    """
    if size > LARGEST_REQUEST:
        raise RequestEntityTooLarge(
            f"Request must be smaller than {LARGEST_REQUEST} bytes for the {operation} operation"
        )


def check_upload(code: str | bytes) -> None:
    """Refuse a zip file, in Base64, that is too large to come with its request."""
    if len(code) * 3 // 4 - str(code[-2:]).count("=") > LARGEST_ZIPPED:
        raise RequestEntityTooLarge(f"Zipped size must be smaller than {LARGEST_ZIPPED} bytes")


def check(code: bytes) -> list[zipfile.ZipInfo]:
    """The entries of a zip file that is safe to unpack; raise InvalidPackage otherwise."""
    try:
        with zipfile.ZipFile(io.BytesIO(code)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise InvalidPackage(NOT_A_ZIP) from error
    if not entries:
        raise InvalidPackage(EMPTY)
    if sum(entry.file_size for entry in entries) > LARGEST_UNZIPPED:
        raise InvalidPackage(TOO_LARGE)
    if len(entries) > MOST_ENTRIES or not all(_stays_inside(entry) for entry in entries):
        raise InvalidPackage(NOT_A_ZIP)
    return entries


def unpack(code: bytes, parent: Path) -> Path:
    """Unpack a zip file into a folder of its own in `parent`, once; return that folder.

    An entry that holds more than it declares raises InvalidPackage, a full disk NoSpace.
    """
    folder = parent / hashlib.sha256(code).hexdigest()
    if folder.exists():
        return folder
    entries = check(code)
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        with zipfile.ZipFile(io.BytesIO(code)) as archive:
            for entry in entries:
                _write(archive, entry, partial)
    except (zipfile.BadZipFile, OSError, RuntimeError, EOFError, NotImplementedError) as error:
        shutil.rmtree(partial, ignore_errors=True)
        if isinstance(error, OSError) and error.errno in FULL:
            raise NoSpace(f"{parent}: {error.strerror}. Free some, and invoke again.") from error
        raise InvalidPackage(NOT_A_ZIP) from error
    partial.rename(folder)
    return folder


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    target = folder / entry.filename
    if entry.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as source, target.open("xb") as destination:
        shutil.copyfileobj(source, destination)
    target.chmod(0o755 if (entry.external_attr >> 16) & 0o111 else 0o644)


def _stays_inside(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is a plain file or folder below the folder that it is unpacked to."""
    name = entry.filename
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    if posix.is_absolute() or windows.anchor or ".." in (*posix.parts, *windows.parts):
        return False
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return bool(name) and "\0" not in name and kind in (0, stat.S_IFREG, stat.S_IFDIR)
