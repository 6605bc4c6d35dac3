"""A form's fields, each decoded when it is asked for: most of a form is a message, and never is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus


class Form(Mapping[str, str]):
    """The fields of URL-encoded texts, as `urllib.parse.parse_qsl` reads them; the last one counts.

    >>> Form("Action=Publish&Message=a%20cup+of+tea")["Message"]
    'a cup of tea'
    """

    def __init__(self, *texts: str) -> None:
        pairs = (pair.partition("=") for text in texts for pair in text.split("&") if pair)
        self._encoded = {unquote_plus(name): value for name, _, value in pairs}

    def __getitem__(self, name: str) -> str:
        return unquote_plus(self._encoded[name])

    def get(self, name: str, default: Any = None) -> Any:
        """A field, or `default`; most of what is asked for is in no form, so this is not slow."""
        encoded = self._encoded.get(name)
        return default if encoded is None else unquote_plus(encoded)

    def __contains__(self, name: object) -> bool:
        return name in self._encoded

    def __iter__(self) -> Iterator[str]:
        return iter(self._encoded)

    def __len__(self) -> int:
        return len(self._encoded)
