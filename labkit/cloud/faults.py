"""Faults on purpose: calls that AWS would refuse now and then, and subscribers that fail or hang.

    GET    /_lab/faults    what is set, with how many calls it has seen and hit
    PUT    /_lab/faults    [{"service": "dynamodb", "operation": "PutItem", "every": 20,
                             "error": "ProvisionedThroughputExceededException"}]
    DELETE /_lab/faults    none from now on

A fault hits every n-th call (`every`) or a share of them (`share`, drawn from the random numbers of
`seed`, so that a lesson can be repeated), at most `times` often. A service answers `error` as AWS
would; the webhook `operation` of the service "webhook" answers `status`; `delay` is what it takes
before, in seconds of the lab's clock. The hops inside of AWS (a mapping that polls, SNS that
delivers) are no calls: stop a queue, a function or a subscriber to see those fail.
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationNotFoundError, ServiceModel
from botocore.session import get_session

from labkit.cloud.aws_errors import AwsError
from labkit.cloud.messages import NotUsable, Request, Response
from labkit.cloud.readings import Reading

if TYPE_CHECKING:
    from labkit.cloud.clock import Clock

# Services whose requests name their operation. Lambda's and API Gateway's do not; a reserved
# concurrency of 0 and a stage's throttle make those refuse.
SERVICES = ("dynamodb", "dynamodbstreams", "iam", "logs", "sns", "sqs", "sts")
WEBHOOK = "webhook"
LONGEST_DELAY = 3600.0


@dataclass(frozen=True)
class Fault:
    """What happens to which calls."""

    service: str
    operation: str
    every: int | None = None
    share: float | None = None
    seed: int = 0
    times: int | None = None
    error: str | None = None
    message: str | None = None
    status: int | None = None
    delay: float = 0.0


class ArmedFault:
    """A fault that is set: it counts calls and decides which of them it hits."""

    def __init__(self, fault: Fault, error: AwsError | None, signing_name: str) -> None:
        self.fault = fault
        self.error = error
        self.key = (signing_name, fault.operation)
        self.calls = 0
        self.hits = 0
        self._random = random.Random(fault.seed)

    def hit(self) -> bool:
        """Count one more call; whether it is hit."""
        self.calls += 1
        if self.fault.times is not None and self.hits >= self.fault.times:
            return False
        if self.fault.share is not None:
            struck = self._random.random() < self.fault.share
        else:
            struck = self.calls % (self.fault.every or 1) == 0
        self.hits += struck
        return struck

    def to_json(self) -> dict[str, Any]:
        """The fault as it was set, and its counts."""
        given = {name: value for name, value in asdict(self.fault).items() if value is not None}
        return {**given, "calls": self.calls, "hits": self.hits}


class Faults:
    """Every fault that is set; `armed` is empty, and costs nothing, unless somebody sets one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.armed: list[ArmedFault] = []

    def reset(self) -> None:
        """No faults from now on."""
        self.armed = []

    async def refusal(self, reading: Reading) -> Response | None:
        """What a call is answered instead of an answer, or None when no fault hits it."""
        operation = reading.operation
        struck = operation and self.strike(reading.service, operation.name)
        if struck is None:
            return None
        if struck.fault.delay:
            await self._clock.sleep_until(self._clock.now() + struck.fault.delay)
        return struck.error.answer(reading.request) if struck.error else None

    def strike(self, service: str, operation: str) -> ArmedFault | None:
        """The fault that hits one more call of an operation, if one does."""
        key = (service, operation)
        return next((each for each in self.armed if each.key == key and each.hit()), None)

    async def handle(self, request: Request) -> Response | None:
        """Answer /_lab/faults; None when the request is for another page."""
        if request.path != "/_lab/faults":
            return None
        match request.method:
            case "GET":
                return Response.of_json([each.to_json() for each in self.armed])
            case "PUT":
                self.armed = read_faults(request.body)
                return Response(204)
            case "DELETE":
                self.reset()
                return Response(204)
        return Response.of_json({"message": "Faults take GET, PUT and DELETE."}, 405)


def read_faults(body: bytes) -> list[ArmedFault]:
    """The faults that a JSON document sets; raises NotUsable for anything else."""
    try:
        given = json.loads(body)
        faults = [Fault(**each) for each in (given if isinstance(given, list) else [given])]
    except (ValueError, TypeError) as error:
        raise NotUsable(f"A fault is an object of service, operation, ... ({error}).") from None
    return [_armed(fault) for fault in faults]


def _armed(fault: Fault) -> ArmedFault:
    _check(fault)
    if fault.service == WEBHOOK:
        return ArmedFault(fault, None, WEBHOOK)
    model = _model(fault)
    error = None if fault.error is None else AwsError.of(model, fault.error, fault.message)
    return ArmedFault(fault, error, model.signing_name)


def _check(fault: Fault) -> None:
    every, share, times = fault.every, fault.share, fault.times
    if every is not None and not (isinstance(every, int) and every >= 1):
        raise NotUsable("'every' is a whole number from 1: 1 is every call, 20 each twentieth.")
    if share is not None and not (isinstance(share, float | int) and 0 <= share <= 1):
        raise NotUsable("'share' is a number from 0 to 1.")
    if every is not None and share is not None:
        raise NotUsable("A fault has 'every' or 'share', not both.")
    if times is not None and not (isinstance(times, int) and times >= 0):
        raise NotUsable("'times' is a whole number from 0.")
    if not (isinstance(fault.delay, float | int) and 0 <= fault.delay <= LONGEST_DELAY):
        raise NotUsable(f"'delay' is 0 to {LONGEST_DELAY:.0f} seconds.")
    if fault.service == WEBHOOK:
        if fault.error is not None or not (
            fault.status is None or (isinstance(fault.status, int) and 200 <= fault.status <= 599)
        ):
            raise NotUsable("A webhook's fault has a 'status' from 200 to 599, and no 'error'.")
    elif fault.status is not None or not isinstance(fault.error, str | None):
        raise NotUsable("A service's fault has an 'error'; its status follows from that.")
    if fault.error is None and fault.status is None and not fault.delay:
        raise NotUsable("A fault has an 'error', a 'status' (of a webhook) or a 'delay'.")


def _model(fault: Fault) -> ServiceModel:
    try:
        if fault.service not in SERVICES:
            raise UnknownServiceError(service_name=fault.service, known_service_names=SERVICES)
        model = get_session().get_service_model(fault.service)
        model.operation_model(fault.operation)
    except UnknownServiceError:
        raise NotUsable(
            f"There are no faults of '{fault.service}', only of {', '.join(SERVICES)} and "
            f"{WEBHOOK}: see the fidelity table."
        ) from None
    except OperationNotFoundError:
        raise NotUsable(f"{fault.service} has no operation '{fault.operation}'.") from None
    return model
