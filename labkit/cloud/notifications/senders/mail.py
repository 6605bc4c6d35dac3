"""One mail over SMTP, without encryption: the server is the lab's inbox or one of the reader's."""

from __future__ import annotations

from email.message import EmailMessage

import aiosmtplib

from labkit.cloud.notifications.errors import DeliveryFailed


async def send(address: str, message: EmailMessage) -> None:
    """Send once to the SMTP server at `address`, which is `host:port`."""
    host, _, port = address.rpartition(":")
    try:
        await aiosmtplib.send(
            message,
            hostname=host,
            port=int(port),
            use_tls=False,
            start_tls=False,
            local_hostname="localhost",
            timeout=None,  # the lane keeps time, on the lab's clock
        )
    except (aiosmtplib.SMTPException, OSError) as error:
        raise DeliveryFailed(f"SMTP server {address}: {error}") from None
