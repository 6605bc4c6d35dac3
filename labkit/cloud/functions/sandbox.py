"""The sandbox of one worker: its process, and the folder and conversation that come and go with it.

start -> ask, as often as wanted -> end; the death of the process is noticed at once.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from labkit.cloud.functions.configuration import Configuration
from labkit.cloud.functions.conversation import Conversation
from labkit.cloud.functions.environment import Credentials, Place, environment
from labkit.cloud.functions.invocation import Invocation
from labkit.cloud.functions.process import MEGABYTE, Process
from labkit.cloud.functions.runtime_api import Message
from labkit.cloud.functions.worker_log import WorkerLog

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud

# A process can reserve so much more than its memory size before an allocation fails. What it has
# really used is measured when it answers: the stacks of threads, for one, are hardly ever touched.
HEADROOM = 512 * MEGABYTE


class Sandbox:
    """Where one function version runs; `on_death` is called when its process has ended."""

    def __init__(
        self,
        cloud: Cloud,
        configuration: Configuration,
        credentials: Credentials,
        log: WorkerLog,
        *,
        task_root: Path,
        layers: list[Path],
        folder: Path,
        on_death: Callable[[], None],
        stand_in: bool,
    ) -> None:
        self.return_code: int | None = None
        self._cloud = cloud
        self._configuration = configuration
        self._credentials = credentials
        self._log = log
        self._task_root = task_root
        self._layers = layers
        self._folder = folder
        self._on_death = on_death
        self._stand_in = stand_in
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

    @property
    def is_ready(self) -> bool:
        """Whether it got as far as asking for an event."""
        return self._talk.ready

    async def start(self, seconds: float) -> Message:
        """Start the process, which has so long to get `ready`; return what comes of it."""
        scratch = self._folder / "tmp"
        scratch.mkdir(parents=True)
        place = Place(
            runtime_api=await self._talk.open(),
            endpoint_url=self._cloud.functions_endpoint_url,
            task_root=str(self._task_root),
            scratch=str(scratch),
            log_stream=self._log.stream.name,
        )
        try:
            self._process = process = await Process.start(
                self._configuration.handler,
                environment(self._configuration, self._credentials, place),
                task_root=self._task_root,
                layers=self._layers,
                folder=self._folder,
                scratch=scratch,
                cloud_folder=self._cloud.folder,
                largest_file=self._configuration.ephemeral_storage * MEGABYTE,
                most_memory=self._configuration.memory_size * MEGABYTE + HEADROOM,
                stand_in=self._stand_in,
            )
        except BaseException:
            self._talk.close()
            raise
        self._log.read_from(process.output)
        self._watching = self._cloud.tasks.start(
            self._watch(process), name=f"worker {process.pid} of {self._configuration.name}"
        )
        return await self._talk.hear(seconds)

    async def ask(self, invocation: Invocation) -> Message:
        """Hand over the event and wait for what comes of it."""
        timeout = self._configuration.timeout
        machine_time = self._cloud.clock.now() - self._cloud.clock.ahead
        self._talk.give(invocation, deadline=machine_time + timeout)
        return await self._talk.hear(timeout)

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
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _watch(self, process: Process) -> None:
        self.return_code = await process.ended()
        self._talk.end()
        self._on_death()
