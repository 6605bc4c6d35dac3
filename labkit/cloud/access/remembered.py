"""Decisions that were made before, remembered by everything that they depend on.

A pipeline asks the same few questions for every order. A decision is a function of who, what, on
which resource, the policies as they stand and the context keys that they read: with all of these
the same it is the same. Nothing has to be forgotten: a policy that is changed is another one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from labkit.cloud.access.decide import Call, Decision, Policies, decide
from labkit.cloud.access.patterns import Context
from labkit.cloud.access.principals import Principal

Read = tuple[tuple[str, str | tuple[str, ...]], ...]


def decision(
    principal: Principal,
    action: str,
    resource: str,
    policies: Policies,
    context: Callable[[], Context],
) -> Decision:
    """What `decide` says; `context` is asked only when a policy reads it.

    >>> nobody = Principal("arn:aws:iam::123456789012:user/ana")
    >>> decision(nobody, "sqs:SendMessage", "*", Policies(), dict).allowed
    False
    """
    keys = policies.context_keys
    return _decided(principal, action, resource, policies, _read(keys, context()) if keys else ())


def _read(keys: tuple[str, ...], context: Context) -> Read:
    return tuple(
        (key, value if isinstance(value, str) else tuple(value))
        for key in keys
        if (value := context.get(key)) is not None
    )


@lru_cache(maxsize=4096)
def _decided(
    principal: Principal, action: str, resource: str, policies: Policies, read: Read
) -> Decision:
    """Policies are compared by identity: `documents.policy` gives one object for one text."""
    return decide(Call(principal, action, resource, dict(read)), policies)
