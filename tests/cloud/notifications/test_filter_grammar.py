"""Filter policies that SNS refuses, in its words and at its places.

As recorded by LocalStack, tests/aws/services/sns/test_sns_filter_policy.snapshot.json of
github.com/localstack/localstack at 80a11b1 (Apache-2.0): TestSNSFilterPolicyConditions, and
test_sub_filter_policy_nested_property_constraints.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from labkit.cloud.notifications.filter_grammar import IN_ATTRIBUTES, IN_BODY, fault_of_filter

RECORDING = "LocalStack's recording: sns/test_sns_filter_policy"
STRING = "suffix match pattern must be a string"
EXISTS = "exists match pattern must be either true or false."
TOO_COMPLEX = "FilterPolicy: Filter policy is too complex"


@pytest.mark.parametrize(
    ("rules", "reason", "column"),
    [
        ([["value"]], "Match value must be String, number, true, false, or null", 10),
        ([{"wrong-operator": True}], "Unrecognized match type wrong-operator", 31),
        (
            [{"suffix": "value", "prefix": "value2"}],
            "Only one key allowed in match expression",
            37,
        ),
        ([{"suffix": 100}], STRING, 22),
        ([{"suffix": None}], STRING, 23),
        ([{"suffix": []}], STRING, 20),
        ([{"suffix": ["test", "test2"]}], STRING, 20),
        ({"suffix": "value"}, '"suffix" must be an object or an array', 19),
        ({"suffix": "value", "prefix": "value"}, '"suffix" must be an object or an array', 19),
        ({"not-an-operator": "value"}, '"not-an-operator" must be an object or an array', 28),
        ([{"numeric": []}], "Invalid member in numeric match: ]", 22),
        ([{"numeric": [1, "<="]}], "Invalid member in numeric match: 1", 22),
        ([{"numeric": ["operator"]}], "Unrecognized numeric range operator: operator", 32),
        ([{"numeric": ["=", "000"]}], "Value of equals must be numeric", 26),
        ([{"numeric": [">="]}], "Value of >= must be numeric", 26),
        ([{"numeric": [">", "20", "<", "30"]}], "Value of > must be numeric", 26),
        ([{"numeric": [">", 20, "<", "30"]}], "Value of < must be numeric", 33),
        ([{"numeric": [">", 20, "<="]}], "Value of <= must be numeric", 33),
        ([{"numeric": ["<", 100, ">", 10]}], "Too many elements in numeric expression", 30),
        ([{"numeric": [">=", 1, ">", 2]}], "Bad numeric range operator: >", 31),
        ([{"numeric": [">", 20, "test"]}], "Bad numeric range operator: test", 34),
        ([{"numeric": [">", 20, 30]}], "Bad value in numeric range: 30", 30),
        ([{"numeric": [">", 3, "<", 1]}], "Bottom must be less than top", 33),
        (
            [{"numeric": [">", 20, "<", 30, "<", 50]}],
            "Too many terms in numeric range expression",
            36,
        ),
        ([{"exists": None}], EXISTS, 23),
        ([{"exists": "no"}], EXISTS, 20),
        (
            [{"anything-but": {"wrong-operator": None}}],
            "Unsupported anything-but pattern: wrong-operator",
            47,
        ),
        ([{"anything-but": {"suffix": "test"}}], "Unsupported anything-but pattern: suffix", 36),
        ([{"anything-but": {"exists": False}}], "Unsupported anything-but pattern: exists", 40),
        ([{"anything-but": {"prefix": False}}], "prefix match pattern must be a string", 40),
    ],
)
@pytest.mark.fidelity(
    "SNS", "A bad filter policy is refused with the line and column of its fault.", source=RECORDING
)
def test_a_fault_has_its_place(rules: Any, reason: str, column: int) -> None:
    """The text as it was given, and where SNS had read to."""
    policy = json.dumps({"key": rules}, separators=(",", ":"))
    assert fault_of_filter(policy, IN_ATTRIBUTES) == (
        f'FilterPolicy: {reason}\n at [Source: (String)"{policy}"; line: 1, column: {column}]'
    )


def test_a_policy_that_is_no_json_has_its_place() -> None:
    """test_validate_set_sub_attributes of test_sns."""
    assert fault_of_filter("{invalidjson}", IN_BODY) == (
        "FilterPolicy: failed to parse JSON. Unexpected character ('i' (code 105)): was expecting "
        'double-quote to start field name\n at [Source: (String)"{invalidjson}"; '
        "line: 1, column: 3]"
    )


@pytest.mark.parametrize(
    "policy",
    [
        *("", "[]", "null", '{"a":[1]} x', '{"a":[1,]}', '{"a" [1]}', '{"a":[tru]}', '{"a":[1]'),
        *('{"a":{}}', '{"a":[]}', '{"a":[{}]}', '{"a":[{"anything-but":{}}]}'),
        *('{"a":[{"anything-but":[]}]}', '{"$or":[1]}', '{"a":[{"cidr":"x"}]}'),
        *('{"a":[{"wildcard":"x*"}]}', '{"a":' * 5000),
    ],
)
def test_whatever_is_no_policy_has_a_fault(policy: str) -> None:
    """Also what is not on record."""
    fault = fault_of_filter(policy, IN_BODY)
    assert fault is not None
    assert fault.startswith("FilterPolicy: ")


def test_a_word_that_is_no_json_is_told_as_a_whole() -> None:
    """Jackson's way to say so."""
    assert fault_of_filter("invalid-json", IN_BODY) == (
        "FilterPolicy: failed to parse JSON. Unrecognized token 'invalid': was expecting (JSON "
        "String, Number, Array, Object or token 'null', 'true' or 'false')\n at "
        '[Source: (String)"invalid-json"; line: 1, column: 8]'
    )


