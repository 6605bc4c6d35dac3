"""IAM's lists, and what its simulator finds: whom they leave out, and their pages.

moto has pages of some lists only. A page has 100 entries, or as many as `MaxItems` says; `Marker`
leads from one to the next.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html
"""

from __future__ import annotations

import base64
from functools import cache
from itertools import islice
from typing import Any

from botocore.session import get_session
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.iam.exceptions import ValidationError
from moto.iam.responses import IamResponse

from labkit.cloud.constraints import violation

PAGE = 100
LARGEST_PAGE = 1_000
EVERYTHING = 1_000_000  # what moto is asked for


class ListsResponse(IamResponse):
    """moto's IAM, which is asked for whole lists; what it answers is cut here."""

    def list_groups(self) -> ActionResult:
        """ListGroups, of which moto leaves out nobody."""
        path, answer = self._get_param("PathPrefix", "/"), super().list_groups()
        result: Any = answer.result
        result["Groups"] = [group for group in result["Groups"] if group.path.startswith(path)]
        return answer

    def list_entities_for_policy(self) -> ActionResult:
        """ListEntitiesForPolicy, which moto asks neither for groups' paths nor how one is used."""
        policy_arn = self.backend.get_policy(self._get_param("PolicyArn")).arn
        kind, usage = self._get_param("EntityFilter"), self._get_param("PolicyUsageFilter")
        path = self._get_param("PathPrefix", "/")
        holders: dict[str, dict[str, Any]] = {
            "User": self.backend.users,
            "Role": self.backend.roles,
            "Group": self.backend.groups,
        }
        return ActionResult(
            {
                f"Policy{name}s": [
                    holder
                    for holder in several.values()
                    if kind in (None, name)
                    and holder.path.startswith(path)
                    and (usages := _usages(holder, policy_arn))
                    and usage in (None, *usages)
                ]
                for name, several in holders.items()
            }
        )

    def _get_param(self, param_name: str, if_none: Any = None) -> Any:
        if param_name == "Marker":
            return if_none
        return EVERYTHING if param_name == "MaxItems" else super()._get_param(param_name, if_none)

    def serialized(self, action_result: ActionResult) -> TYPE_RESPONSE:
        """An answer as it is sent: of a list, the page that is asked for."""
        names, result = entries_of(self._get_action()), action_result.result
        if names and isinstance(result, dict):
            given = self._get_params()
            try:
                result = page(result, names, most=given.get("MaxItems"), marker=given.get("Marker"))
            except ValidationError as error:
                result = error
            action_result = ActionResult(result)
        return super().serialized(action_result)


def page(
    result: dict[str, Any], names: tuple[str, ...], *, most: int | None, marker: str | None
) -> dict[str, Any]:
    """One page of an answer whose entries are the lists `names`, one after the other.

    >>> page({"Users": ["ana", "ben"]}, ("Users",), most=1, marker=None)
    {'Users': ['ana'], 'IsTruncated': True, 'Marker': 'MQ=='}
    """
    size = PAGE if most is None else int(most)
    if not 1 <= size <= LARGEST_PAGE:
        bound = f"less than or equal to {LARGEST_PAGE}" if size else "greater than or equal to 1"
        raise ValidationError(violation("maxItems", most, f"Member must have value {bound}"))
    entries = [(name, entry) for name in names for entry in result.get(name) or []]
    first = _offset(marker)
    shown = {name: [] for name in names} | {"IsTruncated": first + size < len(entries)}
    for name, entry in islice(entries, first, first + size):
        shown[name].append(entry)
    if shown["IsTruncated"]:
        shown["Marker"] = base64.b64encode(str(first + size).encode()).decode()
    return {key: value for key, value in result.items() if key != "Marker"} | shown


@cache
def entries_of(operation: str) -> tuple[str, ...]:
    """The members of an operation's answer that come in pages; none of most operations.

    >>> entries_of("ListUsers"), entries_of("CreateUser")
    (('Users',), ())
    """
    try:
        found = get_session().get_paginator_model("iam").get_paginator(operation)["result_key"]
    except ValueError:
        return ()
    return (found,) if isinstance(found, str) else tuple(found)


def _usages(holder: Any, policy_arn: str) -> list[str]:
    """How a user, role or group uses a policy."""
    attached = policy_arn in holder.managed_policies
    bounded = getattr(holder, "permissions_boundary_arn", None) == policy_arn
    return ["PermissionsPolicy"] * attached + ["PermissionsBoundary"] * bounded


def _offset(marker: str | None) -> int:
    try:
        return abs(int(base64.b64decode(marker, validate=True))) if marker else 0
    except ValueError:
        raise ValidationError("Invalid Marker.") from None
