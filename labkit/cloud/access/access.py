"""The gate: every call at the front door and every hop between services is decided here."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import replace

from labkit.cloud import protocols
from labkit.cloud.access import (
    actions,
    context,
    denials,
    operations,
    pages,
    remembered,
    resources,
)
from labkit.cloud.access.actions import Need
from labkit.cloud.access.authentication import Caller, authenticate
from labkit.cloud.access.decide import Decision, Kind, Policies
from labkit.cloud.access.denials import Denial, Refusal
from labkit.cloud.access.identities import Identities, Identity
from labkit.cloud.access.ledger import Ledger
from labkit.cloud.access.mode import VARIABLE, Mode
from labkit.cloud.access.named_resources import Scope
from labkit.cloud.access.operations import Operation
from labkit.cloud.access.patterns import Context
from labkit.cloud.access.principals import Principal, service_principal
from labkit.cloud.aws_errors import operation_of, unreadable
from labkit.cloud.clock import Clock, Signal
from labkit.cloud.messages import Request, Response
from labkit.cloud.protocols import TARGET

# A logger of its own: who sets LAB_IAM=observe wants to read what it says in a notebook, too.
log = logging.getLogger("labkit.access")
log.setLevel(logging.WARNING)

# Everybody may ask who they are, even against an explicit deny.
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
ALWAYS = "sts:GetCallerIdentity"
# What the lab answers by its path, whatever service it is signed for.
BY_PATH = (
    (re.compile(r"/20[^/]*/functions/"), "lambda"),
    (re.compile(r"/restapis/"), "apigateway"),
    (re.compile(r"/policy/validation$"), "access-analyzer"),
)
# Operations that set a resource's policy; Lambda's are told by their path.
POLICY_SETTERS = (
    *("SetQueueAttributes", "AddPermission", "RemovePermission"),
    *("PutResourcePolicy", "DeleteResourcePolicy"),
)


class Access:
    """Who may do what in one account."""

    def __init__(self, clock: Clock, account: str, mode: Mode = Mode.ENFORCE) -> None:
        self.mode = mode
        self.identities = Identities(account)
        self.ledger = Ledger()
        self.changed = Signal()  # rung when a permission may have changed
        self._clock = clock
        self._account = account

    async def handle(self, request: Request) -> Response | None:
        """Answer the lab's page about access; None when the request is for another page."""
        return pages.handle(self, request)

    def reset(self) -> None:
        """Forget every identity and every decision."""
        self.identities.forget()
        self.ledger.clear()
        self.changed.ring()

    def identities_changed(self) -> None:
        """Look every user, role and policy of theirs up anew: IAM may have changed one."""
        self.identities.forget()
        self.changed.ring()

    def refusal(self, request: Request) -> Response | None:
        """Why a request that arrived at the front door is not served, None when it may pass."""
        if self.mode is Mode.OFF:
            return None
        caller = authenticate(request, self.identities)
        if not isinstance(caller, Caller):
            return caller
        refused = self.refusal_of(request, caller.identity, caller.service, caller.region)
        self._watch(request)
        return refused

    def refusal_of(
        self, request: Request, identity: Identity, service: str, region: str
    ) -> Response | None:
        """Why `service` refuses a request of an identity that is known already."""
        if self.mode is Mode.OFF:
            return None
        service = next((by for path, by in BY_PATH if path.match(request.path)), service)
        request = protocols.as_read(service, request)
        operation = operations.read(request, service)
        if operation is None:
            is_administrator = identity == self.identities.administrator
            return None if is_administrator else self._unread(request, identity.principal, service)
        return _first_refusal(
            request,
            operation,
            Scope(service, region, self._account),
            lambda need: self.denial(identity, need, source_ip=request.source_ip),
        )

    def refusal_of_service(
        self, request: Request, caller: str, service: str, region: str, *, source_arn: str
    ) -> Response | None:
        """Why `service` refuses a request that the service `caller` makes in its own name."""
        if self.mode is Mode.OFF:
            return None
        request = protocols.as_read(service, request)
        operation = operations.read(request, service)
        if operation is None:
            return self._unread(request, service_principal(caller), service)
        return _first_refusal(
            request,
            operation,
            Scope(service, region, self._account),
            lambda need: self.service_denial(
                caller, need.action, need.resource, source_arn=source_arn
            ),
        )

    def denial(
        self, identity: Identity, need: Need, *, source_ip: str | None = None
    ) -> Denial | None:
        """Why an identity may not do what it needs to, None when it may."""
        if self.mode is Mode.OFF or need.action == ALWAYS:
            return None
        if need.action == "sts:AssumeRole" and need.resource == "*":
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

    def _unread(self, request: Request, principal: Principal, service: str) -> Response | None:
        """Nobody is allowed what cannot be read: a policy that denies it would be lost."""
        message = (
            f"User: {principal.arn} is not authorized to perform what {service} cannot make out: "
            f"{request.method} {request.path}"
        )
        if self.mode is Mode.OBSERVE:
            log.warning("%s=observe: %s", VARIABLE, message)
            return None
        return denials.response(request, service, Refusal.ACCESS_DENIED, message)

    def _watch(self, request: Request) -> None:
        """Tell of a policy that a request may set; its service acts before anybody looks again."""
        if request.path.startswith("/20") or operation_of(request).startswith(POLICY_SETTERS):
            self.changed.ring()

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
                log.warning("%s", _advice(denial, decision))
            return None
        return denial

    def _of_service(
        self, service: str, action: str, resource: str, policies: Policies, source_arn: str
    ) -> Denial | None:
        def keys() -> Context:
            return context.of_service(service, source_arn, self._account, now=self._clock.now())

        return self._decide(service_principal(service), action, resource, policies, keys)


def _first_refusal(
    request: Request,
    operation: Operation,
    scope: Scope,
    denial_of: Callable[[Need], Denial | None],
) -> Response | None:
    """The service's answer to the first thing that a request needs and may not have."""
    empty = TARGET in request.headers and not operation.parameters
    if empty and (why := operations.unreadable(request.body)):
        # There is no resource to decide on: a service reads before it asks who may.
        return unreadable(scope.service, why).answer(request)
    for need in actions.needs(request, operation, scope):
        if denial := denial_of(need):
            refusal = Refusal.ACCESS_DENIED
            return denials.response(request, scope.service, refusal, denial.message())
    return None


def _because(decision: Decision, action: str) -> str:
    """AWS says no more about a role that cannot be assumed."""
    if decision.kind is Kind.TRUST and decision.statement is None:
        return ""
    return decision.because(action)


def _advice(denial: Denial, decision: Decision) -> str:
    """What `observe` prints: the denial, and the statement that would do."""
    if decision.statement is not None:
        return f"{VARIABLE}=observe: {denial.message()} ({decision.reason})"
    statement = {"Effect": "Allow", "Action": denial.action, "Resource": denial.resource}
    return (
        f"{VARIABLE}=observe: {denial.message()}. "
        f"What is missing in a {decision.kind}: {json.dumps(statement)}"
    )
