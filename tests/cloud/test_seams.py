"""Where the local cloud takes moto's place."""

from __future__ import annotations

import inspect

from moto.core import responses
from moto.core.base_backend import BackendDict
from moto.core.common_models import BaseModel

from labkit.cloud import seams


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


def test_the_costs_that_are_cut_are_still_there():
    """Fails when moto no longer keeps instances or looks methods up at each request."""
    assert "instances_tracked.append" in inspect.getsource(BaseModel.__new__)
    assert "method_names_from_class(self.__class__)" in inspect.getsource(
        responses.BaseResponse.call_action
    )
