"""One POST to an HTTP(S) subscriber.

SNS takes 200 to 4xx for an answer, and tries again on 5xx, time-outs and connection errors.
https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
An HTTP 4xx goes to the dead-letter queue at once, as other client-side errors do; AWS's pages do
not settle that for HTTP.
"""

from __future__ import annotations

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
    if response.status >= 500:
        raise DeliveryFailed(f"{url} answered {response.status}")
    if response.status >= 400:
        raise DeliveryRefused(f"{url} answered {response.status}")
