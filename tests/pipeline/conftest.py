"""A lab on the test's local cloud, and the whole pipeline built in it."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from labkit import pipeline, targets
from labkit.lab import Lab


@pytest.fixture(scope="module")
def lab(cloud: str) -> Iterator[Lab]:
    """A lab on a local cloud that holds nothing yet."""
    session = boto3.Session(region_name=targets.REGION)
    with Lab(session=session, target=cloud, endpoint_url=cloud, region=targets.REGION) as opened:
        yield opened


@pytest.fixture(scope="module")
def built(lab: Lab) -> Lab:
    """The same lab with all stages built."""
    pipeline.build(lab, progress=False)
    return lab
