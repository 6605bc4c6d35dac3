"""When SNS tries again, and how delivery policies show and combine."""

from __future__ import annotations

import json
from itertools import count, takewhile

import pytest

from labkit.cloud.notifications.delivery_policy import (
    AWS_MANAGED,
    SMTP,
    RetryPolicy,
    effective_subscription_policy,
    effective_topic_policy,
    next_retry,
    subscription_policy,
    topic_policy,
)
from labkit.cloud.notifications.policy_faults import fault_of_policy


def delays(policy: RetryPolicy) -> list[float]:
    """Every delay of a policy."""
    return list(takewhile(lambda d: d is not None, (next_retry(policy, n) for n in count(1))))


@pytest.mark.fidelity(
    "SNS",
    "HTTP's default is three retries 20 s apart.",
    source="SNS guide: SendMessageToHttp.prepare",
)
def test_the_default_is_three_retries_twenty_seconds_apart():
    """HTTP's default: four attempts in a minute."""
    assert delays(RetryPolicy()) == [20, 20, 20]


@pytest.mark.fidelity(
    "SNS",
    "A delivery policy has four phases: immediate, pre-backoff, backoff, post-backoff.",
    source="SNS guide: sns-message-delivery-retries",
)
def test_the_phases_follow_one_another():
    """Immediate retries, then the minimum, then back-off, then the maximum."""
    policy = RetryPolicy(10, 2, 2, 2, 1, 10, "linear")
    assert delays(policy) == [0, 0, 1, 1, 1, 4, 7, 10, 10, 10]


@pytest.mark.parametrize(
    ("backoff", "expected"),
    [
        ("linear", [1, 4, 7, 10]),
        ("arithmetic", [1, 2.5, 5.5, 10]),
        ("geometric", [1, 2.154, 4.642, 10]),
        ("exponential", [1, 2, 4, 8]),
    ],
)
@pytest.mark.fidelity(
    "SNS",
    "The four back-off functions rise from minimum to maximum in the manner of their names.",
    source="SNS guide: sns-message-delivery-retries",
    differs="AWS publishes names and graphs, no formulas.",
)
def test_each_back_off_function_rises_in_its_manner(backoff: str, expected: list[float]):
    """From the minimum towards the maximum: evenly, faster and faster, by a factor, by doubling."""
    assert delays(RetryPolicy(4, minimum=1, maximum=10, backoff=backoff)) == pytest.approx(
        expected, abs=0.001
    )


@pytest.mark.fidelity(
    "SNS",
    "Mail is tried 50 times in 6 hours, queues and functions 100,015 times in 23 days.",
    source="SNS guide: sns-message-delivery-retries",
)
def test_mail_is_tried_for_more_than_six_hours_and_queues_for_23_days():
    """The fixed policies of other protocols have AWS's numbers."""
    mail = delays(SMTP)
    assert (len(mail), mail[:4], mail[-1]) == (50, [10, 10, 10, 20], 600)
    assert sum(mail) > 6 * 3600
    assert [next_retry(AWS_MANAGED, n) for n in (1, 3, 4, 5, 6, 15, 16)] == [0, 0, 1, 1, 1, 20, 20]
    assert next_retry(AWS_MANAGED, 100_015) == 20
    assert next_retry(AWS_MANAGED, 100_016) is None


@pytest.mark.fidelity(
    "SNS", "EffectiveDeliveryPolicy is as recorded.", source="LocalStack's recording: sns/test_sns"
)
def test_a_topic_without_a_policy_shows_the_default_in_effect():
    """EffectiveDeliveryPolicy as recorded from AWS."""
    assert effective_topic_policy("") == {
        "http": {
            "defaultHealthyRetryPolicy": {
                "backoffFunction": "linear",
                "maxDelayTarget": 20,
                "minDelayTarget": 20,
                "numMaxDelayRetries": 0,
                "numMinDelayRetries": 0,
                "numNoDelayRetries": 0,
                "numRetries": 3,
            },
            "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
            "disableSubscriptionOverrides": False,
        }
    }


