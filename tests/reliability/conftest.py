"""The cloud of the reliability tests, as the tests of mappings use it."""

from tests.cloud.mappings.conftest import aws

__all__ = ["aws"]
