"""Whether the pipeline has come to rest: everything that was sent in has come out, or is stuck.

At rest is, stage by stage: no message waits for the order writer, and those in flight have failed
and wait for their visibility timeout; whatever was stored has been published; neither function is
running; every subscriber without a filter has had whatever was published; and a second look finds
the same.
"""

from __future__ import annotations

import time

from labkit.errors import LabError, StageMissing
from labkit.lab import Lab
from labkit.show.counts import (
    IN_FLIGHT,
    ITEMS,
    MAILS,
    PUBLISHED,
    REQUESTS,
    WAITING,
    Counts,
    read_counts,
)
from labkit.show.functions import read_mappings
from labkit.show.log_events import read_lines
from labkit.show.topics import read_subscriptions

LOOK_LOCAL, LOOK_AWS = 0.2, 5.0  # seconds between two looks


def until_settled(lab: Lab, before: Counts, ended: int, *, patience: float) -> tuple[Counts, bool]:
    """Look until the pipeline is at rest, for `patience` seconds; what is seen, and whether it is.

    `before` are the counts and `ended` the writer's ended invocations before what is waited for.
    """
    deadline = time.monotonic() + patience
    earlier: Counts = {}
    while True:
        now = read_counts(lab)
        if now == earlier and at_rest(lab, before, now, ended):
            return now, True
        if time.monotonic() >= deadline:
            return now, False
        earlier = now
        _look_again(lab, now)


def at_rest(lab: Lab, before: Counts, now: Counts, ended: int) -> bool:
    """Whether every stage has done what it can with what changed since `before`."""
    names = lab.names

    def change(stage: str, what: str) -> int:
        return now.get((stage, what), 0) - before.get((stage, what), 0)

    queue = f"queue {names.queue}"
    waits = now.get((queue, WAITING), 0) > 0
    starts, ends = invocations_of(lab, names.writer)
    untried = change(queue, IN_FLIGHT) > 0 and ends == ended
    stored = change(f"table {names.table}", ITEMS)
    published = change(f"topic {names.topic}", PUBLISHED)
    told, done = invocations_of(lab, names.notifier)
    listening = _listening(lab)
    expected = published * listening["email"], published * listening["http"]
    got = change("inbox", MAILS), change(f"webhook {names.webhook}", REQUESTS)
    on_the_way = (
        (waits or untried) and _enabled(lab, names.writer),
        lab.is_local and published < stored and _enabled(lab, names.notifier),
        (starts, told) != (ends, done),
        got[0] < expected[0] or got[1] < expected[1],
    )
    return not any(on_the_way)


def invocations_of(lab: Lab, function: str) -> tuple[int, int]:
    """How many invocations of a function have begun, and how many have ended, as its log says."""
    try:
        lines = read_lines(lab, function)
    except StageMissing:
        return 0, 0
    texts = [line.message for line in lines if line.level == "PLATFORM"]
    return tuple(sum(text.startswith(word) for text in texts) for word in ("START", "REPORT"))


def _enabled(lab: Lab, function: str) -> bool:
    return any(mapping["State"] == "Enabled" for mapping in read_mappings(lab, function))


def _listening(lab: Lab) -> dict[str, int]:
    """How many confirmed subscribers of the lab's own get every message, by protocol."""
    found = dict.fromkeys(("email", "http"), 0)
    try:
        subscriptions = read_subscriptions(lab, lab.names.topic) if lab.is_local else []
    except LabError:
        subscriptions = []
    for subscription in subscriptions:
        everything = not subscription["Attributes"].get("FilterPolicy")
        own = subscription["Protocol"] == "email" or subscription["Endpoint"] == lab.webhook_url(
            lab.names.webhook
        )
        if subscription["State"] == "confirmed" and everything and own:
            found[subscription["Protocol"]] += 1
    return found


def _look_again(lab: Lab, now: Counts) -> None:
    """Return as soon as the webhook hears of something, or when it is time for the next look."""
    if lab.is_local:
        heard = now.get((f"webhook {lab.names.webhook}", REQUESTS), 0)
        lab.webhook(lab.names.webhook, after=heard, wait=LOOK_LOCAL)
    else:
        time.sleep(LOOK_AWS)
