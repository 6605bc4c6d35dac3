"""Where the local cloud takes moto's place: one list of subclasses.

`BackendDict.backend` is the class that every account and region instantiates, so setting it before
any backend exists is all that it takes. Each subclass lives with its data plane, together with a
test that fails when the part of moto it leans on moves.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from moto.apigateway.models import apigateway_backends
from moto.apigatewayv2.models import apigatewayv2_backends
from moto.awslambda.models import LambdaBackend, lambda_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.core import responses
from moto.core.common_models import BaseModel
from moto.core.utils import method_names_from_class
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodbstreams.models import dynamodbstreams_backends
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.sts.models import sts_backends

from labkit.cloud import operation_names, refusals
from labkit.cloud.callers import LabSTSBackend
from labkit.cloud.functions import logs_backend
from labkit.cloud.functions.backend import FunctionsMixin
from labkit.cloud.functions.logs_backend import LabLogsBackend
from labkit.cloud.gateway.backend import LabAPIGatewayBackend
from labkit.cloud.gateway.http_apis.backend import LabApiGatewayV2Backend
from labkit.cloud.managed_policies import LabIAMBackend
from labkit.cloud.mappings.backend import MappingsMixin
from labkit.cloud.metrics.backend import LabCloudWatchBackend
from labkit.cloud.notifications.backend import LabSNSBackend
from labkit.cloud.queues.backend import LabSQSBackend
from labkit.cloud.streams import wire
from labkit.cloud.streams.backend import LabDynamoDBBackend, LabDynamoDBStreamsBackend

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud


class LabLambdaBackend(MappingsMixin, FunctionsMixin, LambdaBackend):
    """moto's Lambda state with functions that run and mappings that poll."""


BACKENDS = {
    apigateway_backends: LabAPIGatewayBackend,
    apigatewayv2_backends: LabApiGatewayV2Backend,
    cloudwatch_backends: LabCloudWatchBackend,
    dynamodb_backends: LabDynamoDBBackend,
    dynamodbstreams_backends: LabDynamoDBStreamsBackend,
    iam_backends: LabIAMBackend,
    lambda_backends: LabLambdaBackend,
    logs_backends: LabLogsBackend,
    sns_backends: LabSNSBackend,
    sqs_backends: LabSQSBackend,
    sts_backends: LabSTSBackend,
}


def install(cloud: Cloud) -> None:
    """Make moto instantiate the lab's backends, each of which knows `cloud`."""
    for backends, backend in BACKENDS.items():
        if backends:
            raise RuntimeError(f"moto's {backends.service_name} was used before the cloud started.")
        backend.cloud = cloud
        backends.backend = backend
    operation_names.install()
    refusals.install()
    logs_backend.install()
    cut_costs()


def cut_costs() -> None:
    """Spare a long-lived cloud three of moto's costs.

    Every model instance is kept for ever, for a dashboard that the cloud does not have; every
    request searches its response class anew for the names of its methods; and every attribute of
    an item is looked up under many names.
    """
    BaseModel.__new__ = lambda cls, *_, **__: object.__new__(cls)  # type: ignore[method-assign]
    responses.method_names_from_class = cache(method_names_from_class)
    wire.install()
