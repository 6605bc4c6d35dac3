"""The gate: what a request at the front door, or between services, needs is allowed or refused."""

from __future__ import annotations

import re
from collections.abc import Callable

from labkit.cloud import readings
from labkit.cloud.access import actions, denials, pages
from labkit.cloud.access.authentication import Caller, authenticate
from labkit.cloud.access.decisions import Decisions, log
from labkit.cloud.access.denials import Denial, Refusal
from labkit.cloud.access.identities import Identity
from labkit.cloud.access.mode import VARIABLE, Mode
from labkit.cloud.access.named_resources import Scope
from labkit.cloud.access.need import Need
from labkit.cloud.access.principals import Principal, service_principal
from labkit.cloud.aws_errors import unknown_operation, unreadable
from labkit.cloud.clock import Clock, Signal
from labkit.cloud.messages import Request, Response
from labkit.cloud.protocols import Protocol
from labkit.cloud.readings import Reading

# What the lab answers by its path, whatever service it is signed for.
BY_PATH = (
    (re.compile(r"/20[^/]*/functions/"), "lambda"),
    (re.compile(r"/restapis/"), "apigateway"),
    (re.compile(r"/policy/validation$"), "access-analyzer"),
)
# Operations that set a resource's policy; Lambda's are told by their path.
POLICY_SETTERS = (
    *("CreateQueue", "SetQueueAttributes", "AddPermission", "RemovePermission"),
    *("PutResourcePolicy", "DeleteResourcePolicy"),
)


class Access(Decisions):
    """The gate of one account: what a request needs is decided, one thing after the other."""

    def __init__(self, clock: Clock, account: str, mode: Mode = Mode.ENFORCE) -> None:
        super().__init__(clock, account, mode)
        self.changed = Signal()  # rung when a permission may have changed

    async def handle(self, request: Request) -> Response | None:
        """Answer the lab's page about access; None when the request is for another page."""
        return pages.handle(self, request)

    def reset(self) -> None:
        """Forget every identity and every decision."""
        self.ledger.clear()
        self.identities_changed()

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
            return caller  # the refusal of a wrong signature, or None: what may come unsigned
        refused = self.refusal_of(request, caller.identity, caller.service, caller.region)
        self._watch(_read(request, caller.service))
        return refused

    def refusal_of(
        self, request: Request, identity: Identity, service: str, region: str
    ) -> Response | None:
        """Why `service` refuses a request of an identity that is known already."""
        if self.mode is Mode.OFF:
            return None
        reading = _read(request, service)
        if reading.operation is None and identity == self.identities.administrator:
            return None
        return self._first_refusal(
            reading,
            region,
            identity.principal,
            lambda need: self.denial(identity, need, source_ip=request.source_ip),
        )

    def refusal_of_service(
        self, request: Request, caller: str, service: str, region: str, *, source_arn: str
    ) -> Response | None:
        """Why `service` refuses a request that the service `caller` makes in its own name."""
        if self.mode is Mode.OFF:
            return None
        return self._first_refusal(
            _read(request, service),
            region,
            service_principal(caller),
            lambda need: self.service_denial(
                caller, need.action, need.resource, source_arn=source_arn
            ),
        )

    def _first_refusal(
        self,
        reading: Reading,
        region: str,
        principal: Principal,
        denial_of: Callable[[Need], Denial | None],
    ) -> Response | None:
        """The service's answer to the first thing that a request needs and may not have."""
        service, request = reading.service, reading.request
        if reading.unknown:
            return unknown_operation(request, reading.unknown)
        if reading.operation is None:
            return self._unread(reading, principal)
        empty = reading.protocol is Protocol.JSON and not reading.operation.parameters
        if empty and (why := readings.unreadable(request.body)):
            # There is no resource to decide on: a service reads before it asks who may.
            return unreadable(service, why).answer(request)
        scope = Scope(service, region, self._account, principal.arn)
        for need in actions.needs(request, reading.operation, scope):
            if denial := denial_of(need):
                refusal = Refusal.ACCESS_DENIED
                return denials.response(request, service, refusal, denial.message())
        return None

    def _unread(self, reading: Reading, principal: Principal) -> Response | None:
        """Nobody is allowed what cannot be read: a policy that denies it would be lost."""
        service, request = reading.service, reading.request
        message = (
            f"User: {principal.arn} is not authorized to perform what {service} cannot make out: "
            f"{request.method} {request.path}"
        )
        if self.mode is Mode.OBSERVE:
            log.warning("%s=observe: %s", VARIABLE, message)
            return None
        return denials.response(request, service, Refusal.ACCESS_DENIED, message)

    def _watch(self, reading: Reading) -> None:
        """Tell of a policy that a request may set; its service acts before anybody looks again."""
        operation = reading.operation.name if reading.operation else ""
        if reading.request.path.startswith("/20") or operation.startswith(POLICY_SETTERS):
            self.changed.ring()


def _read(request: Request, service: str) -> Reading:
    """What a request is read as; what the lab answers by its path is of that path's service."""
    service = next((by for path, by in BY_PATH if path.match(request.path)), service)
    return readings.read(service, request)
