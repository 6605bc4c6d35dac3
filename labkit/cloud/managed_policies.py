"""AWS's own managed policies, such as AWSLambdaBasicExecutionRole, known as soon as one is named.

moto has their 1,600 documents as one text of 5 MB. Reading it all at the start would cost a quarter
of a second and 20 MB of memory; a lab attaches one or two, which are cut out of the text.
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.exceptions import NoSuchEntity, NotFoundException, ValidationError
from moto.iam.models import AWSManagedPolicy, IAMBackend, ManagedPolicy, Role, User
from moto.iam.utils import generate_access_key_id_from_account_id

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud


class LabIAMBackend(IAMBackend):
    """The users, roles and policies of one account."""

    cloud: ClassVar[Cloud]
    _knows_all = False

    def create_user(self, *given: Any, **named: Any) -> User:
        """Create a user, whose unique id is of AWS's form; SQS records it as the SenderId."""
        user = super().create_user(*given, **named)
        user.id = generate_access_key_id_from_account_id(
            self.account_id, prefix="AIDA", total_length=21
        )
        return user

    def create_role(self, *args: Any, **named: Any) -> Role:
        """Create a role, with a boundary that there is."""
        boundary = named["permissions_boundary"] if "permissions_boundary" in named else args[3]
        self.check_boundary(boundary)
        return super().create_role(*args, **named)

    def get_role(self, role_name: str) -> Role:
        """The role with this name."""
        try:
            return super().get_role(role_name)
        except NotFoundException:
            raise NotFoundException(f"The role with name {role_name} cannot be found.") from None

    def put_role_permissions_boundary(self, role_name: str, permissions_boundary: str) -> None:
        """Limit a role by a policy that there is."""
        self.check_boundary(permissions_boundary)
        super().put_role_permissions_boundary(role_name, permissions_boundary)

    def put_user_boundary(self, user: User, policy_arn: str | None) -> None:
        """Limit a user by a policy, or with None no more; moto knows boundaries of roles only."""
        self.check_boundary(policy_arn)
        user.permissions_boundary_arn = policy_arn  # type: ignore[attr-defined]
        user.permissions_boundary = policy_arn and {  # type: ignore[attr-defined]
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": policy_arn,
        }

    def check_boundary(self, policy_arn: str | None) -> None:
        """Refuse what is no ARN of a policy, or of one that there is not.

        https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html
        """
        if not policy_arn:
            return
        if not self.policy_arn_regex.match(policy_arn):
            raise ValidationError(f"Value ({policy_arn}) for PermissionsBoundary is invalid.")
        self.know(policy_arn)
        if policy_arn not in self.managed_policies:
            raise NoSuchEntity(f"Scope ARN: {policy_arn} does not exist or is not attachable.")

    def get_policy(self, policy_arn: str) -> ManagedPolicy:
        """The policy with this ARN."""
        try:
            return super().get_policy(policy_arn)
        except NotFoundException:
            raise NotFoundException(f"Policy {policy_arn} was not found.") from None

    def list_policies(
        self, marker: str | None, max_items: int, only_attached: bool, path_prefix: str, scope: str
    ) -> tuple[Iterable[ManagedPolicy], str | None]:
        """Policies page by page; AWS's own as well, unless only those of the account are asked."""
        if scope != "Local" and not only_attached and not self._knows_all:
            for name, data in json.loads(aws_managed_policies_data).items():
                self._keep(name, data)
            self._knows_all = True
        return super().list_policies(marker, max_items, only_attached, path_prefix, scope)

    def know(self, policy_arn: str) -> None:
        """Make one of AWS's policies known, if this is one."""
        owner, _, path = policy_arn.partition(":policy/")
        if not owner.endswith(":iam::aws") or policy_arn in self.managed_policies:
            return
        data = document_of(path.rpartition("/")[2])
        if data is not None and data["Path"] + data["Name"] == f"/{path}":
            self._keep(data["Name"], data)

    def _keep(self, name: str, data: dict[str, Any]) -> None:
        policy = AWSManagedPolicy.from_data(name, self.account_id, self.region_name, data)
        self.managed_policies.setdefault(policy.arn, policy)


def document_of(name: str) -> dict[str, Any] | None:
    """What moto knows of the AWS managed policy of this name, or None.

    >>> document_of("AWSLambdaBasicExecutionRole")["Path"]
    '/service-role/'
    """
    begin = aws_managed_policies_data.find(f'\n "{name}":{{')
    if begin < 0:
        return None
    begin = aws_managed_policies_data.index("{", begin)
    data, _ = json.JSONDecoder().raw_decode(aws_managed_policies_data, begin)
    return {"Name": name, **data}
