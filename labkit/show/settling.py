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
    CONFIRMATIONS,
    ITEMS,
    MAILS,
    PUBLISHED,
    REQUESTS,
    WAITING,
    Counts,
    read_counts,
)
from labkit.show.functions import read_mappings
from labkit.show.log_events import Line, read_lines
from labkit.show.queues import read_messages
from labkit.show.topics import read_subscriptions

LOOK_LOCAL, LOOK_AWS = 0.2, 5.0  # seconds between two looks


def until_settled(lab: Lab, before: Counts, ended: int, *, patience: float) -> tuple[Counts, bool]:
    """Look until the pipeline is at rest, for `patience` seconds; what is seen, and whether it is.

    `before` are the counts and `ended` the writer's ended invocations before what is waited for.
    """
    deadline = time.monotonic() + patience
    earlier: Counts = {}
    while True:
        # The logs before the counts: what an invocation that has ended did is then in the counts.
        idle = functions_idle(lab, ended)
        now = read_counts(lab)
        if idle and now == earlier and at_rest(lab, before, now):
            return now, True
        if time.monotonic() >= deadline:
            return now, False
        earlier = now
        _look_again(lab, now)


def functions_idle(lab: Lab, ended: int) -> bool:
    """Whether both functions have ended what they were given, and told of it in their logs.

    A message in flight that the writer has not told of is still to be worked on. A writer that
    logs no ids has had it when an invocation has ended since there were `ended` of them.
    """
    names = lab.names
    flying = set()
    if lab.is_local and _enabled(lab, names.writer):
        found = read_messages(lab, names.queue)
        flying = {(it["id"], it["receives"]) for it in found if it["state"] == "in flight"}
    fields = [line.fields for line in _lines(lab, names.writer)]
    tried = {(it["messageId"], it.get("receiveCount")) for it in fields if "messageId" in it}
    starts, ends = invocations_of(lab, names.writer)
    told, done = invocations_of(lab, names.notifier)
    untried = flying - tried if tried else flying and ends == ended
    return not untried and (starts, told) == (ends, done)


def at_rest(lab: Lab, before: Counts, now: Counts) -> bool:
    """Whether what changed since `before` has come through every stage, as far as it can."""
    names = lab.names

    def change(stage: str, what: str) -> int:
        return now.get((stage, what), 0) - before.get((stage, what), 0)

    waits = now.get((f"queue {names.queue}", WAITING), 0) > 0
    stored = change(f"table {names.table}", ITEMS)
    published = change(f"topic {names.topic}", PUBLISHED)
    listening = _listening(lab)
    expected = published * listening["email"], published * listening["http"]
    got = change("inbox", MAILS), change(f"webhook {names.webhook}", REQUESTS)
    on_the_way = (
        waits and _enabled(lab, names.writer),
        lab.is_local and published < stored and _enabled(lab, names.notifier),
        got[0] < expected[0] or got[1] < expected[1],
    )
    return not any(on_the_way)


def invocations_of(lab: Lab, function: str) -> tuple[int, int]:
    """How many invocations of a function have begun, and how many have ended, as its log says."""
    texts = [line.message for line in _lines(lab, function) if line.level == "PLATFORM"]
    return tuple(sum(text.startswith(word) for text in texts) for word in ("START", "REPORT"))


def _lines(lab: Lab, function: str) -> list[Line]:
    try:
        return read_lines(lab, function)
    except StageMissing:
        return []


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
        stage = f"webhook {lab.names.webhook}"
        heard = now.get((stage, REQUESTS), 0) + now.get((stage, CONFIRMATIONS), 0)
        lab.webhook(lab.names.webhook, after=heard, wait=LOOK_LOCAL)
    else:
        time.sleep(LOOK_AWS)
