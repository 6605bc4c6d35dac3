"""What CloudWatch relies on in moto; one of these fails when an update moves it."""

from __future__ import annotations

import inspect

import pytest
from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse

from labkit.cloud.metrics.backend import LabCloudWatchBackend


@pytest.mark.parametrize(
    "name",
    [
        "delete_alarms",
        "describe_alarms",
        "disable_alarm_actions",
        "enable_alarm_actions",
        "get_metric_data",
        "put_metric_data",
        "set_alarm_state",
    ],
)
def test_moto_calls_the_backend_as_it_did(name: str) -> None:
    """The names and the order of the parameters that the response class uses."""
    ours = inspect.signature(getattr(LabCloudWatchBackend, name)).parameters
    motos = inspect.signature(getattr(CloudWatchBackend, name)).parameters
    assert list(ours) == list(motos)


def test_an_alarm_takes_what_put_metric_alarm_gives() -> None:
    """The settings go to moto's record by name, tags apart."""
    given = set(inspect.signature(CloudWatchBackend.put_metric_alarm).parameters)
    taken = set(inspect.signature(Alarm.__init__).parameters)
    assert taken - {"account_id", "region_name"} == given - {"tags"}


@pytest.mark.parametrize(
    "name",
    [
        "describe_alarms",
        "describe_alarms_for_metric",
        "get_metric_data",
        "get_metric_statistics",
        "list_metrics",
        "put_insight_rule",
        "put_metric_alarm",
        "put_metric_data",
    ],
)
def test_moto_answers_what_is_wrapped(name: str) -> None:
    """The operations of moto's response class that ours changes."""
    assert hasattr(CloudWatchResponse, name)


def test_moto_still_has_what_is_used_by_itself() -> None:
    """The checks of data, tags, and what holds them."""
    backend = CloudWatchBackend("us-east-1", "123456789012")
    assert backend.alarms == {}
    assert list(inspect.signature(backend._validate_parameters_put_metric_data).parameters) == [
        "metric",
        "query_num",
    ]
    assert callable(backend.tagger.tag_resource)
