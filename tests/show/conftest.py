"""A lab on moto in this process, for what needs only the control plane, and one over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from labkit import targets
from labkit.lab import Lab


@pytest.fixture
def aws_lab() -> Iterator[Lab]:
    """A lab that believes it runs on AWS, where there is nothing yet."""
    with mock_aws():
        yield Lab(
            session=boto3.Session(region_name=targets.REGION),
            target="aws",
            endpoint_url=None,
            region=targets.REGION,
        )


@pytest.fixture(scope="module")
def lab(cloud: str) -> Iterator[Lab]:
    """A lab on a real local cloud that holds nothing yet."""
    with Lab(
        session=boto3.Session(region_name=targets.REGION),
        target=cloud,
        endpoint_url=cloud,
        region=targets.REGION,
    ) as lab:
        yield lab
