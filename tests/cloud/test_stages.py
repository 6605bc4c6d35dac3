"""Which URLs reach a stage of an API."""

from __future__ import annotations

import pytest

from labkit.cloud import stages


@pytest.mark.parametrize("path", ["/", "/restapis", "/restapis/a1", "/restapis/a1/resources/r/x"])
def test_other_urls_are_not_a_stages(path: str) -> None:
    """The control plane's URLs are calls of the API Gateway service."""
    assert stages.find(path) is None
