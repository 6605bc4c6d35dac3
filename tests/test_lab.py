"""The Lab: closes what it started, reads what the local cloud shows, says what only it has."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from labkit.errors import CloudNotReady, LocalOnly
from labkit.lab import Lab
from labkit.propagation import be_patient, pause


def lab_at(endpoint_url: str | None, **options: Any) -> Lab:
    """A lab on an endpoint, or on AWS without one."""
    session = boto3.Session(region_name="us-east-1")
    return Lab(
        session=session, target="test", endpoint_url=endpoint_url, region="us-east-1", **options
    )


def test_a_client_is_made_once(cloud: str) -> None:
    """Asking twice gives the same client, and it reaches the local cloud."""
    with lab_at(cloud) as lab:
        assert lab.client("sqs") is lab.client("sqs")
        assert lab.account_id == "123456789012"


def test_closing_goes_on_after_a_failure_and_may_be_repeated(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What was started last is stopped first; what fails is logged."""
    stopped: list[str] = []

    def fails() -> None:
        raise OSError("already gone")

    lab = lab_at(None, on_close=[lambda: stopped.append("first"), fails])
    with caplog.at_level(logging.ERROR):
        lab.close()
        lab.close()
    assert stopped == ["first"]
    assert "already gone" in caplog.text


@pytest.mark.parametrize(
    "ask",
    [
        lambda lab: lab.inbox(),
        lambda lab: lab.webhook("orders"),
        lambda lab: lab.forget_arrivals(),
        lambda lab: lab.webhook_url("orders"),
        lambda lab: lab.clock.advance(minutes=1),
        lambda lab: lab.faults().__enter__(),
    ],
)
def test_on_aws_there_is_no_inbox_webhook_or_clock(ask: Callable[[Lab], Any]) -> None:
    """The message says so, and what to do instead."""
    with pytest.raises(LocalOnly, match="comes with the local cloud; this lab runs on AWS"):
        ask(lab_at(None))


def test_a_cloud_that_is_gone_is_said_to_be_gone() -> None:
    """The message names the endpoint and the next step."""
    with pytest.raises(CloudNotReady, match=r"127\.0\.0\.1:9 does not answer .*Connect again"):
        lab_at("http://127.0.0.1:9").inbox()


def test_the_clock_is_turned_forward(cloud: str) -> None:
    """Two hours pass at once."""
    with lab_at(cloud) as lab:
        before = lab.clock.now()
        after = lab.clock.advance(hours=1, minutes=59, seconds=60)
        assert 7200 <= (after - before).total_seconds() < 7260
        with pytest.raises(ValueError, match="at least 0"):
            lab.clock.advance(seconds=-1)


def test_a_webhook_shows_what_it_received(cloud: str) -> None:
    """A request that was posted is listed; asking for more than there is waits, then says none."""
    with lab_at(cloud) as lab:
        lab._http.request("POST", lab.webhook_url("shown"), body=b"hello")
        [post] = lab.webhook("shown", wait=5)
        assert post["body"] == "hello"
        assert lab.webhook("shown", after=1) == []


def test_a_webhook_fails_on_purpose_as_often_as_told(cloud: str) -> None:
    """It answers 500 once, then 200 again; a status that there is not is refused with words."""
    with lab_at(cloud) as lab:
        lab.webhook_answers("failing", status=500, times=1)
        for _ in range(2):
            lab._http.request("POST", lab.webhook_url("failing"), body=b"hello")
        assert [post["answered"] for post in lab.webhook("failing")] == [500, 200]
        with pytest.raises(ValueError, match="200 to 599"):
            lab.webhook_answers("failing", status=99)


def test_patience_is_for_what_passes() -> None:
    """A role that IAM has not spread yet is worth another try; a wrong call is not."""
    assert pause("The role defined for the function cannot be assumed by Lambda.", 1)
    assert pause("You must wait 60 seconds after deleting a queue", 1)
    assert pause("The role defined for the function cannot be assumed by Lambda.", 100) is None
    assert pause("Stream not found: arn", 1) is None


def test_patience_joins_botocores_retries(cloud: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal that passes is repeated by the client itself until it no longer comes."""
    monkeypatch.setattr("labkit.propagation.PAUSE", 0)
    monkeypatch.setattr("labkit.propagation.PASSING", ("does not exist",))
    monkeypatch.setattr("labkit.propagation.TRIES", 3)
    client = boto3.Session(region_name="us-east-1").client("sqs", endpoint_url=cloud)
    be_patient(client)
    sent: list[str] = []
    client.meta.events.register("before-send.sqs", lambda request, **_: sent.append(request.url))
    with pytest.raises(client.exceptions.QueueDoesNotExist):
        client.get_queue_url(QueueName="never")
    assert len(sent) == 3
