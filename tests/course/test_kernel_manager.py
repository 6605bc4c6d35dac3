"""How the kernel of a notebook that is done is ended."""

from __future__ import annotations

import asyncio
import signal

import nbformat
import pytest
from nbclient import NotebookClient

from labkit.course.execution import kernels
from labkit.course.kernel_manager import KernelManager


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The signals that kernels are sent."""
    sent: list[int] = []
    original = KernelManager._async_signal_kernel

    async def record(manager: KernelManager, signum: int) -> None:
        sent.append(signum)
        await original(manager, signum)

    monkeypatch.setattr(KernelManager, "_async_signal_kernel", record)
    return sent


def test_a_notebook_that_is_done_is_not_interrupted(tmp_path, signals: list[int]):
    """Its kernel would log the KeyboardInterrupt as an error, if it is not yet back at rest."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    client = NotebookClient(notebook, kernel_name="python3", config=kernels(tmp_path))
    client.execute()
    assert client.km is None or not client.km.has_kernel
    assert signals == []


def test_a_cell_can_still_be_interrupted(tmp_path, signals: list[int]):
    """Only the end of a kernel is spared."""

    async def interrupt() -> None:
        manager = KernelManager(kernel_name="python3", config=kernels(tmp_path))
        await manager.start_kernel()
        try:
            await manager._async_interrupt_kernel()
        finally:
            await manager.shutdown_kernel(now=True)

    asyncio.run(interrupt())
    assert signals == [signal.SIGINT]
