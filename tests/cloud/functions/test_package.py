"""Zip files, and those that are refused."""

from __future__ import annotations

import errno
import io
import os
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from labkit.cloud.functions import package
from tests.cloud.functions.surroundings import zipped


def test_it_is_unpacked_once(tmp_path: Path) -> None:
    """The second time the folder is there already, whatever lies in it."""
    code = zipped({"app.py": "x = 1", "shop/items.py": "y = 2"})
    folder = package.unpack(code, tmp_path)
    assert (folder / "shop" / "items.py").read_text() == "y = 2"
    (folder / "app.py").write_text("changed")
    assert package.unpack(code, tmp_path) == folder
    assert (folder / "app.py").read_text() == "changed"


@pytest.mark.parametrize(
    "name",
    ["../app.py", "a/../../app.py", "/etc/app.py", "C:\\app.py", "..\\app.py", "a\\..\\..\\b"],
)
def test_an_entry_that_points_outside_is_refused(name: str) -> None:
    """Nothing is written beside the function's folder."""
    with pytest.raises(package.InvalidPackage, match="Could not unzip uploaded file"):
        package.check(zipped({name: "x"}))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_an_entry_that_is_no_plain_file_is_refused(kind: int) -> None:
    """A symbolic link could lead the next entry anywhere."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = (kind | 0o777) << 16
        written.writestr(entry, "/etc")
    with pytest.raises(package.InvalidPackage):
        package.check(archive.getvalue())


@pytest.mark.fidelity(
    "Lambda",
    "A package that would unpack to more than 250 MB is refused.",
    source="Lambda guide: gettingstarted-limits",
)
def test_a_bomb_is_refused_before_anything_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The declared sizes are added up first."""
    assert package.LARGEST_UNZIPPED == 250 * 1024 * 1024
    monkeypatch.setattr(package, "LARGEST_UNZIPPED", 1000)
    with pytest.raises(package.InvalidPackage, match="Unzipped size must be smaller than"):
        package.check(zipped({"app.py": "x" * 1001}))


@pytest.mark.parametrize("code", [b"", b"no zip", zipped("x")[:-5]])
def test_what_is_no_zip_file_is_refused(code: bytes) -> None:
    """AWS's words for a file that cannot be opened."""
    with pytest.raises(package.InvalidPackage, match="Could not unzip uploaded file"):
        package.check(code)


def test_a_damaged_entry_leaves_no_folder(tmp_path: Path) -> None:
    """Its checksum is wrong, which shows when it is unpacked."""
    code = zipped({"app.py": "x = 1234567"}).replace(b"1234567", b"1234568", 1)
    with pytest.raises(package.InvalidPackage):
        package.unpack(code, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_zip_file_without_entries_is_refused() -> None:
    """With AWS's words."""
    with pytest.raises(package.InvalidPackage, match="must be a non-empty zip"):
        package.check(zipped({}))


def test_a_full_disk_is_not_the_files_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is named, nothing is left of the attempt, and the next one has its chance."""
    code = zipped({"app.py": "x = 1"})
    with monkeypatch.context() as disk:
        disk.setattr(shutil, "copyfileobj", full)
        with pytest.raises(package.NoSpace, match=f"{tmp_path}: No space left on device. Free"):
            package.unpack(code, tmp_path)
    assert not list(tmp_path.iterdir())
    assert (package.unpack(code, tmp_path) / "app.py").read_text() == "x = 1"


def full(*_: object) -> None:
    """Write to a disk without space."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
