"""The local cloud: its parts, and the order in which they start and stop."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from functools import cached_property
from pathlib import Path

import aiohttp

from labkit.cloud import seams
from labkit.cloud.access.access import Access
from labkit.cloud.access.mode import VARIABLE as LAB_IAM
from labkit.cloud.access.mode import mode_of
from labkit.cloud.clock import Clock
from labkit.cloud.faults import Faults
from labkit.cloud.functions import Functions
from labkit.cloud.gateway import Gateway
from labkit.cloud.inbox import Inbox
from labkit.cloud.mappings.mappings import Mappings
from labkit.cloud.metrics import Metrics
from labkit.cloud.moto import Moto
from labkit.cloud.notifications import Notifications
from labkit.cloud.queues.gauges import QueueGauges
from labkit.cloud.tasks import Tasks
from labkit.cloud.webhooks import Webhooks

log = logging.getLogger("labkit.cloud")


class Cloud:
    """One local cloud in this process.

    moto's state is global to the process, so a process has one cloud.
    """

    account_id = "123456789012"
    region = "us-east-1"

    def __init__(self, *, authority: str, functions_authority: str) -> None:
        self.authority = authority
        self.endpoint_url = f"http://{authority}"
        # Where functions find AWS; an access key that nobody issued counts for nothing there.
        self.functions_endpoint_url = f"http://{functions_authority}"
        self.clock = Clock()
        self.tasks = Tasks(self.clock.activity)
        self.metrics = Metrics(self, gauges=[QueueGauges(self.account_id)])
        self.access = Access(self.clock, self.account_id, mode_of(os.environ.get(LAB_IAM)))
        self.faults = Faults(self.clock)
        self.moto = Moto(self.clock, authority, self.faults)
        self.inbox = Inbox(self)
        self.webhooks = Webhooks(self)
        self.notifications = Notifications(self)
        self.functions = Functions(self)
        self.mappings = Mappings(self)
        self.gateway = Gateway(self)
        self.http = aiohttp.ClientSession(
            # Without the limits: a subscriber that hangs must not use up the others' connections.
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )
        seams.install(self)

    @cached_property
    def folder(self) -> Path:
        """This cloud's temporary folder, made when first needed and removed at the end."""
        return Path(tempfile.mkdtemp(prefix=f"labkit-{os.getpid()}-"))

    async def start(self) -> None:
        """Start what listens or works in the background."""
        await self.inbox.start()
        await self.notifications.start()

    async def reset(self) -> None:
        """Forget everything, as a new cloud."""
        for plane in (
            self.gateway,
            self.mappings,
            self.functions,
            self.notifications,
            self.metrics,
        ):
            await plane.reset()
        self.access.reset()
        self.inbox.reset()
        self.webhooks.reset()
        self.faults.reset()
        self.clock.reset()

    async def stop(self) -> None:
        """Stop every part; one that fails is logged and does not keep the others from stopping."""
        for stop in (
            self.mappings.reset,
            self.functions.reset,
            self.notifications.reset,
            self.metrics.stop,
            self.inbox.stop,
            self.tasks.stop,
            self.http.close,
        ):
            try:
                await stop()
            except Exception:
                log.exception("%s failed", stop.__qualname__)
        if "folder" in self.__dict__:
            shutil.rmtree(self.folder, ignore_errors=True)
