"""Every decision that the cloud asks for: by an identity, a role that is taken, or a service.

What is allowed is decided by `decide`; here stands which policies have a say in it, and what a
denial means in the mode of this cloud. Each decision is on record.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from labkit.cloud.access import context, remembered, resources
from labkit.cloud.access.advice import advice
from labkit.cloud.access.decide import Decision, Kind, Policies
from labkit.cloud.access.denials import Denial
from labkit.cloud.access.identities import Identities, Identity
from labkit.cloud.access.identity_answers import ARN
from labkit.cloud.access.ledger import Ledger
from labkit.cloud.access.mode import Mode
from labkit.cloud.access.need import Need
from labkit.cloud.access.patterns import Context
from labkit.cloud.access.principals import Principal, service_principal
from labkit.cloud.clock import Clock

# A logger of its own: who sets LAB_IAM=observe wants to read what it says in a notebook, too.
log = logging.getLogger("labkit.access")
log.setLevel(logging.WARNING)

# Everybody may ask who they are, even against an explicit deny.
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
ALWAYS = "sts:GetCallerIdentity"


class Decisions:
    """Who may do what in one account."""

    def __init__(self, clock: Clock, account: str, mode: Mode = Mode.ENFORCE) -> None:
        self.mode = mode
        self.identities = Identities(account)
        self.ledger = Ledger()
        self._clock = clock
        self._account = account

    def denial(
        self, identity: Identity, need: Need, *, source_ip: str | None = None
    ) -> Denial | None:
        """Why an identity may not do what it needs to, None when it may."""
        if self.mode is Mode.OFF or need.action == ALWAYS:
            return None
        if need.action == "sts:AssumeRole" and not ARN.fullmatch(need.resource):
            return None  # there is no role to ask; STS says what is missing
        principal = identity.principal

        def keys() -> Context:
            now = self._clock.now()
            known = context.of_identity(identity, need.resource, now=now, source_ip=source_ip)
            return known | need.context()

        policies = self.identities.policies(identity)
        if need.action == "sts:AssumeRole":
            trusting = self.identities.trust(need.resource).resource
            policies = replace(policies, resource=trusting, trust=True)
        elif of_resource := resources.policies_of(need.resource):
            policies = replace(policies, resource=of_resource)
        return self._decide(principal, need.action, need.resource, policies, keys)

    def role_denial(
        self, role_arn: str, action: str, resource: str, *, session: str
    ) -> Denial | None:
        """Why a service that has taken a role may not do this in its name."""
        if self.mode is Mode.OFF:
            return None
        identity = self.identities.of_role(role_arn, session)
        return self.denial(identity, Need(action, resource))

    def service_denial(
        self, service: str, action: str, resource: str, *, source_arn: str
    ) -> Denial | None:
        """Why a service may not do this in its own name; the resource's policy alone decides."""
        if self.mode is Mode.OFF:
            return None
        policies = Policies(resource=resources.policies_of(resource))
        return self._of_service(service, action, resource, policies, source_arn)

    def trust_denial(self, role_arn: str, service: str, *, source_arn: str) -> Denial | None:
        """Why a service may not take a role; the role's trust policy alone decides."""
        if self.mode is Mode.OFF:
            return None
        policies = self.identities.trust(role_arn)
        return self._of_service(service, "sts:AssumeRole", role_arn, policies, source_arn)

    def _decide(
        self,
        principal: Principal,
        action: str,
        resource: str,
        policies: Policies,
        keys: Callable[[], Context],
    ) -> Denial | None:
        decision = remembered.decision(principal, action, resource, policies, keys)
        row = self.ledger.record(principal, action, resource, decision, now=self._clock.now())
        if decision.allowed:
            return None
        denial = Denial(principal.arn, action, resource, _because(decision, action))
        if self.mode is Mode.OBSERVE:
            if row.count == 1:
                log.warning("%s", advice(principal, denial, decision))
            return None
        return denial

    def _of_service(
        self, service: str, action: str, resource: str, policies: Policies, source_arn: str
    ) -> Denial | None:
        def keys() -> Context:
            return context.of_service(service, source_arn, self._account, now=self._clock.now())

        return self._decide(service_principal(service), action, resource, policies, keys)


def _because(decision: Decision, action: str) -> str:
    """AWS says no more about a role that cannot be assumed."""
    if decision.kind is Kind.TRUST and decision.statement is None:
        return ""
    return decision.because(action)
