"""One refusal of the table, and the reasons that several services share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

UNENCRYPTED = "nothing is encrypted at rest, and no key can be missing"
NO_TRACES = "there is no X-Ray"
ONE_ACCOUNT = "there is one account"


@dataclass(frozen=True)
class Refusal:
    """Why a parameter is refused: whatever its value `but` those, or `only` with those."""

    why: str
    but: tuple[str, ...] = ()
    only: tuple[str | bool, ...] = ()

    def holds_for(self, value: Any) -> bool:
        """Whether a parameter with this value is refused."""
        if self.only:
            return value in self.only
        return not is_empty(value) and value not in self.but


# By parameter, as it is named on the wire. A dot leads into a structure, a map or the members of a
# list; "" stands for the whole operation.
Refusals = Mapping[str, Refusal]


def refuse(
    why: str, *parameters: str, but: tuple[str, ...] = (), only: tuple[str | bool, ...] = ()
) -> Refusals:
    """The same refusal of several parameters.

    >>> refuse("there is no X-Ray", "TracingConfig.Mode", but=("PassThrough",)).keys()
    dict_keys(['TracingConfig.Mode'])
    """
    return dict.fromkeys(parameters, Refusal(why, but, only))


def refuse_calls(why: str, *operations: str) -> Mapping[str, Refusals]:
    """The same refusal of several operations, whatever their parameters.

    >>> refuse_calls("there is no mobile push", "DeleteEndpoint")["DeleteEndpoint"].keys()
    dict_keys([''])
    """
    return dict.fromkeys(operations, refuse(why, ""))


def is_empty(value: Any) -> bool:
    """Whether a parameter with this value says nothing; a zero says something.

    >>> is_empty({"Enabled": False}), is_empty(0)
    (True, False)
    """
    if isinstance(value, Mapping):
        return all(map(is_empty, value.values()))
    return value in (None, "", []) or value is False
