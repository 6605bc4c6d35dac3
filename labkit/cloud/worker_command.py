"""The command within which the workers of functions run: none, or a sandbox of whoever grades.

It stands in a module of its own, since a grader names it without being a cloud.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

# A command that runs another one, as a JSON list: whoever grades a class has every function run in
# a sandbox. SCRATCH in it stands for the one folder that the worker may write to.
WORKER_COMMAND = "LAB_WORKER_COMMAND"
SCRATCH = "{scratch}"


def surroundings(scratch: Path | None = None) -> list[str]:
    """The command that the environment asks to run every worker with; nothing by default."""
    words = json.loads(os.environ.get(WORKER_COMMAND, "[]"))
    return [word.replace(SCRATCH, str(scratch)) for word in words]
