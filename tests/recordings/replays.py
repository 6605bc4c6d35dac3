"""Which recordings no test replays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from tests.recordings.normalise import FOLDER, load


def missing(items: Iterable[pytest.Item]) -> Iterator[str]:
    """A sentence for each recording that none of the collected tests is named like.

    The fixture `recorded` gives a test its recording; the test fails unless it compares all of it.
    """
    tests = [
        (getattr(item.module, "RECORDINGS", None), item.name)
        for item in items
        if isinstance(item, pytest.Function) and "recorded" in item.fixturenames
    ]
    for file in sorted(FOLDER.glob("*.json")):
        recordings = load(file.name)
        replayed = {name for named, name in tests if named is recordings}
        for name in recordings.keys() - replayed:
            yield f"{file.name}: no test replays {name}."
