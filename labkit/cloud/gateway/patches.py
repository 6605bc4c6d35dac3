"""Patch operations: how the `update_*` calls of API Gateway change a resource.

moto keeps each resource in attributes; a table (`patchable`) says which path is which attribute.
https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.apigateway.exceptions import BadRequestException, NotFoundException


@dataclass(frozen=True)
class Field:
    """One patchable attribute; `keyed` when the path goes on with the key of a map.

    What is `needed` cannot be changed to nothing. `missing` is what AWS says where a key is changed
    that there is not.
    """

    attribute: str
    keyed: bool = False
    needed: bool = False
    missing: str = ""
    convert: Callable[[str], Any] = str


def to_bool(value: str) -> bool:
    """A patch value is always a string."""
    return value.lower() == "true"


def optional(value: str) -> str | None:
    """An empty string removes what is optional."""
    return value or None


@dataclass(frozen=True)
class Patchable:
    """What a patch may change.

    Where `strict`, what is no map is only ever replaced. AWS has three ways to say no: it names the
    path alone, or how to go on with an operation (`replace_only`), or lists what there is.
    """

    fields: Mapping[str, Field]
    strict: bool = False
    plain: bool = False
    replace_only: str = ""

    def refusal(self, kind: str, path: str, field: Field | None) -> str:
        """AWS's words for an operation that the resource does not have."""
        if self.plain:
            scalar = field is not None and not field.keyed and path.count("/") == 1
            return self.replace_only if scalar and self.replace_only else _plain(path)
        named = f"Invalid patch path  '{path}' specified for op '{kind}'."
        if kind != "replace" and (self.strict or kind not in KINDS):
            return f"{named} Please choose supported operations"
        known = ", ".join(
            f"/{name}/<key>" if field.keyed else f"/{name}" for name, field in self.fields.items()
        )
        return f"{named} Must be one of: [{known}]"


KINDS = ("add", "remove", "replace")


def checked(operations: Iterable[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    """The operations of a patch, none if it was left out; each with a kind and a path.

    Raises:
        BadRequestException: for an operation without them.
    """
    patch = list(operations or [])
    for operation in patch:
        path = operation.get("path")
        if not operation.get("op") or not (path or "").startswith("/"):
            raise BadRequestException(_plain(path or "null"))
    return patch


def apply(
    target: Any,
    operations: Iterable[Mapping[str, Any]],
    patchable: Patchable,
    check: Callable[[dict[str, Any]], None] = lambda changed: None,
) -> Any:
    """Apply patch operations to one of moto's resources, if `check` accepts the result.

    Raises:
        BadRequestException: for a path or an operation that this resource does not have.
    """
    changed = changes(target, operations, patchable)
    check({**vars(target), **changed})
    vars(target).update(changed)
    return target


def changes(
    target: object, operations: Iterable[Mapping[str, Any]], patchable: Patchable
) -> dict[str, Any]:
    """The attributes of `target` as they are after `operations`; `target` itself stays as it is.

    Raises:
        BadRequestException: for a path or an operation that this resource does not have.
    """
    changed: dict[str, Any] = {}
    for operation in operations:
        kind, path = operation.get("op", ""), operation.get("path", "")
        name, _, key = path.removeprefix("/").partition("/")
        field = patchable.fields.get(name)
        only_replaced = patchable.strict and field is not None and not field.keyed
        if (
            field is None
            or field.keyed != bool(key)
            or "/" in key
            or kind not in (("replace",) if only_replaced else KINDS)
        ):
            raise BadRequestException(patchable.refusal(kind, path, field))
        given = operation.get("value")
        if field.needed and kind != "remove" and not given:
            raise BadRequestException(f"Invalid null or empty value in {name}")
        value = None if kind == "remove" else _converted(field, str(given or ""))
        if field.keyed:
            entries = dict(changed.get(field.attribute, getattr(target, field.attribute)) or {})
            key = key.replace("~1", "/").replace("~0", "~")
            if field.missing and kind != "add" and key not in entries:
                raise NotFoundException(field.missing)
            if kind == "remove":
                entries.pop(key, None)
            else:
                entries[key] = value
            value = entries
        changed[field.attribute] = value
    return changed


def _plain(path: str) -> str:
    return f"Invalid patch path {path}"


def _converted(field: Field, value: str) -> Any:
    try:
        return field.convert(value)
    except ValueError:
        raise BadRequestException(f"Invalid value '{value}'.") from None
