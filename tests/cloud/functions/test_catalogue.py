"""Aliases that spread calls over two versions."""

from __future__ import annotations

import pytest

from labkit.cloud.functions.catalogue import alias_version


def test_an_alias_without_weights_leads_to_its_version() -> None:
    """Always."""
    assert alias_version("3", {}, point=0.0) == "3"


@pytest.mark.fidelity(
    "Lambda",
    "A weighted alias sends its share of the invocations to the other version.",
    source="Lambda guide: configuration-aliases",
)
def test_a_weight_is_a_share_of_the_calls() -> None:
    """A quarter of all points lies below 0.25."""
    versions = [alias_version("1", {"2": 0.25}, point=point / 100) for point in range(100)]
    assert versions.count("2") == 25
