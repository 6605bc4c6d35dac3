"""What a worker's process runs: AWS's runtime client, in surroundings like Lambda's.

This file is run by its path in the function's own process. It imports nothing of the lab, so that
a handler finds only the standard library, its own zip file and what the Python runtime on Lambda
brings along. The process dies with the cloud, however the cloud ends.

    python -S -s -P bootstrap.py '{"handler": ..., "libraries": [...], "cloud_folder": ..., ...}'
"""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import sys
import threading
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

# boto3 with its dependencies, and the runtime client with its own.
# https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
LIBRARIES = frozenset(
    {
        "awslambdaric",
        "boto3",
        "botocore",
        "dateutil",
        "jmespath",
        "runtime_client",
        "s3transfer",
        "simplejson",
        "six",
        "snapshot_restore_py",
        "urllib3",
    }
)

HANGING_UP = 5.0  # seconds
PR_SET_DUMPABLE = 4  # linux/prctl.h


class RuntimeLibraries:
    """Finds the libraries of the runtime after everything that the function brings itself."""

    def __init__(self, folders: list[str]) -> None:
        self._folders = folders

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The place of a top-level module, when the runtime has it."""
        if path is None and name in LIBRARIES:
            return PathFinder.find_spec(name, self._folders)
        return None


def main(settings: dict[str, Any]) -> None:
    """Serve invocations until the process is ended."""
    hide_memory()
    os.environ.update(read_secrets())
    lifeline = die_with_the_cloud(settings["cloud_folder"])
    limit("RLIMIT_FSIZE", settings["largest_file"])
    limit("RLIMIT_DATA", settings["most_memory"])
    if os.environ.get("LC_CTYPE") == "C.UTF-8":
        del os.environ["LC_CTYPE"]  # Python sets it itself where LANG names a missing locale
    sys.meta_path.append(RuntimeLibraries(settings["libraries"]))
    if settings["stand_in"] or importlib.util.find_spec("runtime_client") is None:
        use_stand_in()
    from awslambdaric.__main__ import main as serve

    sys.argv[1:] = [settings["handler"]]
    sys.path[:0] = [os.environ["LAMBDA_TASK_ROOT"], *layer_paths(settings["layers"])]
    # Log records go to stdout as frames, so that they keep their order among printed lines.
    os.environ["_LAMBDA_TELEMETRY_LOG_FD"] = str(os.dup(1))
    runtime_api = os.environ["AWS_LAMBDA_RUNTIME_API"]
    try:
        serve(sys.argv)
    except Exception:
        if not listens(runtime_api):
            # It hung up, so the cloud is ending or is ending us: let the lifeline do it, which
            # takes along what the handler has started.
            lifeline.join(HANGING_UP)
        raise


def read_secrets() -> dict[str, str]:
    """The function's credentials: the one line that the cloud writes to this process."""
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(0, 65536)
        if not piece:
            sys.exit("The cloud ended.")
        line += piece
    return json.loads(line)


def listens(address: str) -> bool:
    """Whether anyone is at this address of the machine."""
    host, _, port = address.partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=HANGING_UP).close()
    except OSError:
        return False
    return True


def layer_paths(layers: list[str]) -> list[str]:
    """Where Python looks in the function's layers; it goes by the runtime, whatever runs here.

    https://docs.aws.amazon.com/lambda/latest/dg/python-layers.html
    """
    runtime = os.environ["AWS_EXECUTION_ENV"].removeprefix("AWS_Lambda_")
    site = f"lib/{runtime}/site-packages"
    roots = [f"{layer}/python" for layer in layers]
    return [f"{root}/{site}" for root in roots] + roots


def die_with_the_cloud(cloud_folder: str) -> threading.Thread:
    """End this process and its children when the other end of stdin closes.

    Only the cloud holds that end, so even its sudden death closes it; the folder that it could
    not remove any more goes too. The handler itself finds an empty stdin.
    """
    lifeline = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def watch() -> None:
        while os.read(lifeline, 1):
            pass
        import shutil
        import signal

        for _ in range(3 if cloud_folder else 0):  # other workers remove it at the same time
            shutil.rmtree(cloud_folder, ignore_errors=True)
        if hasattr(os, "killpg"):
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    thread = threading.Thread(target=watch, name="lifeline", daemon=True)
    thread.start()
    return thread


def hide_memory() -> None:
    """Keep this process's memory, environment and open files from others of the same user.

    Functions run as one user, and the credentials of each are in its memory. Linux alone can hide
    it; whoever is root sees everything all the same.
    https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def limit(name: str, size: int) -> None:
    """Limit files, the log among them, or memory of this process; the system may refuse."""
    try:
        import resource

        resource.setrlimit(getattr(resource, name), (size, size))
    except (ImportError, OSError, ValueError):  # Windows has none, macOS not every one
        return


def use_stand_in() -> None:
    """Put the module beside this file in the place of awslambdaric's native one."""
    file = __file__.removesuffix("bootstrap.py") + "runtime_client_stand_in.py"
    spec = importlib.util.spec_from_file_location("runtime_client", file)
    assert spec is not None and spec.loader is not None
    sys.modules["runtime_client"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["runtime_client"])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
