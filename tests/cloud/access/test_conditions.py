"""Condition operators, as AWS's pages describe them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.cloud.access.conditions import parse
from labkit.cloud.access.operators import TESTS, operator_of

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
CASES = [
    ("StringEquals", "aws:k", ["a", "b"], {"aws:k": "b"}, True),
    ("StringEquals", "AWS:K", "A", {"aws:k": "a"}, False),
    ("StringNotEquals", "aws:k", ["a", "b"], {"aws:k": "b"}, False),
    ("StringNotEquals", "aws:k", ["a", "b"], {"aws:k": "c"}, True),
    ("StringNotEquals", "aws:k", "a", {}, True),
    ("StringEquals", "aws:k", "a", {}, False),
    ("StringEqualsIfExists", "aws:k", "a", {}, True),
    ("StringEqualsIfExists", "aws:k", "a", {"aws:k": "b"}, False),
    ("StringEqualsIgnoreCase", "aws:k", "A", {"aws:k": "a"}, True),
    ("StringNotEqualsIgnoreCase", "aws:k", "A", {"aws:k": "a"}, False),
    ("StringLike", "aws:k", "a*", {"aws:k": "abc"}, True),
    ("StringLike", "aws:k", "${*}", {"aws:k": "abc"}, False),
    ("StringNotLike", "aws:k", "a*", {"aws:k": "abc"}, False),
    ("StringEquals", "aws:k", "a*", {"aws:k": "abc"}, False),
    ("StringEquals", "aws:k", "${aws:username}", {"aws:k": "ana", "aws:username": "ana"}, True),
    ("NumericLessThanEquals", "aws:n", "10", {"aws:n": "9.5"}, True),
    ("NumericLessThan", "aws:n", 10, {"aws:n": "10"}, False),
    ("NumericGreaterThan", "aws:n", "1", {"aws:n": "no number"}, False),
    ("NumericNotEquals", "aws:n", "1", {"aws:n": "2"}, True),
    ("DateGreaterThan", "aws:t", "2020-01-01T00:00:01Z", {"aws:t": "2020-01-01T00:00:02Z"}, True),
    ("DateLessThan", "aws:t", "2020-01-01", {"aws:t": "1577836799"}, True),
    ("DateEquals", "aws:t", "2020-01-01T00:00:00Z", {"aws:t": "1577836800"}, True),
    ("DateGreaterThan", "aws:t", "2020", {"aws:t": "2019-12-31T23:59:59Z"}, False),
    ("DateGreaterThan", "aws:t", "2020", {"aws:t": "2020-01-01T00:00:01Z"}, True),
    ("DateLessThan", "aws:t", "2020-02", {"aws:t": "2020-01-31T23:59:59Z"}, True),
    ("Bool", "aws:SecureTransport", "true", {"aws:securetransport": "true"}, True),
    ("Bool", "aws:SecureTransport", False, {"aws:securetransport": "true"}, False),
    ("BinaryEquals", "k:b", "QmluYXJ5", {"k:b": "QmluYXJ5"}, True),
    ("IpAddress", "aws:SourceIp", "203.0.113.0/24", {"aws:sourceip": "203.0.113.9"}, True),
    ("NotIpAddress", "aws:SourceIp", "203.0.113.0/24", {"aws:sourceip": "203.0.113.9"}, False),
    ("IpAddress", "aws:SourceIp", "2001:DB8::/32", {"aws:sourceip": "2001:db8::1"}, True),
    ("ArnEquals", "aws:SourceArn", "arn:aws:sns:*:1:t", {"aws:sourcearn": "arn:aws:sns:e:1:t"}, 1),
    ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:2:t", {"aws:sourcearn": "arn:aws:sns:e:1:t"}, 0),
    ("ArnNotLike", "aws:SourceArn", "arn:aws:sns:*:2:t", {"aws:sourcearn": "arn:aws:sns:e:1:t"}, 1),
    ("Null", "aws:TokenIssueTime", "true", {}, True),
    ("Null", "aws:TokenIssueTime", "false", {}, False),
    ("Null", "aws:TokenIssueTime", "false", {"aws:tokenissuetime": "1"}, True),
    # "they always return a true or false respectively": Access Analyzer's Null with qualifier
    ("ForAllValues:Null", "aws:TagKeys", "true", {"aws:tagkeys": ["a"]}, True),
    ("ForAnyValue:Null", "aws:TagKeys", "true", {}, False),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], {"aws:tagkeys": ["a"]}, True),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], {"aws:tagkeys": ["a", "c"]}, False),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["a"], {}, True),
    ("ForAnyValue:StringEquals", "aws:TagKeys", ["a", "b"], {"aws:tagkeys": ["a", "c"]}, True),
    ("ForAnyValue:StringEquals", "aws:TagKeys", ["a"], {}, False),
    ("ForAnyValue:StringNotEquals", "aws:TagKeys", ["a"], {"aws:tagkeys": ["a", "c"]}, True),
    ("ForAllValues:StringNotEquals", "aws:TagKeys", ["a"], {"aws:tagkeys": ["a", "c"]}, False),
    ("ForAnyValue:StringLikeIfExists", "aws:TagKeys", ["a"], {}, True),
]


@pytest.mark.parametrize(("operator", "key", "values", "context", "expected"), CASES)
def test_operators(operator, key, values, context, expected):
    """Each operator with and without its key, negated, and over several values."""
    (condition,) = parse({operator: {key: values}})
    assert condition.holds(context) is bool(expected)


@given(
    st.sampled_from(["StringEquals", "StringLike", "NumericEquals", "ArnLike", "IpAddress"]),
    st.lists(st.sampled_from(["1", "2", "arn:aws:a:b:c:d", "10.0.0.1"]), min_size=1),
    st.sampled_from(["1", "2", "arn:aws:a:b:c:d", "10.0.0.1"]),
)
def test_negation_is_the_opposite(operator: str, values: list[str], found: str):
    """`StringNotEquals` holds exactly when `StringEquals` does not; the others likewise."""
    negated = {
        "StringEquals": "StringNotEquals",
        "StringLike": "StringNotLike",
        "NumericEquals": "NumericNotEquals",
        "ArnLike": "ArnNotLike",
        "IpAddress": "NotIpAddress",
    }[operator]
    context = {"aws:k": found}
    (one,), (other,) = parse({operator: {"aws:k": values}}), parse({negated: {"aws:k": values}})
    assert one.holds(context) != other.holds(context)


def test_all_conditions_must_hold():
    """Operators are combined by AND, and so are the keys of one."""
    found = parse({"StringEquals": {"aws:a": "1", "aws:b": "2"}, "Bool": {"aws:c": "true"}})
    context = {"aws:a": "1", "aws:b": "2", "aws:c": "true"}
    assert all(condition.holds(context) for condition in found)
    assert not all(condition.holds(context | {"aws:b": "3"}) for condition in found)


@pytest.mark.parametrize(
    "name",
    [
        *("StringSimilar", "Some:StringEquals", "NullIfExists", "NotNull", "StringEqualsNot"),
        *("NotStringEquals", "NotBool", "NumericNotLessThan", "BinaryNotEquals", "IpAddressNot"),
    ],
)
def test_unknown_operators_are_named(name: str):
    """An operator that AWS does not have is an error that names it."""
    with pytest.raises(ValueError, match=name):
        operator_of(name)


def test_every_operator_of_aws_is_there():
    """The operators of AWS's page, without their negations; ArnEquals and ArnLike are the same."""
    assert len(TESTS) == 19
