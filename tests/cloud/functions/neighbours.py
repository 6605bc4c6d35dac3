"""Two processes of one user: prints what the second cannot read of the first.

python neighbours.py path/of/bootstrap.py [hide]

Whoever is root can read everything, so that root becomes somebody else first.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

PR_SET_DUMPABLE = 4
NOBODY = 65534


def main(bootstrap_file: str, *options: str) -> None:
    """Start both, and let the second look."""
    spec = importlib.util.spec_from_file_location("bootstrap", bootstrap_file)
    assert spec is not None and spec.loader is not None
    bootstrap = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bootstrap)
    ready, told = os.pipe()
    finished, finish = os.pipe()
    first = os.fork()
    if first == 0:
        become_nobody()
        if options:
            bootstrap.hide_memory()
        os.write(told, b"x")
        os.close(finish)
        os.read(finished, 1)
        os._exit(0)
    os.read(ready, 1)
    second = os.fork()
    if second == 0:
        become_nobody()
        look(first)
        os._exit(0)
    os.waitpid(second, 0)
    os.close(finish)
    os.waitpid(first, 0)


def become_nobody() -> None:
    """Give up root; a process that did is hidden until its next program, which this undoes."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)


def look(process: int) -> None:
    """Print what cannot be read of a process."""
    for name, read in (("environ", environment), ("fd", open_files)):
        try:
            read(f"/proc/{process}/{name}")
        except PermissionError:
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()


def environment(path: str) -> None:
    """Read a file."""
    Path(path).read_bytes()


def open_files(path: str) -> None:
    """Read where every link of a folder leads."""
    for link in Path(path).iterdir():
        link.readlink()


if __name__ == "__main__":
    main(*sys.argv[1:])
