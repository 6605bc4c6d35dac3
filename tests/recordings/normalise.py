"""Compares what the local cloud answered with what AWS answered, field by field.

A recording has placeholders where AWS's values were accidental. `<uuid:1>` stands for some value,
the same one wherever it stands in this recording and no other placeholder's; `<datetime>`, without
a number, stands for any value. A placeholder may be part of a longer text. Where the recording has
an object and the answer has text, the text is JSON that the recording shows parsed.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
#: The account of the recordings.
RECORDED_ACCOUNT = "111111111111"

_PLACEHOLDER = re.compile(r"<[a-z0-9-]+(?::[^<>]+)?>|" + RECORDED_ACCOUNT)
_NUMBERED = re.compile(r"<[a-z0-9-]+:\d+>|" + RECORDED_ACCOUNT)
_SAMPLE = re.compile(r"<timestamp:(.+)>")
#: Placeholders without angle brackets, by the field they stand in.
_BARE = {
    "Connection": "connection",
    "Content-Length": "content--length",
    "SenderId": "sender-id",
    "SentTimestamp": "sent-timestamp",
    "Timestamp": "date",
}


@cache
def load(file_name: str) -> dict[str, dict[str, Any]]:
    """The recorded contents of a file by the name of the test, without its file and class."""
    entries = json.loads((FOLDER / file_name).read_text())
    return {key.split("::")[-1]: entry["recorded-content"] for key, entry in entries.items()}


class Comparison:
    """One recording, and what its placeholders have turned out to stand for."""

    def __init__(self, recorded: dict[str, Any]) -> None:
        self._recorded = recorded
        self._values: dict[str, str] = {}
        self._left = set(recorded)

    @property
    def left(self) -> set[str]:
        """The names of the recorded answers that nothing was compared with."""
        return self._left

    def __contains__(self, name: str) -> bool:
        return name in self._recorded

    def recorded(self, name: str) -> Any:
        """The recorded answer `name`."""
        return self._recorded[name]

    def differences(self, name: str, answered: Any) -> list[str]:
        """How `answered` differs from the recorded answer `name`: a line for each field."""
        self._left -= {name}
        return list(self._compare(self._recorded[name], answered, name))

    def assert_same(self, name: str, answered: Any) -> None:
        """Fail with every difference from the recorded answer `name`."""
        differences = self.differences(name, answered)
        assert not differences, "\n".join(differences)

    def _compare(self, recorded: Any, answered: Any, where: str) -> list[str]:
        if isinstance(recorded, (dict, list)) and isinstance(answered, str):
            try:
                answered = json.loads(answered)
            except ValueError:
                return [f"{where}: {answered!r} is not JSON"]
        if isinstance(recorded, dict) and isinstance(answered, dict):
            return self._compare_objects(recorded, answered, where)
        if isinstance(recorded, list) and isinstance(answered, list):
            return self._compare_arrays(recorded, answered, where)
        if isinstance(recorded, str) and self._stands_for(recorded, answered, where):
            return []
        if type(recorded) is type(answered) and recorded == answered:
            return []
        return [f"{where}: recorded {recorded!r}, answered {answered!r}"]

    def _compare_objects(
        self, recorded: dict[str, Any], answered: dict[str, Any], where: str
    ) -> list[str]:
        if "HTTPStatusCode" in recorded:
            # The recordings keep only this of a response's metadata.
            answered = {"HTTPHeaders": {}, "HTTPStatusCode": answered.get("HTTPStatusCode")}
        differences = [f"{where}.{key}: missing" for key in recorded if key not in answered]
        differences += [f"{where}.{key}: not recorded" for key in answered if key not in recorded]
        for key in recorded:
            if key in answered:
                differences += self._compare(recorded[key], answered[key], f"{where}.{key}")
        return differences

    def _compare_arrays(self, recorded: list[Any], answered: list[Any], where: str) -> list[str]:
        if len(recorded) != len(answered):
            return [f"{where}: recorded {len(recorded)} entries, answered {len(answered)}"]
        differences = []
        for number, pair in enumerate(zip(recorded, answered, strict=True)):
            differences += self._compare(*pair, f"{where}[{number}]")
        return differences

    def _stands_for(self, recorded: str, answered: Any, where: str) -> bool:
        field = where.rpartition(".")[2]
        if _BARE.get(field) == recorded:
            return isinstance(answered, str) and answered != ""
        if not _PLACEHOLDER.search(recorded) or answered is None:
            return False
        pattern, names, end = "", [], 0
        for placeholder in _PLACEHOLDER.finditer(recorded):
            pattern += re.escape(recorded[end : placeholder.start()])
            end = placeholder.end()
            if sample := _SAMPLE.fullmatch(placeholder[0]):
                pattern += re.sub(r"\d", r"\\d", re.escape(sample[1]))
            else:
                pattern += "(.+)" if _NUMBERED.fullmatch(placeholder[0]) else ".+"
                if _NUMBERED.fullmatch(placeholder[0]):
                    names.append(placeholder[0])
        found = re.fullmatch(pattern + re.escape(recorded[end:]), str(answered), re.DOTALL)
        return found is not None and all(map(self._bind, names, found.groups()))

    def _bind(self, name: str, value: str) -> bool:
        if name not in self._values and value in self._values.values():
            return False
        return self._values.setdefault(name, value) == value
