"""Every parameter of an operation, by botocore's models and by AWS's references."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache

from botocore.model import ServiceModel, Shape
from botocore.session import get_session

# The model of SNS does not say which attributes there are; its API reference does.
# https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
FEEDBACK = [
    f"{protocol}{kind}"
    for protocol in ("HTTP", "Firehose", "Lambda", "Application", "SQS")
    for kind in ("SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn")
]
TOPIC_ATTRIBUTES = [
    *("ArchivePolicy", "ContentBasedDeduplication", "DeliveryPolicy", "DisplayName", "FifoTopic"),
    *("FifoThroughputScope", "KmsMasterKeyId", "Policy", "SignatureVersion", "TracingConfig"),
    *FEEDBACK,
]
# https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
SUBSCRIPTION_ATTRIBUTES = [
    *("DeliveryPolicy", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery"),
    *("RedrivePolicy", "ReplayPolicy", "SubscriptionRoleArn"),
]
ATTRIBUTES = {
    "CreateTopic": TOPIC_ATTRIBUTES,
    "SetTopicAttributes": TOPIC_ATTRIBUTES,
    "Subscribe": SUBSCRIPTION_ATTRIBUTES,
    "SetSubscriptionAttributes": SUBSCRIPTION_ATTRIBUTES,
}


@cache
def model_of(service: str) -> ServiceModel:
    """botocore's model of a service."""
    return get_session().get_service_model(service)


def input_of(service: str, operation: str) -> Shape | None:
    """The model of an operation's input, None for one that has no parameters."""
    return model_of(service).operation_model(operation).input_shape


def parameters_of(service: str, operation: str) -> Iterator[str]:
    """Every parameter of an operation, those of a structure or a map with known keys one by one."""
    if service == "sns":
        yield from (f"Attributes.{name}" for name in ATTRIBUTES.get(operation, []))
    described = input_of(service, operation)
    for member, shape in described.members.items() if described else ():
        name = as_sent(service, member)
        inner = shape.member if shape.type_name == "list" else shape
        if inner.type_name == "structure":
            yield from (f"{name}.{part}" for part in inner.members)
        elif shape.type_name == "map" and getattr(shape.key, "enum", None):
            yield from (f"{name}.{key}" for key in shape.key.enum)
        elif not (service == "sns" and name == "Attributes"):
            yield name


def as_sent(service: str, member: str) -> str:
    """What a parameter is called in a request; HTTP APIs have small letters on the wire."""
    return member[0].lower() + member[1:] if service == "apigatewayv2" else member


def covers(parameters: Collection[str], parameter: str) -> bool:
    """Whether one of `parameters` is this one, a part of it or the whole of it."""
    return any(
        parameter == other or parameter.startswith(f"{other}.") or other.startswith(f"{parameter}.")
        for other in parameters
    )
