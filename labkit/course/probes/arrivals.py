"""How a check waits at the far end: for a mail in the inbox, for a request at a webhook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.course.probes.orders import PATIENCE
from labkit.lab import Lab
from labkit.orders.accounting import order_of_mail, order_of_post

Arrival = dict[str, Any]
SOON = 4  # seconds; a healthy pipeline needs less than one


def find(
    read: Callable[..., list[Arrival]],
    matches: Callable[[Arrival], bool],
    *,
    after: int,
    seconds: float = PATIENCE,
) -> Arrival | None:
    """The first arrival after number `after` that matches; None when none comes in time."""
    while arrivals := read(after=after, wait=seconds):
        for arrival in arrivals:
            if matches(arrival):
                return arrival
        after = latest(arrivals)
    return None


def latest(arrivals: list[Arrival]) -> int:
    """The number of the last arrival; 0 when there is none.

    >>> latest([{"id": 1}, {"id": 2}]), latest([])
    (2, 0)
    """
    return arrivals[-1]["id"] if arrivals else 0


def is_announced(lab: Lab, number: str) -> bool:
    """Whether the webhook and the inbox hear of an order, soon if they have not yet."""

    def posts(**query: Any) -> list[Arrival]:
        return lab.webhook(lab.names.webhook, **query)

    return bool(
        find(posts, lambda post: order_of_post(post) == number, after=0, seconds=SOON)
        and find(lab.inbox, lambda mail: order_of_mail(mail) == number, after=0, seconds=SOON)
    )
