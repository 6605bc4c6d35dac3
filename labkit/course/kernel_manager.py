"""Ends the kernel of a notebook that is done: asks it to stop, and does not interrupt it before.

jupyter_client interrupts a kernel before it asks, in case that a cell is still at work. The last
cell has ended, but its kernel may not be back at rest, and then it logs an error of its own:
`[IPKernelApp] ERROR | KeyboardInterrupt caught in kernel.` One that is at work all the same, after
a time-out, does not answer, and is terminated some seconds later.
https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-shutdown
"""

from __future__ import annotations

from jupyter_client.manager import AsyncKernelManager


class KernelManager(AsyncKernelManager):
    """A manager that interrupts cells, and not the end of a kernel."""

    async def _async_interrupt_kernel(self) -> None:
        if not self.shutting_down:
            await super()._async_interrupt_kernel()
