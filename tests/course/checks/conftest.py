"""A lab on the test's local cloud in which nothing has been built."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from labkit import targets
from labkit.lab import Lab


@pytest.fixture(scope="module")
def lab(cloud: str) -> Iterator[Lab]:
    """A lab on a local cloud that holds nothing yet."""
    session = boto3.Session(region_name=targets.REGION)
    with Lab(session=session, target=cloud, endpoint_url=cloud, region=targets.REGION) as opened:
        yield opened
