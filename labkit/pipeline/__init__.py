"""The pipeline, stage by stage: each module builds one stage and takes it down again.

    api -> queue -> writer -> (table) stream -> notifier -> (topic) fan_out
           `-> (dead letters) alarm

Every `build(lab)` may run twice: it makes what is missing and corrects what has drifted. Every
`teardown(lab)` may too.
"""

from __future__ import annotations

from types import ModuleType

from tqdm import tqdm

from labkit.lab import Lab
from labkit.pipeline import (
    alarm,
    api,
    fan_out,
    identity,
    notifier,
    practice,
    queue,
    stream,
    wait,
    writer,
)
from labkit.pipeline.inventory import remaining, status

__all__ = [
    "STAGES",
    "alarm",
    "api",
    "build",
    "fan_out",
    "identity",
    "notifier",
    "practice",
    "queue",
    "remaining",
    "status",
    "stream",
    "teardown",
    "wait",
    "writer",
]

# In the order in which they are built. Stage N is taught in notebook N, but for the alarm: notebook
# 08 runs the pipeline, and finds its faults without one.
STAGES: tuple[ModuleType, ...] = (identity, queue, api, writer, stream, notifier, fan_out, alarm)


def build(lab: Lab, *, before: int | None = None, progress: bool = True) -> None:
    """Build all stages, or those that the notebooks before number `before` build.

    pipeline.build(lab)               # everything
    pipeline.build(lab, before=4)     # roles, queue and API: what notebook 04 starts from
    """
    stages = STAGES if before is None else STAGES[: max(0, before - 1)]
    for stage in _shown(stages, "build", progress):
        stage.build(lab)


def teardown(lab: Lab, *, start: int = 1, progress: bool = True) -> None:
    """Take down all stages, the last first; `remaining(lab)` tells whether anything is left.

    With `start`, only what notebook number `start` and those after it build. What exercises have
    made goes in any case.
    """
    stages = (*STAGES[max(0, start - 1) :], practice)
    for stage in _shown(stages[::-1], "tear down", progress):
        stage.teardown(lab)


def _shown(stages: tuple[ModuleType, ...], verb: str, progress: bool) -> tqdm[ModuleType]:
    return tqdm(stages, desc=verb, unit="stage", disable=not progress, leave=False)
