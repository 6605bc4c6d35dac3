"""Where the local cloud takes moto's place: one list of subclasses.

`BackendDict.backend` is the class that every account and region instantiates, so setting it before
any backend exists is all that it takes. Each subclass lives with its data plane, together with a
test that fails when the part of moto it leans on moves. Requests go to moto's addresses, and are
answered by the lab's response classes where it has its own.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING

from moto.apigateway.models import apigateway_backends
from moto.apigateway.responses import APIGatewayResponse
from moto.apigatewayv2.models import apigatewayv2_backends
from moto.apigatewayv2.responses import ApiGatewayV2Response
from moto.awslambda.models import LambdaBackend, lambda_backends
from moto.awslambda.responses import LambdaResponse
from moto.cloudwatch.models import cloudwatch_backends
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core import responses
from moto.core.base_backend import BaseBackend
from moto.core.common_models import BaseModel
from moto.core.utils import method_names_from_class
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.responses import DynamoHandler
from moto.dynamodbstreams.models import dynamodbstreams_backends
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler
from moto.iam.models import iam_backends
from moto.iam.responses import IamResponse
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sns.responses import SNSResponse
from moto.sqs.models import sqs_backends
from moto.sqs.responses import SQSResponse
from moto.sts.models import sts_backends
from moto.sts.responses import TokenResponse

from labkit.cloud import operation_names, refusals
from labkit.cloud.access.responses import AccessResponse
from labkit.cloud.access.sessions_api import LabTokenResponse
from labkit.cloud.callers import LabSTSBackend
from labkit.cloud.functions import logs_backend
from labkit.cloud.functions.answers import with_fields
from labkit.cloud.functions.backend import FunctionsMixin
from labkit.cloud.functions.control import ADDED_PATHS, LabLambdaResponse
from labkit.cloud.functions.logs_backend import LabLogsBackend
from labkit.cloud.gateway.backend import LabAPIGatewayBackend
from labkit.cloud.gateway.control import LabAPIGatewayResponse
from labkit.cloud.gateway.http_apis.backend import LabApiGatewayV2Backend
from labkit.cloud.gateway.http_apis.control import LabApiGatewayV2Response
from labkit.cloud.managed_policies import LabIAMBackend
from labkit.cloud.mappings.backend import MappingsMixin
from labkit.cloud.mappings.responses import MappingResponse
from labkit.cloud.metrics.backend import LabCloudWatchBackend
from labkit.cloud.metrics.responses import MetricsResponse
from labkit.cloud.notifications.backend import LabSNSBackend
from labkit.cloud.notifications.responses import LabSNSResponse
from labkit.cloud.queues.backend import LabSQSBackend
from labkit.cloud.queues.responses import QueuesResponse
from labkit.cloud.streams import comparisons, projections, wire
from labkit.cloud.streams.backend import LabDynamoDBBackend, LabDynamoDBStreamsBackend
from labkit.cloud.streams.responses import StreamsResponse
from labkit.cloud.streams.table_api import LabDynamoHandler

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud


class LabLambdaBackend(MappingsMixin, FunctionsMixin, LambdaBackend):
    """moto's Lambda state with functions that run and mappings that poll."""


class LambdaAnswers(MappingResponse, LabLambdaResponse):
    """Lambda's operations, those on mappings and all others."""


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
# moto's response classes, and whose answers take the place of theirs.
ANSWERS = {
    APIGatewayResponse: LabAPIGatewayResponse,
    ApiGatewayV2Response: LabApiGatewayV2Response,
    CloudWatchResponse: MetricsResponse,
    DynamoHandler: LabDynamoHandler,
    DynamoDBStreamsHandler: StreamsResponse,
    IamResponse: AccessResponse,
    LambdaResponse: LambdaAnswers,
    SNSResponse: LabSNSResponse,
    SQSResponse: QueuesResponse,
    TokenResponse: LabTokenResponse,
}
OURS = {theirs.dispatch: ours.dispatch for theirs, ours in ANSWERS.items()}
OURS[LambdaResponse.dispatch] = with_fields(LambdaAnswers.dispatch)
# The certificate of moto's signatures; SNS's own is its data plane's to give.
LEFT_OUT = (SNSResponse.serve_pem,)


def addresses(backend: type[BaseBackend]) -> SimpleNamespace:
    """Where requests for a backend come in: moto's addresses, with the lab's answers."""
    parent = next(base for base in backend.__mro__ if base.__module__.startswith("moto."))
    theirs = import_module(parent.__module__.replace(".models", ".urls"))
    paths = {
        path: OURS.get(handler, handler)
        for path, handler in theirs.url_paths.items()
        if handler not in LEFT_OUT
    }
    if parent is LambdaBackend:
        paths |= dict.fromkeys(ADDED_PATHS, OURS[LambdaResponse.dispatch])
    return SimpleNamespace(url_bases=theirs.url_bases, url_paths=paths)


for _backend in BACKENDS.values():
    _backend._url_module = addresses(_backend)


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
    comparisons.install()
    projections.install()
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
