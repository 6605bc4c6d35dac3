"""A form's fields, each decoded when it is asked for: most of a form is a message, and never is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus


class Form(Mapping[str, str]):
    """The fields of URL-encoded texts, as `urllib.parse.parse_qsl` reads them.

    ValueError when a field has two values: one might be decided on, and the other be acted on.

    >>> Form("Action=Publish&Message=a%20cup+of+tea")["Message"]
    'a cup of tea'
    """

    def __init__(self, *texts: str) -> None:
        self._encoded: dict[str, str] = {}
        for pair in "&".join(texts).split("&"):
            name, _, value = pair.partition("=")
            if pair and self._encoded.setdefault(unquote_plus(name), value) != value:
                raise ValueError(f"{name} has two values.")

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
