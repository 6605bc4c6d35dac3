"""What moto's IAM lacks: the simulator, users' boundaries, the caller as a user, changes told.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.iam.exceptions import InvalidInput, NotFoundException, ValidationError
from moto.iam.models import User

from labkit.cloud import callers
from labkit.cloud.access import policy_setters, simulate
from labkit.cloud.access.decide import Policies
from labkit.cloud.access.documents import policy
from labkit.cloud.access.identity_answers import IdentityAnswers
from labkit.cloud.access.named_resources import is_about_caller
from labkit.cloud.access.principals import Principal

USER = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):user/.+")
ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")  # no wildcards: API_SimulateCustomPolicy
CALLER_NEEDED = "CallerArn is required with a ResourcePolicy when PolicySourceArn is no IAM user."


class AccessResponse(IdentityAnswers):
    """The operations of IAM, as moto dispatches them by name."""

    def call_action(self) -> Any:
        """Answer, and have what the request may have changed looked up anew.

        Both in one step, so that no decision falls between a change and its effect.
        """
        try:
            return super().call_action()
        finally:
            self.backend.cloud.access.identities_changed()  # type: ignore[attr-defined]

    def _get_param(self, param_name: str, if_none: Any = None) -> Any:
        """A parameter; a user that nobody names is the caller, where IAM takes it so."""
        found = super()._get_param(param_name, if_none)
        if found is None and param_name == "UserName" and is_about_caller(self._get_action()):
            return self._own_name()
        return found

    def _own_name(self) -> str | None:
        """The name of the user that signed the request."""
        identities = self.backend.cloud.access.identities  # type: ignore[attr-defined]
        identity = identities.of_key(callers.access_key() or "")
        if identity is not None and identity.principal.role_arn is not None:
            raise ValidationError("Must specify userName when calling with non-User credentials")
        return identity.principal.arn.rpartition("/")[2] if identity is not None else None

    def get_user(self) -> ActionResult:
        """GetUser; the account's administrator is a user whom moto does not keep."""
        name = self._get_param("UserName")
        if name != callers.ADMINISTRATOR or name in self.backend.users:
            return super().get_user()
        user = User(self.current_account, region_name=self.region, name=name)
        user.id = callers.ADMINISTRATOR_ID
        return ActionResult({"User": user})

    def create_user(self) -> ActionResult:
        """CreateUser, with a permissions boundary."""
        boundary = self._get_param("PermissionsBoundary")
        self.backend.check_boundary(boundary)  # type: ignore[attr-defined]
        answer = super().create_user()
        if boundary:
            self._bound(boundary)
        return answer

    def put_user_permissions_boundary(self) -> ActionResult:
        """PutUserPermissionsBoundary."""
        self._bound(self._get_param("PermissionsBoundary"))
        return EmptyResult()

    def delete_user_permissions_boundary(self) -> ActionResult:
        """DeleteUserPermissionsBoundary."""
        self._bound(None)
        return EmptyResult()

    def _bound(self, policy_arn: str | None) -> None:
        user = self.backend.get_user(self._get_param("UserName"))
        self.backend.put_user_boundary(user, policy_arn)  # type: ignore[attr-defined]

    def simulate_custom_policy(self) -> ActionResult:
        """SimulateCustomPolicy: the policies of the request, and no others."""
        given = self._get_params()
        principal = _caller(given) or Principal(
            f"arn:aws:iam::{self.current_account}:user/simulated", self.current_account
        )
        return self._simulated(principal, _policies("PolicyInputList", given))

    def simulate_principal_policy(self) -> ActionResult:
        """SimulatePrincipalPolicy: what a user or role has, and the policies of the request."""
        given = self._get_params()
        source = given.get("PolicySourceArn", "")
        identities = self.backend.cloud.access.identities  # type: ignore[attr-defined]
        identity = identities.of_arn(source)
        if identity is None:
            raise NotFoundException(f"The entity {source} cannot be found.")
        attached: Policies = identities.policies(identity)
        more = _policies("PolicyInputList", given)
        policies = Policies(
            identity=(*attached.identity, *more.identity), boundary=attached.boundary
        )
        caller = _caller(given)
        if caller is None and given.get("ResourcePolicy") and ":user/" not in source:
            raise InvalidInput(CALLER_NEEDED)
        return self._simulated(caller or identity.principal, policies)

    def _simulated(self, principal: Principal, policies: Policies) -> ActionResult:
        given = self._get_params()
        if not given.get("ActionNames"):
            raise ValidationError("ActionNames must have at least one action.")
        if wrong := [name for name in given["ActionNames"] if not ACTION.fullmatch(name)]:
            raise InvalidInput(f"Invalid action: {wrong[0]}. Name a service and one operation.")
        limits = _policies("PermissionsBoundaryPolicyInputList", given).identity
        resource = given.get("ResourcePolicy")
        results = simulate.evaluate(
            principal,
            Policies(
                identity=policies.identity,
                boundary=limits or policies.boundary,
                resource=(policy("ResourcePolicy", resource),) if resource else (),
            ),
            actions=given["ActionNames"],
            resources=given.get("ResourceArns") or ["*"],
            context=simulate.context_of(given.get("ContextEntries") or []),
        )
        return ActionResult({"EvaluationResults": results})


def _caller(given: dict[str, Any]) -> Principal | None:
    """The user that CallerArn names; there are no others whom one may simulate."""
    arn = given.get("CallerArn")
    if not arn:
        return None
    if not (found := USER.fullmatch(arn)):
        raise InvalidInput(
            f"Invalid Entity Arn: {arn} does not clearly define entity type and name."
        )
    return Principal(arn, found[1])


def _policies(parameter: str, given: dict[str, Any]) -> Policies:
    documents = given.get(parameter) or []
    for document in documents:
        if problem := policy_setters.fault(document, identity=True):
            raise InvalidInput(f"Invalid {parameter}: {problem}")
    return Policies(
        identity=tuple(
            policy(f"{parameter}.{number}", document)
            for number, document in enumerate(documents, start=1)
        )
    )
