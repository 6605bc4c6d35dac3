"""Whether a role lets a service assume it."""

from __future__ import annotations

from typing import Any

ASSUME = {"sts:assumerole", "sts:*", "*"}


def trusts(document: dict[str, Any], service: str) -> bool:
    """Whether a trust policy has a statement that allows `service` to assume the role.

    Conditions are not looked at here: at creation AWS tries, and a lab's conditions name the
    function that does not exist yet.
    """
    return any(_allows(statement, service) for statement in _many(document.get("Statement")))


def _allows(statement: dict[str, Any], service: str) -> bool:
    principal = statement.get("Principal")
    services = _many(principal.get("Service")) if isinstance(principal, dict) else _many(principal)
    actions = {str(action).lower() for action in _many(statement.get("Action"))}
    return (
        statement.get("Effect") == "Allow"
        and (service in services or "*" in services)
        and bool(actions & ASSUME)
    )


def _many(value: Any) -> list[Any]:
    """A policy's element, which may stand alone or in a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
