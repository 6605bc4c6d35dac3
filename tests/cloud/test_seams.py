"""Where the local cloud takes moto's place."""

from __future__ import annotations

import inspect
from copy import copy
from importlib import import_module

import pytest
from moto.core import responses
from moto.core.base_backend import BackendDict
from moto.core.common_models import BaseModel
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.sqs.models import Queue

from labkit.cloud import seams
from labkit.cloud.notifications.responses import LabSNSResponse
from labkit.cloud.queues.message import LabMessage


def test_every_backend_of_the_lab_is_one_of_motos():
    """A subclass replaces its parent, so that what it leaves alone is moto's own."""
    for backends, backend in seams.BACKENDS.items():
        assert isinstance(backends, BackendDict)
        parent = next(base for base in backend.__mro__ if base.__module__.startswith("moto."))
        assert parent.__name__ in backend.__name__ or parent.__name__ == "LambdaBackend"


def test_every_backend_of_the_lab_has_addresses():
    """moto derives a backend's URLs from its module's name; a subclass must say them itself."""
    for backend in seams.BACKENDS.values():
        assert backend("us-east-1", "123456789012").urls


def test_every_answer_of_the_lab_takes_the_place_of_one_of_motos():
    """It adds to the class that moto's addresses lead to; the certificate alone is left out."""
    for theirs, ours in seams.ANSWERS.items():
        assert issubclass(ours, theirs)
        module = import_module(theirs.__module__.replace("responses", "urls"))
        assert theirs.dispatch in module.url_paths.values()
    addresses = seams.LabSNSBackend("us-east-1", "123456789012").url_paths
    assert list(addresses.values()) == [LabSNSResponse.dispatch]


def test_nothing_is_kept_of_what_is_made(monkeypatch: pytest.MonkeyPatch):
    """moto's models remember every instance for a dashboard: messages, items and their copies."""
    for owner, name in ((BaseModel, "__new__"), (responses, "method_names_from_class")):
        monkeypatch.setattr(owner, name, vars(owner)[name])
    seams.cut_costs()
    kept = {cls: len(cls.instances_tracked) for cls in (Item, LabMessage, Queue)}
    copy(LabMessage("id", "body"))
    Item(DynamoType({"S": "a"}), None, {})
    Queue("q", "us-east-1", "123456789012")
    assert kept == {cls: len(cls.instances_tracked) for cls in kept}


def test_the_costs_that_are_cut_are_still_there():
    """Fails when moto no longer keeps instances or looks methods up at each request."""
    assert "instances_tracked.append" in inspect.getsource(BaseModel.__new__)
    assert "method_names_from_class(self.__class__)" in inspect.getsource(
        responses.BaseResponse.call_action
    )
