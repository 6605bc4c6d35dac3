"""Event filters: the grammar of patterns, and what each operator matches."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.cloud.mappings import filters
from labkit.cloud.mappings.patterns import InvalidPattern, parse


def matches(pattern: dict[str, Any], document: Any) -> bool:
    """Whether the pattern, as AWS gets it, matches."""
    return filters.matches(parse(json.dumps(pattern)), document)


# Pattern, documents that match, documents that do not. The first six are recorded.
OPERATORS = [
    ({"a": ["x", "y"]}, [{"a": "y"}, {"a": "x", "b": 1}], [{"a": "z"}, {}, {"a": {"x": 1}}]),
    ({"a": ["x"], "b": ["y"]}, [{"a": "x", "b": "y"}], [{"a": "x"}, {"a": "x", "b": "x"}]),
    ({"a": [{"exists": True}]}, [{"a": ""}, {"a": None}], [{"b": 1}, {"a": {"b": 1}}]),
    ({"a": [{"numeric": [">", 100]}]}, [{"a": 101}, {"a": 100.5}], [{"a": 100}, {"a": "101"}]),
    ({"a": [{"numeric": [">=", 100, "<", 200]}]}, [{"a": 100}], [{"a": 200}, {"a": 99}]),
    ({"a": [{"prefix": "yes"}]}, [{"a": "yes-value"}], [{"a": "no-yes"}, {"a": 1}]),
    ({"a": [{"exists": False}]}, [{}, {"b": 1}, {"a": {"S": "x"}}], [{"a": 1}, {"a": None}]),
    ({"a": [{"suffix": ".png"}]}, [{"a": "x.png"}], [{"a": "x.jpg"}]),
    ({"a": [{"prefix": {"equals-ignore-case": "ab"}}]}, [{"a": "ABc"}], [{"a": "cab"}]),
    ({"a": [{"suffix": {"equals-ignore-case": "ab"}}]}, [{"a": "cAB"}], [{"a": "abc"}]),
    ({"a": [{"equals-ignore-case": "Norway"}]}, [{"a": "NORWAY"}], [{"a": "Norway "}, {"a": 1}]),
    ({"a": [{"anything-but": "x"}]}, [{"a": "y"}, {"a": 1}], [{"a": "x"}, {}]),
    ({"a": [{"anything-but": ["x", 1]}]}, [{"a": "y"}, {"a": "1"}], [{"a": "x"}, {"a": 1}]),
    ({"a": [{"anything-but": {"prefix": "x"}}]}, [{"a": "ax"}], [{"a": "xa"}]),
    ({"a": [{"anything-but": {"suffix": ["x", "y"]}}]}, [{"a": "xa"}], [{"a": "ax"}, {"a": "ay"}]),
    ({"a": [{"anything-but": {"equals-ignore-case": "x"}}]}, [{"a": "y"}], [{"a": "X"}]),
    ({"a": [{"anything-but": {"wildcard": "*x*"}}]}, [{"a": "y"}], [{"a": "axb"}]),
    ({"a": [{"numeric": ["=", 3]}]}, [{"a": 3}, {"a": 3.0}], [{"a": 4}, {"a": True}]),
    ({"a": [{"wildcard": "a*c"}]}, [{"a": "ac"}, {"a": "abc"}, {"a": "a\nc"}], [{"a": "abcd"}]),
    ({"a": [{"wildcard": "a\\*c"}]}, [{"a": "a*c"}], [{"a": "abc"}]),
    ({"a": [{"wildcard": "a\\\\c."}]}, [{"a": "a\\c."}], [{"a": "a\\cx"}]),
    ({"a": [{"cidr": "10.0.0.0/24"}]}, [{"a": "10.0.0.7"}], [{"a": "10.0.1.7"}, {"a": "x"}]),
    ({"a": [3]}, [{"a": 3}, {"a": 3.0}], [{"a": "3"}, {"a": True}]),
    ({"a": [True, None]}, [{"a": True}, {"a": None}], [{"a": 1}, {"a": 0}, {"a": ""}]),
    ({"a": [""]}, [{"a": ""}], [{"a": None}, {}]),
    ({"a": ["x"]}, [{"a": ["y", "x"]}], [{"a": []}, {"a": ["y"]}]),
    ({"a": {"b": ["x"]}}, [{"a": {"b": "x"}}, {"a": [{"b": "y"}, {"b": "x"}]}], [{"a": "x"}, {}]),
    (
        {"a": {"b": ["x"], "c": ["y"]}},
        [{"a": [{"b": "x", "c": "y"}]}],
        [{"a": [{"b": "x"}, {"c": "y"}]}],
    ),
    ({"a": {"b": [{"exists": False}]}}, [{}, {"a": 1}, {"a": {}}], [{"a": {"b": 0}}]),
    ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, [{"a": "x"}, {"b": "y"}], [{"a": "y", "b": "x"}]),
    ({"c": ["z"], "$or": [{"a": ["x"]}, {"b": ["y"]}]}, [{"b": "y", "c": "z"}], [{"b": "y"}]),
    ({"a": {"$or": [{"b": [1]}, {"c": [2]}]}}, [{"a": {"c": 2}}], [{"a": {"c": 1}}]),
]


@pytest.mark.parametrize(("pattern", "matching", "others"), OPERATORS)
@pytest.mark.fidelity(
    "SQS to Lambda",
    "Filter patterns have the operators of event filtering, each as documented.",
    source="Lambda guide: invocation-eventfiltering",
)
def test_an_operator_matches_exactly_what_it_should(
    pattern: dict[str, Any], matching: list[Any], others: list[Any]
) -> None:
    """Each operator accepts the documents on its left and refuses those on its right."""
    assert [document for document in matching if not matches(pattern, document)] == []
    assert [document for document in others if matches(pattern, document)] == []


@pytest.mark.fidelity(
    "Streams to Lambda",
    "A numeric filter never matches DynamoDB's numbers, which are strings.",
    source="recorded: test_dynamodb_event_filter",
)
def test_numeric_never_matches_the_number_of_a_dynamodb_item() -> None:
    """DynamoDB's numbers are strings, so 101 passes neither numeric nor anything-but (recorded)."""
    pattern = {"N": [{"numeric": [">", 100]}, {"anything-but": "101"}]}
    assert matches(pattern, {"N": "42"})
    assert not matches(pattern, {"N": "101"})


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "simple string",
        '"simple string"',
        "[]",
        "{}",
        '[{"eventName": ["INSERT"=123}]',
        '{"eventSource": "aws:sqs"}',
        '{"eventSource": []}',
        '{"eventSource": {}}',
        '{"a": [["x"]]}',
        '{"a": [{}]}',
        '{"a": [{"prefix": "x", "suffix": "y"}]}',
        '{"a": [{"like": "x"}]}',
        '{"a": [{"prefix": 1}]}',
        '{"a": [{"exists": "yes"}]}',
        '{"a": [{"numeric": []}]}',
        '{"a": [{"numeric": [">", "1"]}]}',
        '{"a": [{"numeric": ["!", 1]}]}',
        '{"a": [{"numeric": [">", 5, "<", 1]}]}',
        '{"a": [{"numeric": ["<", 5, ">", 1]}]}',
        '{"a": [{"anything-but": []}]}',
        '{"a": [{"anything-but": [null]}]}',
        '{"a": [{"anything-but": {"numeric": [">", 1]}}]}',
        '{"a": [{"wildcard": "a**b"}]}',
        '{"a": [{"wildcard": "a\\\\b"}]}',
        '{"a": [{"cidr": "10.0.0.0/99"}]}',
        '{"$or": {"a": ["x"]}}',
        '{"$or": []}',
        '{"a": [NaN]}',
        "[" * 100_000,
    ],
)
@pytest.mark.fidelity(
    "SQS to Lambda",
    "A bad pattern is refused as an invalid filter pattern definition.",
    source="recorded: test_sqs_event_filter",
)
def test_a_bad_pattern_is_refused(text: str) -> None:
    """What AWS calls an invalid filter pattern definition never becomes a filter."""
    with pytest.raises(InvalidPattern):
        parse(text)


