"""How IAM answers about roles and managed policies, where moto says more, less or otherwise.

As AWS was recorded to answer: iam/test_iam_roles.snapshot.json of the LocalStack project at 3cc59f9
and iam/test_iam_policies.snapshot.json at 030eb47.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from moto.core.responses import ActionResult
from moto.core.serialize import never_return
from moto.iam.exceptions import (
    DeleteConflictException,
    EntityAlreadyExists,
    NotFoundException,
    ValidationError,
)
from moto.iam.responses import IamResponse

from labkit.cloud.access.identity_lists import ListsResponse

ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+")


def _boundary_type(_: Any) -> str:
    return "Policy"


class IdentityAnswers(ListsResponse):
    """IAM's operations on identities and their policies."""

    RESPONSE_KEY_PATH_TO_TRANSFORMER: ClassVar[dict[str, Any]] = {
        **IamResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER,
        "CreatePolicyVersionResponse.PolicyVersion.Document": never_return,
        "ListPolicyVersionsResponse.Versions.PolicyVersion.Document": never_return,
        **{
            f"{operation}Response.Role.{member}": never_return
            for operation in ("CreateRole", "UpdateRoleDescription")
            for member in ("MaxSessionDuration", "RoleLastUsed")
        },
        "CreateRoleResponse.Role.Description": never_return,
        "UpdateRoleDescriptionResponse.Role.Tags": never_return,
        **{
            f"{operation}Response.Role.PermissionsBoundary.PermissionsBoundaryType": _boundary_type
            for operation in ("CreateRole", "GetRole")
        },
    }

    def _get_param(self, param_name: str, if_none: Any = None) -> Any:
        """A parameter; one of AWS's own policies is known as soon as a request names it."""
        found = super()._get_param(param_name, if_none)
        if param_name == "PolicyArn" and found:
            if self._get_action().startswith("Attach") and not ARN.fullmatch(found):
                raise ValidationError(f"ARN {found} is not valid.")
            self.backend.know(found)  # type: ignore[attr-defined]
        return found

    def update_role(self) -> ActionResult:
        """UpdateRole: what is not given stays."""
        given, role = self._get_params(), self.backend.get_role(self._get_param("RoleName"))
        given.setdefault("Description", role.description)
        given.setdefault("MaxSessionDuration", role.max_session_duration)
        self.backend.update_role(role.name, given["Description"], given["MaxSessionDuration"])
        return ActionResult({})

    def delete_role(self) -> ActionResult:
        """DeleteRole."""
        role = self.backend.get_role(self._get_param("RoleName"))
        if not role.managed_policies:
            _check_unused((role.policies, "delete policies"))
        return super().delete_role()

    def delete_group(self) -> ActionResult:
        """DeleteGroup: of one that has neither users nor policies."""
        group = self.backend.get_group(self._get_param("GroupName"))
        _check_unused(
            (group.users, "remove users from group"),
            (group.managed_policies, "detach all policies"),
            (group.policies, "delete policies"),
        )
        return super().delete_group()

    def delete_user(self) -> ActionResult:
        """DeleteUser: of one that is in no group and has no keys."""
        user = self.backend.get_user(self._get_param("UserName"))
        _check_unused(
            (self.backend.get_groups_for_user(user.name), "remove users from group"),
            (user.access_keys, "delete access keys"),
        )
        return super().delete_user()

    def get_role_policy(self) -> ActionResult:
        """GetRolePolicy."""
        name = self._get_param("PolicyName")
        if name not in self.backend.get_role(self._get_param("RoleName")).policies:
            raise NotFoundException(f"The role policy with name {name} cannot be found.")
        return super().get_role_policy()

    def create_user(self) -> ActionResult:
        """CreateUser."""
        name = self._get_param("UserName")
        if name in self.backend.users:
            raise EntityAlreadyExists(f"User with name {name} already exists.")
        return super().create_user()

    def update_group(self) -> ActionResult:
        """UpdateGroup; moto gives a group another path only together with another name."""
        group = self.backend.get_group(self._get_param("GroupName"))
        answer = super().update_group()
        group.path = self._get_param("NewPath") or group.path
        return answer

    def create_policy(self) -> ActionResult:
        """CreatePolicy."""
        return self._counted(super().create_policy())

    def get_policy(self) -> ActionResult:
        """GetPolicy."""
        return self._counted(super().get_policy())

    def list_policies(self) -> ActionResult:
        """ListPolicies."""
        return self._counted(super().list_policies())

    def delete_policy(self) -> ActionResult:
        """DeletePolicy: of one that nobody has, and that has one version."""
        policy = self.backend.get_policy(self._get_param("PolicyArn"))
        if policy.attachment_count or self._bounded_by(policy.arn):
            raise DeleteConflictException("Cannot delete a policy attached to entities.")
        if len(policy.versions) > 1:
            raise DeleteConflictException(
                "This policy has more than one version. Before you delete a policy, you must "
                "delete the policy's versions. The default version is deleted with the policy."
            )
        return super().delete_policy()

    def get_policy_version(self) -> ActionResult:
        """GetPolicyVersion."""
        self._check_version()
        return super().get_policy_version()

    def delete_policy_version(self) -> ActionResult:
        """DeletePolicyVersion."""
        self._check_version()
        return super().delete_policy_version()

    def set_default_policy_version(self) -> ActionResult:
        """SetDefaultPolicyVersion."""
        self._check_version()
        return super().set_default_policy_version()

    def list_policy_versions(self) -> ActionResult:
        """ListPolicyVersions, the newest first."""
        answer = super().list_policy_versions()
        result: Any = answer.result
        result["Versions"] = result["Versions"][::-1]
        return answer

    def _check_version(self) -> None:
        arn, wanted = self._get_param("PolicyArn"), self._get_param("VersionId")
        policy = self.backend.managed_policies.get(arn)
        if wanted not in [version.version_id for version in (policy.versions if policy else ())]:
            raise NotFoundException(
                f"Policy {arn} version {wanted} does not exist or is not attachable."
            )

    def _counted(self, answer: ActionResult) -> ActionResult:
        result: Any = answer.result
        policies: Iterable[Any] = result["Policies"] if "Policies" in result else [result["Policy"]]
        for policy in policies:
            policy.permissions_boundary_usage_count = self._bounded_by(policy.arn)
        return answer

    def _bounded_by(self, arn: str) -> int:
        bounded = [*self.backend.roles.values(), *self.backend.users.values()]
        return sum(getattr(each, "permissions_boundary_arn", None) == arn for each in bounded)


def _check_unused(*parts: tuple[Any, str]) -> None:
    """Refuse to delete what still has something."""
    for left, first in parts:
        if left:
            raise DeleteConflictException(f"Cannot delete entity, must {first} first.")
