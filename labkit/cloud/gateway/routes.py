"""Which resource of an API a path means.

A resource is chosen by its path alone: a literal part wins over `{parameter}`, which wins over
`{proxy+}`. Only then does the method count, and a method that the resource lacks is answered as an
unknown path is.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import unquote

Target = TypeVar("Target")


@dataclass
class Routes(Generic[Target]):
    """A tree of path parts with a target at each resource.

    >>> routes = Routes.of([("/orders/{id}", "one order"), ("/orders", "all orders")])
    >>> routes.find("/orders/536365")
    ('one order', {'id': '536365'})
    """

    target: Target | None = None
    literals: dict[str, Routes[Target]] = field(default_factory=dict)
    parameter: tuple[str, Routes[Target]] | None = None
    rest: tuple[str, Target] | None = None

    @classmethod
    def of(cls, resources: Iterable[tuple[str, Target]]) -> Routes[Target]:
        """The tree of resources given by path and target."""
        routes = cls()
        for path, target in resources:
            routes._add(_parts(path), target)
        return routes

    def find(self, path: str) -> tuple[Target, dict[str, str]] | None:
        """The target for a raw path, with the values of its path parameters."""
        found = self.find_raw(path)
        return found and (found[0], {name: unquote(value) for name, value in found[1].items()})

    def find_raw(self, path: str) -> tuple[Target, dict[str, str]] | None:
        """The same, with the values as they stand in the path."""
        return self._find(_parts(path))

    def _add(self, parts: list[str], target: Target) -> None:
        if not parts:
            self.target = target
        elif parts[0].endswith("+}"):
            self.rest = (parts[0][1:-2], target)
        elif parts[0].startswith("{"):
            if self.parameter is None:
                self.parameter = (parts[0][1:-1], Routes())
            self.parameter[1]._add(parts[1:], target)
        else:
            self.literals.setdefault(parts[0], Routes())._add(parts[1:], target)

    def _find(self, parts: list[str]) -> tuple[Target, dict[str, str]] | None:
        if not parts:
            return None if self.target is None else (self.target, {})
        found = None
        literal = unquote(parts[0])
        if literal in self.literals:
            found = self.literals[literal]._find(parts[1:])
        if found is None and self.parameter is not None and parts[0]:
            name, routes = self.parameter
            found = routes._find(parts[1:])
            if found is not None:
                found[1][name] = parts[0]
        if found is None and self.rest is not None and any(parts):
            name, target = self.rest
            found = (target, {name: "/".join(parts)})
        return found


def _parts(path: str) -> list[str]:
    parts = path.removeprefix("/").split("/")
    if parts[-1] == "":
        parts.pop()
    return parts
