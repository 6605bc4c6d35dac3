"""Which messages a filter policy lets pass.

As recorded by LocalStack, tests/aws/services/sns/test_sns_filter_policy.snapshot.json of
github.com/localstack/localstack at 80a11b1 (Apache-2.0).
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from labkit.cloud.notifications.filter_grammar import IN_ATTRIBUTES, IN_BODY
from labkit.cloud.notifications.filters import passes

RECORDING = "LocalStack's recording: sns/test_sns_filter_policy"
NESTED = {
    "object": {"key": [{"prefix": "auto-"}, "hardcodedvalue"], "nested_key": [{"exists": False}]},
    "test": [{"exists": False}],
}
RECORDS = {
    "Records": {
        "s3": {"object": {"key": [{"prefix": "auto-"}]}},
        "eventName": [{"prefix": "ObjectCreated:"}],
    }
}
ALTERNATIVES = {
    "$or": [
        {"metricName": ["CPUUtilization", "ReadLatency"]},
        {"namespace": ["AWS/EC2", "AWS/ES"]},
    ],
    "detail": {
        "scope": ["Service"],
        "$or": [{"source": ["aws.cloudwatch"]}, {"type": ["CloudWatch Alarm State Change"]}],
    },
}


def record(key: str, event: str) -> dict[str, Any]:
    """A record of an S3 event."""
    return {"eventName": event, "s3": {"object": {"key": key, "size": 17}}}


@pytest.mark.parametrize(
    ("policy", "body", "passed"),
    [
        (NESTED, {"object": {"key": "auto-test"}}, True),
        (NESTED, {"object": {"key": "hardcodedvalue"}}, True),
        (NESTED, {"object": {"key": "test-auto"}}, False),
        (NESTED, {"object": {"key": "auto-test"}, "test": "just-exists"}, False),
        (NESTED, {"object": {"key": "auto-test", "nested_key": "just-exists"}}, False),
        (NESTED, {"object": {"test": "auto-test"}}, False),
        (NESTED, "Regular string message", False),
        ({"object.nested": ["x"]}, {"object": {"nested": "x"}}, True),
        ({"object.nested": ["x"]}, {"object.nested": "x"}, True),
        ({"object.nested": ["x"]}, {"object": {"nested": "y"}}, False),
        ({"object.nested.test": ["x"]}, {"object": {"nested": {"test": "x"}}}, True),
        ({"object.nested.test": ["x"]}, {"object.nested.test": "x"}, True),
        ({"object.nested.test": ["x"]}, {"object.nested": {"test": "x"}}, True),
        ({"object.nested.test": ["x"]}, {"object": {"nested.test": "x"}}, True),
        ({"headers": {"route-to": ["1"]}}, {"headers": {"route-to": ["1", "2"]}}, True),
        ({"headers": {"route-to": ["1"]}}, {"headers": {"route-to": ["2"]}}, False),
        (RECORDS, {"Records": [record("auto-1.xml", "ObjectCreated:Put")]}, True),
        (RECORDS, {"Records": [record("auto-1.xml", "ObjectRemoved:Delete")]}, False),
        (RECORDS, {"Records": [record("home-1.xml", "ObjectCreated:Put")]}, False),
        (
            RECORDS,
            {
                "Records": [
                    {"eventName": "ObjectCreated:Put", "s3": {"object": [[{"key": "auto-1"}]]}},
                    record("home-1.xml", "ObjectRemoved:Delete"),
                ]
            },
            True,
        ),
        (
            ALTERNATIVES,
            {"namespace": "AWS/ES", "detail": {"scope": "Service", "source": "aws.cloudwatch"}},
            True,
        ),
        (ALTERNATIVES, {"metricName": "CPUUtilization", "detail": {"scope": "Service"}}, False),
        (ALTERNATIVES, {"metricName": "CPUUtilization", "scope": "Service"}, False),
        ({"a": [None]}, {"a": None}, True),
        ({"a": [True]}, {"a": True}, True),
        ({"a": [1]}, {"a": True}, False),
        ({"a": [{"equals-ignore-case": "Tea"}]}, {"a": "TEA"}, True),
        ({"a": [{"cidr": "10.0.0.0/24"}]}, {"a": "10.0.0.7"}, True),
    ],
)
@pytest.mark.fidelity(
    "SNS",
    "Filter policies on the body look into objects, arrays and names with dots, and take `$or`.",
    source=RECORDING,
)
def test_the_body_decides(policy: dict[str, Any], body: Any, passed: bool) -> None:
    """TestSNSFilterPolicyBody; the last five from SNS's pages on value matching."""
    assert passes(policy, IN_BODY, {}, json.dumps(body)) is passed


@pytest.mark.parametrize("text", ["no JSON", "[]", "3", "[" * 5000])
def test_a_body_that_is_no_object_does_not_pass(text: str) -> None:
    """test_filter_policy_on_message_body, and what is nested too deep."""
    assert not passes({"a": [{"exists": False}]}, IN_BODY, {}, text)


@pytest.mark.parametrize(
    ("policy", "attributes", "passed"),
    [
        ({"n": [{"numeric": [">", 0, "<=", 100]}]}, {"n": ("Number", "99")}, True),
        ({"n": [{"numeric": [">", 0, "<=", 100]}]}, {"n": ("Number", "111")}, False),
        ({"n": [{"numeric": [">", 0, "<=", 100]}]}, {"n": ("String", "99")}, False),
        ({"n": [99.12]}, {"n": ("Number", "99.12")}, True),
        ({"a": [None, {"anything-but": "whatever"}]}, {}, False),
        ({"a": [{"anything-but": "whatever"}]}, {"a": ("String", "else")}, True),
        ({"store": [{"exists": True}]}, {"store": ("Number", "99")}, True),
        ({"store": [{"exists": False}]}, {"store": ("Number", "99")}, False),
        ({"store": [{"exists": False}]}, {"def": ("Number", "99")}, True),
        ({"store": ["value1"]}, {"store": ("String", "value1")}, True),
        ({"store": ["value1"]}, {"store": ("String.Array", '["value1", "value2"]')}, True),
        ({"store": ["value1"]}, {"store": ("String.Array", '["value2", "value3"]')}, False),
        ({"store": ["value1"]}, {"store": ("String.Array", "no JSON")}, False),
        ({"store": [{"exists": True}]}, {"store": ("Binary", "AgME")}, False),
        ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"b": ("String", "y")}, True),
    ],
)
@pytest.mark.fidelity(
    "SNS",
    "Filter policies on attributes know numbers, texts and `String.Array`.",
    source=RECORDING,
)
def test_the_attributes_decide(
    policy: dict[str, Any], attributes: dict[str, tuple[str, str]], passed: bool
) -> None:
    """TestSNSFilterPolicyAttributes; binary ones do not count, says SNS's guide."""
    given = {name: {"Type": kind, "Value": value} for name, (kind, value) in attributes.items()}
    assert passes(policy, IN_ATTRIBUTES, given, "text") is passed
