"""Requests and answers of IAM that moto does not have: simulator, users' boundaries, changes told.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.iam.exceptions import InvalidInput, NotFoundException, ValidationError

from labkit.cloud.access import policy_setters, simulate
from labkit.cloud.access.decide import Policies
from labkit.cloud.access.documents import policy
from labkit.cloud.access.identity_answers import IdentityAnswers
from labkit.cloud.access.principals import Principal


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
        caller = given.get("CallerArn") or f"arn:aws:iam::{self.current_account}:user/simulated"
        principal = Principal(caller, self.current_account)
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
        return self._simulated(identity.principal, policies)

    def _simulated(self, principal: Principal, policies: Policies) -> ActionResult:
        given = self._get_params()
        if not given.get("ActionNames"):
            raise ValidationError("ActionNames must have at least one action.")
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
        return ActionResult({"EvaluationResults": results, "IsTruncated": False})


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
