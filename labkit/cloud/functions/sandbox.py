"""The sandbox of one worker: its process, and the folder and conversation that come and go with it.

start -> ask, as often as wanted -> end; the death of the process is noticed at once.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING

from labkit.cloud.functions.configuration import Setup
from labkit.cloud.functions.conversation import Conversation
from labkit.cloud.functions.environment import environment
from labkit.cloud.functions.invocation import Invocation
from labkit.cloud.functions.process import Process
from labkit.cloud.functions.runtime_api import Message
from labkit.cloud.functions.worker_log import WorkerLog

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud


class Sandbox:
    """Where one function version runs; `on_death` is called when its process has ended."""

    def __init__(
        self,
        cloud: Cloud,
        setup: Setup,
        log: WorkerLog,
        *,
        on_death: Callable[[], None],
    ) -> None:
        self.return_code: int | None = None
        self._cloud = cloud
        self._setup = setup
        self._configuration = setup.configuration
        self._log = log
        self._on_death = on_death
        self._talk = Conversation(started=self.memory_mb)
        self._process: Process | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def is_cold(self) -> bool:
        """Whether it has yet to be started."""
        return self._process is None

    @property
    def is_alive(self) -> bool:
        """Whether its process runs."""
        return self._process is not None and self.return_code is None

    async def start(self, seconds: float) -> Message:
        """Start the process, which has so long to get `ready`; return what comes of it."""
        self._setup.scratch.mkdir(parents=True, exist_ok=True)
        runtime_api = await self._talk.open()
        try:
            variables = environment(
                self._setup, runtime_api=runtime_api, log_stream=self._log.stream.name
            )
            self._process = process = await Process.start(self._setup, variables)
        except BaseException:
            self._talk.close()
            raise
        self._log.read_from(process.output)
        self._watching = self._cloud.tasks.start(
            self._watch(process), name=f"worker {process.pid} of {self._configuration.name}"
        )
        return await self._talk.hear(seconds)

    async def ask(self, invocation: Invocation, seconds: float) -> Message:
        """Hand over the event and wait so long for what comes of it."""
        machine_time = self._cloud.clock.now() - self._cloud.clock.ahead
        self._talk.give(invocation, deadline=machine_time + seconds)
        return await self._talk.hear(seconds)

    def memory_mb(self) -> int:
        """The most memory that the process has used; before it runs there is none."""
        if self._process is None:
            return 0
        return self._process.peak_memory_mb(otherwise=self._configuration.memory_size)

    def kill(self) -> None:
        """Kill the process, with all that it started."""
        if self.is_alive:
            assert self._process is not None
            self._process.kill()

    async def end(self) -> None:
        """Kill the process and wait until it is gone."""
        self.kill()
        if self._watching is not None:
            await asyncio.wait([self._watching])

    def clean_up(self) -> None:
        """Leave nothing of a process that is gone but its log."""
        self._log.close()
        self._talk.close()
        shutil.rmtree(self._setup.folder, ignore_errors=True)

    async def _watch(self, process: Process) -> None:
        self.return_code = await process.ended()
        self._talk.end()
        self._on_death()