@pytest.mark.fidelity(
    "SNS",
    "A subscription's delivery policy overrides its topic's.",
    source="recorded: test_subscribe_external_http_endpoint_content_type",
)
def test_a_subscription_overrides_its_topic():
    """The recorded case: the topic gives the content type, the subscription the retries."""
    request = {"headerContentType": "application/json"}
    topic = json.dumps({"http": {"defaultRequestPolicy": request}})
    healthy = {
        "backoffFunction": "linear",
        "maxDelayTarget": 1,
        "minDelayTarget": 1,
        "numMaxDelayRetries": 0,
        "numMinDelayRetries": 0,
        "numNoDelayRetries": 0,
        "numRetries": 0,
    }
    throttle = {"maxReceivesPerSecond": 1000}
    own = json.dumps({"healthyRetryPolicy": healthy, "throttlePolicy": throttle})
    shown = {
        "guaranteed": False,
        "healthyRetryPolicy": healthy,
        "requestPolicy": None,
        "sicklyRetryPolicy": None,
        "throttlePolicy": throttle,
    }
    assert topic_policy(topic) == {
        "http": {
            "defaultRequestPolicy": {"headerContentType": "application/json"},
            "disableSubscriptionOverrides": False,
        }
    }
    assert subscription_policy(own) == shown
    assert effective_subscription_policy(topic, own) == {
        **shown,
        "requestPolicy": {"headerContentType": "application/json"},
    }


@pytest.mark.fidelity(
    "SNS", "A topic may forbid overrides.", source="SNS guide: creating-delivery-policy"
)
def test_a_topic_may_forbid_overrides():
    """With disableSubscriptionOverrides the subscription's own policy has no effect."""
    topic = json.dumps({"http": {"disableSubscriptionOverrides": True}})
    own = json.dumps({"healthyRetryPolicy": {"numRetries": 9}})
    assert effective_subscription_policy(topic, own)["healthyRetryPolicy"]["numRetries"] == 3


@pytest.mark.parametrize(
    ("healthy", "fault"),
    [
        ({"numRetries": 101}, "numRetries"),
        ({"minDelayTarget": 0}, "minDelayTarget"),
        ({"minDelayTarget": 30}, "minDelayTarget"),
        ({"numNoDelayRetries": 2, "numMinDelayRetries": 2}, "phases"),
        ({"backoffFunction": "random"}, "backoffFunction"),
        ({"numRetries": 100, "maxDelayTarget": 600}, "3600"),
        ({"numRetries": "many"}, "JSON"),
    ],
)
@pytest.mark.fidelity(
    "SNS",
    "A delivery policy outside AWS's limits is refused.",
    source="SNS guide: sns-message-delivery-retries",
)
def test_a_policy_outside_the_limits_has_a_fault(healthy: dict[str, object], fault: str):
    """Each limit is named, for a subscription and for a topic."""
    own = json.dumps({"healthyRetryPolicy": healthy})
    assert fault in str(fault_of_policy(own, of_topic=False))
    of_topic = json.dumps({"http": {"defaultHealthyRetryPolicy": healthy}})
    assert fault in str(fault_of_policy(of_topic, of_topic=True))


@pytest.mark.parametrize(
    ("policy", "of_topic", "member"),
    [
        ({"healthyRetryPolicy": {"numRetries": 1}}, True, "healthyRetryPolicy"),
        ({"http": {"defaultHealthyRetryPolicy": {"numRetries": 1}}}, False, "http"),
        ({"http": {"healthyRetryPolicy": {}}}, True, "healthyRetryPolicy"),
        ({"healthyRetryPolicy": {"numberOfRetries": 1}}, False, "numberOfRetries"),
        ({"throttlePolicy": {"maxReceives": 1}}, False, "maxReceives"),
        ({"requestPolicy": {"contentType": "text/csv"}}, False, "contentType"),
    ],
)
@pytest.mark.fidelity(
    "SNS",
    "A delivery policy with a member that AWS does not know is refused by its name.",
    source="SNS guide: set-topic-attributes-delivery-policy-json",
)
def test_a_policy_holds_nothing_unknown(policy: dict[str, object], of_topic: bool, member: str):
    """A topic's policy is none for a subscription, nor the reverse; a slip changes nothing."""
    fault = fault_of_policy(json.dumps(policy), of_topic=of_topic)
    assert fault == f"Unexpected JSON member: {member}"


@pytest.mark.fidelity(
    "SNS",
    "A policy may throttle and give a content type.",
    source="SNS guide: creating-delivery-policy",
)
def test_a_good_policy_has_no_fault():
    """The default, an empty policy and a throttle pass; JSON that is no object does not."""
    assert fault_of_policy("{}", of_topic=True) is None
    good = json.dumps({"throttlePolicy": {"maxReceivesPerSecond": 1}})
    assert fault_of_policy(good, of_topic=False) is None
    assert fault_of_policy("[]", of_topic=False) == "failed to parse JSON"
    bad = json.dumps({"throttlePolicy": {"maxReceivesPerSecond": 0}})
    assert "maxReceivesPerSecond" in str(fault_of_policy(bad, of_topic=False))
