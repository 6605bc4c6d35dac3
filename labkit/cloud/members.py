"""Which parameters an operation has, by the service's own botocore model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.model import ServiceModel, Shape

NOTHING: frozenset[str] = frozenset()


@cache
def of(model: ServiceModel, operation: str) -> frozenset[str] | None:
    """The names of an operation's parameters as they are sent; None when there is no operation.

    >>> from labkit.cloud.protocols import service_model
    >>> sorted(of(service_model("iam"), "GetRole")), of(service_model("iam"), "getRole")
    (['RoleName'], None)
    """
    if operation not in model.operation_names:
        return None
    shape = model.operation_model(operation).input_shape
    if shape is None:
        return NOTHING
    return frozenset({*shape.members, *map(_sent, shape.members, shape.members.values())})


@cache
def of_body(model: ServiceModel, operation: str) -> frozenset[str]:
    """The names in the JSON body of a REST operation; none where the body is one parameter.

    >>> from labkit.cloud.protocols import service_model
    >>> sorted(of_body(service_model("lambda"), "Invoke"))
    []
    """
    shape = model.operation_model(operation).input_shape
    if shape is None or "payload" in shape.serialization:
        return NOTHING
    return frozenset(
        _sent(name, member)
        for name, member in shape.members.items()
        if "location" not in member.serialization
    )


class Own(Mapping[str, Any]):
    """The parameters of a request that its operation has; each is read when it is asked for.

    A form's `Tags.member.1.Key` belongs to `Tags`.

    >>> dict(Own({"RoleName": "writer", "GroupName": "mine"}, frozenset({"RoleName"})))
    {'RoleName': 'writer'}
    """

    def __init__(self, parameters: Mapping[str, Any], names: frozenset[str]) -> None:
        self._parameters = parameters
        self._names = names

    def __getitem__(self, name: str) -> Any:
        if name not in self:
            raise KeyError(name)
        return self._parameters[name]

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter, or `default`; most of what is asked for is not there."""
        return self._parameters.get(name, default) if self._has(name) else default

    def __contains__(self, name: object) -> bool:
        return self._has(name) and name in self._parameters

    def __iter__(self) -> Iterator[str]:
        return filter(self._has, self._parameters)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _has(self, name: object) -> bool:
        return str(name).partition(".")[0] in self._names


def _sent(name: str, member: Shape) -> str:
    """What a parameter is called in a request."""
    return str(member.serialization.get("name", name))
