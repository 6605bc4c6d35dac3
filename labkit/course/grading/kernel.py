"""The student's kernel as the session sees it: cells go in, and only so much comes out.

It is reached through sockets of the file system. The student's code holds the other ends and may
send anything through them, so nothing that arrives here earns a point.
"""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.connect import write_connection_file

from labkit.course.grading.limits import MEGABYTE, Limits
from labkit.course.grading.watch import kill
from labkit.course.result import MIME

START_SECONDS = 90
GRACE = 10.0  # seconds for an interrupted cell to end, and for the last output to arrive
DYING = 3.0  # seconds
WAITING = 64  # messages that may wait to be read


class KernelEnded(Exception):
    """The kernel runs no more cells; the text says why."""


@dataclass
class Ran:
    """One executed cell: its error, and the results of checks that it showed."""

    error: str = ""
    interrupted: bool = False
    shown: list[Any] = field(default_factory=list)


def connection_file(desk: Path) -> Path:
    """Write where the kernel shall listen, on sockets in the desk's folder."""
    path = str(desk / "kernel.json")
    write_connection_file(path, transport="ipc", ip=str(desk / "kernel"))
    return Path(path)


class Kernel:
    """A running kernel; `command` starts it, `alone` says that it is in a sandbox."""

    def __init__(
        self,
        command: Sequence[str],
        connection: Path,
        limits: Limits,
        *,
        alone: bool,
        **options: Any,
    ) -> None:
        self._alone = alone
        self._limits = limits
        self._ending = threading.Lock()
        self._reason = ""
        self._printed = 0
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **options,
        )
        context = zmq.Context()
        context.setsockopt(zmq.MAXMSGSIZE, limits.output_mb * MEGABYTE)
        context.setsockopt(zmq.RCVHWM, WAITING)
        context.setsockopt(zmq.LINGER, 0)
        self._client = BlockingKernelClient(context=context)
        self._client.load_connection_file(str(connection))
        self._client.start_channels()
        # A message that is too large is never seen: the connection ends instead.
        self._hangs_up = self._client.iopub_channel.socket.get_monitor_socket(
            zmq.EVENT_DISCONNECTED
        )

    def wait(self) -> None:
        """Wait until it takes cells.

        Raises `KernelEnded` when it does not.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self._must_live()
            self._client.kernel_info()
            # Its output can be heard only once the subscription has arrived there.
            channels = (self._client.shell_channel, self._client.iopub_channel)
            if all(channel.socket.poll(500) for channel in channels):
                return
        self.end("its kernel did not start")
        self._must_live()

    def run(self, source: str, *, seconds: float) -> Ran:
        """Execute a cell; one that takes longer is interrupted, and the kernel ended if it goes on.

        Raises `KernelEnded`.
        """
        ran = Ran()
        message_id = self._client.execute(source, allow_stdin=False, stop_on_error=False)
        deadline = time.monotonic() + seconds
        idle = replied = False
        while not (idle and replied):
            self._must_live()
            if time.monotonic() > deadline:
                if replied or ran.interrupted:
                    self.end(f"a cell ran longer than {seconds:.0f} s and took no interruption")
                else:
                    ran.interrupted = True
                    self._interrupt()
                deadline = time.monotonic() + GRACE
                continue
            for channel, message in self._messages():
                if message["parent_header"].get("msg_id") != message_id:
                    continue
                if channel == "shell" and message["msg_type"] == "execute_reply":
                    replied, deadline = True, time.monotonic() + GRACE
                    if message["content"].get("status") == "error":
                        ran.error = _error(message["content"])
                elif message["msg_type"] == "status":
                    idle = idle or message["content"].get("execution_state") == "idle"
                elif isinstance(data := message["content"].get("data"), dict) and MIME in data:
                    ran.shown.append(data[MIME])
        return ran

    def end(self, reason: str) -> None:
        """Kill it, with all that it has started; the first reason is the one that counts."""
        with self._ending:
            self._reason = self._reason or reason
        self._kill()

    def close(self) -> None:
        """End it without a reason."""
        self._kill()
        self.process.wait()
        self._client.iopub_channel.socket.disable_monitor()
        self._client.stop_channels()

    def _kill(self) -> None:
        if self.process.poll() is None:
            kill([self.process.pid], alone=self._alone)

    def _must_live(self) -> None:
        if self._reason:
            raise KernelEnded(self._reason)
        if self.process.poll() is not None:
            raise KernelEnded(f"its kernel died {_how(self.process.returncode)}")

    def _interrupt(self) -> None:
        # The process is in a pid namespace of its own, so the kernel interrupts itself.
        request = self._client.session.msg("interrupt_request", {})
        self._client.control_channel.send(request)

    def _messages(self) -> list[tuple[str, dict[str, Any]]]:
        poller = zmq.Poller()
        channels = {
            self._client.shell_channel.socket: "shell",
            self._client.iopub_channel.socket: "iopub",
        }
        for channel in channels:
            poller.register(channel, zmq.POLLIN)
        received = []
        poller.register(self._hangs_up, zmq.POLLIN)
        for channel, _ in poller.poll(100):
            if channel is self._hangs_up:
                self._hung_up()
            parts = channel.recv_multipart()
            self._printed += sum(map(len, parts))
            if self._printed > self._limits.output_mb * MEGABYTE:
                self.end(f"it printed more than {self._limits.output_mb} MB")
                self._must_live()
            if (message := self._read(parts)) is not None:
                received.append((channels[channel], message))
        return received

    def _hung_up(self) -> None:
        # A kernel that dies hangs up as well, a moment before its process ends.
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(DYING)
        if self.process.returncode is None:
            self.end(f"it printed more than {self._limits.output_mb} MB at once")
        self._must_live()

    def _read(self, parts: list[bytes]) -> dict[str, Any] | None:
        session = self._client.session
        try:
            message = session.deserialize(session.feed_identities(parts)[1])
            contents = (message["parent_header"], message["content"])
            return message if all(isinstance(each, dict) for each in contents) else None
        except Exception:  # the other end is the student's: what cannot be read was never said
            return None


def _how(status: int) -> str:
    number = -status if status < 0 else status - 128  # bubblewrap passes signals on as shells do
    try:
        return f"of {signal.Signals(number).name}"
    except ValueError:
        return f"with status {status}"


def _error(content: dict[str, Any]) -> str:
    return f"{content.get('ename', 'Error')}: {content.get('evalue', '')}"[:400]
