"""Which route of an HTTP API takes a request.

A route with the request's method and path wins over one with a greedy variable, which wins over
`$default`; `ANY` takes the methods that the same path does not name.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from labkit.cloud.gateway.routes import Routes

Target = TypeVar("Target")

DEFAULT = "$default"
KEY = re.compile(
    r"(?P<method>ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) "
    r"(?P<path>/(?:[^/{}]+|\{[\w.:-]+\})?(?:/(?:[^/{}]+|\{[\w.:-]+\}))*(?:/?\{[\w.:-]+\+\})?/?)"
)


@dataclass(frozen=True)
class Found(Generic[Target]):
    """The route that takes a request, and the values of its path variables."""

    key: str
    target: Target
    variables: dict[str, str]


@dataclass(frozen=True)
class Router(Generic[Target]):
    """The routes of an API by method.

    >>> router = Router.of([("POST /orders", 1), ("ANY /{proxy+}", 2), ("$default", 3)])
    >>> [router.find("POST", path).target for path in ("/orders", "/other", "/")]
    [1, 2, 3]
    """

    methods: dict[str, Routes[tuple[str, Target]]]
    default: Target | None

    @classmethod
    def of(cls, routes: Iterable[tuple[str, Target]]) -> Router[Target]:
        """The router of routes given by key and target."""
        paths: dict[str, list[tuple[str, tuple[str, Target]]]] = {}
        default = None
        for key, target in routes:
            if key == DEFAULT:
                default = target
            else:
                method, _, path = key.partition(" ")
                paths.setdefault(method, []).append((path, (key, target)))
        return cls({method: Routes.of(found) for method, found in paths.items()}, default)

    def find(self, method: str, path: str) -> Found[Target] | None:
        """The route for a method and a raw path, or None."""
        candidates = []
        for name in (method, "ANY"):
            found = self.methods[name].find(path) if name in self.methods else None
            if found:
                (key, target), variables = found
                candidates.append((key.endswith("+}"), Found(key, target, variables)))
        if candidates:
            return min(candidates, key=lambda candidate: candidate[0])[1]
        return None if self.default is None else Found(DEFAULT, self.default, {})