@pytest.mark.parametrize(
    ("body", "pattern", "matched"),
    [
        ('{"k": "v"}', {"body": {"k": ["v"]}}, True),
        ("plain", {"body": ["plain"]}, True),
        ("plain", {"body": {"k": ["v"]}}, False),
        ('{"k": "v"}', {"body": ['{"k": "v"}']}, False),
        ("[" * 100_000, {"body": {"k": ["v"]}}, False),
        ('{"k": "v"}', {"eventSource": ["aws:sqs"]}, True),
    ],
)
@pytest.mark.fidelity(
    "SQS to Lambda",
    "A JSON pattern drops plain text bodies and a plain pattern JSON ones.",
    source="Lambda guide: invocation-eventfiltering",
)
def test_the_body_of_a_message_is_seen_as_what_it_holds(
    body: str, pattern: dict[str, Any], matched: bool
) -> None:
    """A JSON pattern sees only JSON bodies and a plain one only plain text."""
    record = {"body": body, "eventSource": "aws:sqs"}
    patterns = [parse(json.dumps(pattern))]
    assert filters.admits(patterns, filters.of_message(record)) is matched


@pytest.mark.fidelity(
    "SQS to Lambda",
    "Up to five filters are joined by or.",
    source="Lambda guide: invocation-eventfiltering",
)
def test_filters_are_joined_by_or_and_none_admits_everything() -> None:
    """A record needs to pass one of the filters, if there are any."""
    patterns = [parse('{"a": ["x"]}'), parse('{"b": ["y"]}')]
    assert filters.admits(patterns, {"b": "y"})
    assert not filters.admits(patterns, {"b": "x"})
    assert filters.admits([], {})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=12,
)
operators = st.sampled_from(
    ["exists", "prefix", "suffix", "anything-but", "numeric", "equals-ignore-case", "wildcard"]
)
rules = json_values | st.dictionaries(operators, json_values, min_size=1, max_size=1)
hostile = st.dictionaries(
    st.sampled_from(["a", "b", "$or"]), st.lists(rules, max_size=3) | json_values, max_size=3
)


@given(pattern=hostile, document=json_values)
def test_any_input_is_matched_or_refused(pattern: dict[str, Any], document: Any) -> None:
    """No pattern and no document makes the filter fail in any other way than refusing it."""
    try:
        parsed = parse(json.dumps(pattern))
    except InvalidPattern:
        return
    assert filters.matches(parsed, document) in (True, False)


@given(
    value=st.text(max_size=10) | st.integers(-100, 100) | st.booleans(), others=st.lists(st.text())
)
def test_a_value_matches_itself_and_not_anything_but_itself(value: Any, others: list[str]) -> None:
    """Equality and anything-but are each other's opposite."""
    assert matches({"a": [value, *others]}, {"a": value})
    if not isinstance(value, bool):
        assert not matches({"a": [{"anything-but": [value, *others]}]}, {"a": value})
