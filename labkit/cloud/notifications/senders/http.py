"""One POST to an HTTP(S) subscriber.

SNS tries again on 5xx, 429, time-outs and connection errors; every other error is permanent.
https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
"""

from __future__ import annotations

from http import HTTPStatus

import aiohttp

from labkit.cloud.notifications.errors import DeliveryFailed, DeliveryRefused

NO_TIMEOUT = aiohttp.ClientTimeout(total=None)  # the lane keeps time, on the lab's clock
MOST_READ = 64 * 1024  # of an answer, so that its connection can be used again


async def post(
    http: aiohttp.ClientSession, url: str, *, headers: dict[str, str], body: bytes
) -> None:
    """POST once, following no redirect."""
    try:
        async with http.post(
            url,
            data=body,
            headers=headers,
            skip_auto_headers=("Accept",),
            allow_redirects=False,
            timeout=NO_TIMEOUT,
        ) as response:
            await response.content.read(MOST_READ)
    except aiohttp.InvalidURL:
        raise DeliveryRefused(f"{url} is not a URL") from None
    except (aiohttp.ClientError, OSError) as error:
        raise DeliveryFailed(f"{url}: {error or type(error).__name__}") from None
    if response.status >= 500 or response.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise DeliveryFailed(f"{url} answered {response.status}")
    if response.status >= 400:
        raise DeliveryRefused(f"{url} answered {response.status}")
