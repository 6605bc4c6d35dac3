"""Wildcards and policy variables."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.cloud.access.patterns import fill_in, matches, matches_arn, matches_resource

TEXT = st.text(alphabet="ab:/*?${}.", max_size=12)


@given(TEXT)
def test_star_covers_everything(text: str):
    """`*` covers every text."""
    assert matches("*", text)
    assert matches_resource("*", text)


@given(st.text(alphabet="abC:/.-$", max_size=20))
def test_a_text_covers_itself(text: str):
    """A pattern without wildcards covers itself, and nothing longer."""
    assert matches(text, text)
    assert not matches(text, text + "x")
    assert matches_resource(text, text)


@given(st.text(alphabet="ab*?", max_size=8), st.text(alphabet="ab", max_size=8))
def test_wildcards_are_those_of_the_shell(pattern: str, text: str):
    """`*` is any characters, `?` is one."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    assert matches(pattern, text) == bool(re.fullmatch(expression, text))


@given(st.text(alphabet="ab*?$", min_size=1, max_size=8), st.text(alphabet="ab*?$", max_size=8))
def test_a_variables_value_is_no_pattern(value: str, text: str):
    """A user named `*` owns the folder `*`, and no other."""
    pattern = fill_in("home/${aws:username}", {"aws:username": value})
    assert pattern is not None
    assert matches(pattern, f"home/{text}") == (value == text)
    assert fill_in("${aws:username}", {"aws:username": value}, literal=True) == value


@pytest.mark.parametrize(
    ("pattern", "resource", "expected"),
    [
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
        ("arn:aws:iam::123456789012:user/*", "arn:aws:iam::123456789012:user/a/b", True),
        ("arn:aws:sqs:us-*-1:1:orders", "arn:aws:sqs:us-east-1:1:orders", True),
        ("arn:aws:sqs:us-*-1:1:orders", "arn:aws:sqs:us-east-1:2:x-1:1:orders", False),
        ("arn:aws:logs:*:*:*", "arn:aws:logs:us-east-1:1:log-group:/a:log-stream:b", True),
        ("arn:aws:sqs:*", "arn:aws:sqs:us-east-1:1:orders", True),
        ("arn:aws:sqs", "arn:aws:sqs:us-east-1:1:orders", True),
        ("arn:aws:sqs:us-east-1:1", "arn:aws:sqs:us-east-1:1:orders", True),
        ("arn:aws:sqs:us-east-1:1", "arn:aws:sqs:us-east-1:12:orders", False),
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html
        ("arn:aws:dynamodb:e:1:table/Orders", "arn:aws:dynamodb:e:1:table/Orders/stream/2", False),
        ("arn:aws:dynamodb:e:1:table/Orders/stream/*", "arn:aws:dynamodb:e:1:table/Orders", False),
        ("arn:aws:sqs:e:1:Orders", "arn:aws:sqs:e:1:orders", False),
    ],
)
def test_resources(pattern: str, resource: str, expected: bool):
    """ARNs compare part by part, in their own case."""
    assert matches_resource(pattern, resource) is expected


def test_arns_compare_part_by_part():
    """ArnLike's wildcard does not reach into the next part."""
    assert matches_arn("arn:aws:sns:*:*:orders", "arn:aws:sns:us-east-1:1:orders")
    assert not matches_arn("arn:aws:*:orders", "arn:aws:sns:us-east-1:1:orders")


@pytest.mark.parametrize(
    ("pattern", "context", "expected"),
    [
        ("${aws:username}", {"aws:username": "ana"}, "ana"),
        ("${AWS:UserName}", {"aws:username": "ana"}, "ana"),
        ("${aws:PrincipalTag/team, 'company'}", {}, "company"),
        ("${aws:PrincipalTag/team}", {}, None),
        ("${aws:TagKeys}", {"aws:tagkeys": ["a", "b"]}, None),
        ("${*}${?}${$}", {}, "*?$"),
    ],
)
def test_variables(pattern: str, context: dict, expected: str | None):
    """Values, defaults, the three escaped characters; without a value there is no match."""
    assert fill_in(pattern, context, literal=True) == expected
