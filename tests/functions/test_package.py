"""Packing a function: the same bytes for the same source, and clear words when it cannot be."""

from __future__ import annotations

import io
import zipfile

import pytest

from labkit.errors import PackageError
from labkit.functions import package, package_files


@pytest.mark.parametrize("name", ["order_writer", "order_notifier"])
def test_a_package_holds_the_handler_and_nothing_else(name: str) -> None:
    """Lambda finds app.py, with its handler, at the top of the zip file."""
    with zipfile.ZipFile(io.BytesIO(package(name))) as archive:
        assert archive.namelist() == ["app.py"]
        assert b"def handler(event, context):" in archive.read("app.py")


def test_the_same_source_gives_the_same_bytes() -> None:
    """No time or order of files gets in, so Lambda's CodeSha256 tells whether code changed."""
    assert package("order_writer") == package("order_writer")
    assert package_files({"app.py": "a", "b.py": "b"}) == package_files(
        {"b.py": "b", "app.py": "a"}
    )


def test_an_unknown_function_is_named_with_those_that_exist() -> None:
    """The message says what to choose from."""
    with pytest.raises(PackageError, match=r"no function 'order_reader'.*order_notifier, order_"):
        package("order_reader")


def test_sources_without_the_handlers_file_are_refused() -> None:
    """Lambda would only fail later, at the first invocation."""
    with pytest.raises(PackageError, match=r"no app\.py \(it has: main\.py\)"):
        package_files({"main.py": "def handler(event, context): ..."})