def test_a_long_policy_is_shown_in_part() -> None:
    """Jackson's way to quote 500 characters of a text."""
    fault = fault_of_filter('{"a":"' + "x" * 600 + '"}', IN_BODY)
    assert fault is not None
    assert "[truncated 108 chars]; line: 1, column: 7]" in fault


@pytest.mark.parametrize(
    ("policy", "scope", "fault"),
    [
        ({"key": [f"value{i}" for i in range(151)]}, IN_ATTRIBUTES, TOO_COMPLEX),
        ({"a": [*range(100)], "b": [*range(51)]}, IN_ATTRIBUTES, TOO_COMPLEX),
        (
            {name: ["value"] for name in "abcdef"},
            IN_ATTRIBUTES,
            "FilterPolicy: Filter policy can not have more than 5 keys",
        ),
        (
            {"object": {"key": [{"prefix": "auto-"}]}},
            IN_ATTRIBUTES,
            "Filter policy scope MessageAttributes does not support nested filter policy",
        ),
        ({"object": {"key": [{"prefix": "auto-"}]}}, IN_BODY, None),
        # 3 levels x 4 values x 2 levels x 3 values x 3 values = 216
        (
            {"a": {"b": {"c": [*range(4)]}}, "d": {"e": [*range(3)]}, "f": [*range(3)]},
            IN_BODY,
            TOO_COMPLEX,
        ),
        # 4 x 6 + 4 x 4 x 4 + 4 x 4 x 4 = 152
        (
            {
                "source": [*range(4)],
                "$or": [
                    {"metricName": [*range(6)]},
                    {
                        "metricType": [*range(4)],
                        "$or": [{"metricId": [*range(4)]}, {"spaceId": [*range(4)]}],
                    },
                ],
            },
            IN_ATTRIBUTES,
            TOO_COMPLEX,
        ),
        # 3 x 6 + 3 x 4 x 4 + 3 x 4 x 7 = 150
        (
            {
                "source": [*range(3)],
                "$or": [
                    {"metricName": [*range(6)]},
                    {
                        "metricType": [*range(4)],
                        "$or": [{"metricId": [*range(4)]}, {"spaceId": [*range(7)]}],
                    },
                ],
            },
            IN_ATTRIBUTES,
            None,
        ),
    ],
)
@pytest.mark.fidelity(
    "SNS",
    "A filter policy has at most 150 combinations; alternatives of `$or` add up.",
    source=RECORDING,
)
def test_a_policy_has_a_size(policy: dict[str, Any], scope: str, fault: str | None) -> None:
    """test_policy_complexity and test_policy_complexity_with_or."""
    assert fault_of_filter(json.dumps(policy), scope) == fault


@pytest.mark.parametrize(
    "rules",
    [
        [None, True, 1.5, "x"],
        [{"anything-but": {"prefix": "test-"}}, {"anything-but": ["a", 1]}, {"anything-but": "a"}],
        [{"numeric": ["=", 1]}, {"numeric": ["<", 1]}, {"numeric": [">=", 1, "<", 2]}],
        [{"exists": False}, {"suffix": "x"}, {"equals-ignore-case": "X"}],
        [{"cidr": "10.0.0.0/24"}],
    ],
)
def test_a_good_policy_has_no_fault(rules: list[Any]) -> None:
    """https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html and beside it."""
    assert fault_of_filter(json.dumps({"key": rules}), IN_ATTRIBUTES) is None


def test_an_empty_policy_has_no_fault() -> None:
    """With which SNS's guide removes one (subscription-filter-policy-remove)."""
    assert fault_of_filter("{}", IN_ATTRIBUTES) is None
