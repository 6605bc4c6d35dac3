"""Where the code of functions and layers lies unpacked: one folder for each zip file."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from labkit.cloud.functions import package
from labkit.cloud.functions.errors import InvalidZipFile

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud


class CodeFolders:
    """Unpacks each zip file once, off the event loop: a large one takes a second."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._unpacking: dict[bytes, asyncio.Future[Path]] = {}

    async def unpacked(self, code: bytes) -> Path:
        """The folder that holds the content of a zip file; raises InvalidZipFile."""
        if code not in self._unpacking:
            folder = self._cloud.folder / "functions"
            work = asyncio.to_thread(package.unpack, code, folder)
            self._unpacking[code] = asyncio.ensure_future(work)
        try:
            return await asyncio.shield(self._unpacking[code])
        except package.InvalidPackage as error:
            self._unpacking.pop(code, None)
            why = str(error) if isinstance(error, package.NoSpace) else ""
            raise InvalidZipFile(why) from None

    def keep(self, wanted: set[bytes]) -> None:
        """Remove the folders of all other zip files."""
        unpacked = [code for code, folder in self._unpacking.items() if folder.done()]
        for code in {*unpacked} - wanted:
            folder = self._unpacking.pop(code).result()
            # Renamed at once, so that the same code can be unpacked again meanwhile.
            doomed = folder.rename(folder.with_name(f"{folder.name}.{secrets.token_hex(4)}"))
            work = asyncio.to_thread(shutil.rmtree, doomed, ignore_errors=True)
            self._cloud.tasks.start(work, name=f"remove {doomed.name}")

    async def reset(self) -> None:
        """Remove all code."""
        if self._unpacking:
            await asyncio.gather(*self._unpacking.values(), return_exceptions=True)
            self._unpacking.clear()
            shutil.rmtree(self._cloud.folder / "functions", ignore_errors=True)
