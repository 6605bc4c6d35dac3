"""Statistics by name."""

from __future__ import annotations

import pytest
from moto.cloudwatch.exceptions import InvalidParameterValue

from labkit.cloud.metrics.statistics import statistic
from tests.cloud.metrics.test_aggregate import of


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Sum", 10),
        ("Average", 2.5),
        ("Minimum", 1),
        ("Maximum", 4),
        ("SampleCount", 4),
        ("p100", 4),
        ("p0", 1),
    ],
)
def test_a_statistic_has_the_value_of_its_name(name: str, value: float) -> None:
    """The five of AWS, and percentiles."""
    assert statistic(name)(of(1, 2, 3, 4)) == pytest.approx(value, rel=0.01)


@pytest.mark.parametrize("name", ["tm90", "TM(10%:90%)", "IQM", "PR(:300)", "wm98", "TS(80%:)"])
def test_statistics_of_single_values_are_refused(name: str) -> None:
    """With the message that names the fidelity table."""
    with pytest.raises(InvalidParameterValue, match="fidelity table"):
        statistic(name)


@pytest.mark.parametrize("name", ["sum", "p101", "p", "Median", ""])
def test_what_is_no_statistic_is_invalid(name: str) -> None:
    """As AWS says, without a word of the fidelity table."""
    with pytest.raises(InvalidParameterValue) as refused:
        statistic(name)
    assert "fidelity" not in refused.value.message
