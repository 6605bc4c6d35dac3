"""A lab on moto in this process, for what needs only the control plane, and one over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from labkit import aws_settings
from labkit.lab import Lab


@pytest.fixture
def aws_lab() -> Iterator[Lab]:
    """A lab that believes it runs on AWS, where there is nothing yet."""
    with mock_aws():
        yield Lab(
            session=boto3.Session(region_name=aws_settings.REGION),
            target="aws",
            endpoint_url=None,
            region=aws_settings.REGION,
        )
