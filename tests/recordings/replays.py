"""Which recordings no test replays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from tests.recordings.normalise import FOLDER, load


def missing(items: Iterable[pytest.Item]) -> Iterator[str]:
    """A sentence for each recording that none of the collected tests is named like.

    The fixture `recorded` gives a test its recording, and fails it unless it compares all of it.
    """
    replayed = {
        (getattr(item.module, "RECORDING", ""), item.name)
        for item in items
        if isinstance(item, pytest.Function) and "recorded" in item.fixturenames
    }
    for file in sorted(FOLDER.glob("*.json")):
        for name in load(file.name):
            if (file.name, name) not in replayed:
                yield f"{file.name}: no test replays {name}."
