"""What the mappings lean on in moto; a failure here says which part of moto has moved."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from moto.awslambda.models import LambdaBackend
from moto.awslambda.responses import LambdaResponse
from moto.sns.models import SNSBackend
from moto.sqs.models import Message, Queue, SQSBackend

from labkit.cloud.mappings.backend import MappingsMixin
from labkit.cloud.mappings.responses import MappingResponse
from labkit.cloud.seams import LabLambdaBackend, LambdaAnswers

OPERATIONS = ["create", "get", "list", "update", "delete"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_mixin_has_the_signatures_of_moto(operation: str) -> None:
    """moto's response class calls the backend's operations with these parameters."""
    name = f"{operation}_event_source_mapping{'s' if operation == 'list' else ''}"
    theirs = inspect.signature(getattr(LambdaBackend, name)).parameters
    ours = inspect.signature(getattr(MappingsMixin, name)).parameters
    assert list(ours) == list(theirs)
    assert getattr(LabLambdaBackend, name) is getattr(MappingsMixin, name)
    assert callable(getattr(LambdaResponse, name))


def test_a_created_function_is_noticed() -> None:
    """The mixin comes before what creates functions, and passes the call on."""
    bases = LabLambdaBackend.__mro__
    assert bases.index(MappingsMixin) < bases.index(LambdaBackend)
    assert LabLambdaBackend.create_function is MappingsMixin.create_function


def test_moto_keeps_mappings_where_the_mixin_looks() -> None:
    """moto's tags and its own mappings live in the same dictionary."""
    backend = LambdaBackend("us-east-1", "123456789012")
    assert backend._event_source_mappings == {}
    assert "_event_source_mappings" in inspect.getsource(LambdaBackend._get_resource_by_arn)


def test_moto_fires_only_mappings_that_have_registered() -> None:
    """A queue of moto's calls nothing but its own list of mappings, which ours never join."""
    queue: Any = Queue("q", "us-east-1", "123456789012")
    assert queue.lambda_event_source_mappings == {}
    assert "self.lambda_event_source_mappings" in inspect.getsource(Queue.add_message)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_requests_for_mappings_come_to_our_answers(operation: str) -> None:
    """All of Lambda's addresses lead to one class, whose operations on mappings are ours."""
    name = f"{operation}_event_source_mapping{'s' if operation == 'list' else ''}"
    assert getattr(LambdaAnswers, name) is getattr(MappingResponse, name)
    addresses = LabLambdaBackend("us-east-1", "123456789012").url_paths
    assert len([path for path in addresses if "event-source-mappings" in path]) == 3
    assert {each.__wrapped__ for each in addresses.values()} == {LambdaAnswers.dispatch}


def test_messages_have_what_an_event_shows() -> None:
    """The attributes of moto's messages that become those of a record."""
    message = Message("id", "body")
    for name in (
        "approximate_first_receive_timestamp",
        "approximate_receive_count",
        "attribute_md5",
        "body_md5",
        "deduplication_id",
        "group_id",
        "message_attributes",
        "receipt_handle",
        "sender_id",
        "sent_timestamp",
        "sequence_number",
        "system_attributes",
    ):
        assert hasattr(message, name)


def test_destinations_take_a_text() -> None:
    """What an on-failure record is sent with."""
    assert list(inspect.signature(SQSBackend.send_message).parameters)[1:3] == [
        "queue_name",
        "message_body",
    ]
    assert list(inspect.signature(SNSBackend.publish).parameters)[1:3] == ["message", "arn"]
