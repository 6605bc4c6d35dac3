"""What SQS refuses in a message."""

from __future__ import annotations

import pytest
from moto.sqs.exceptions import SQSException

from labkit.cloud.queues.checks import check_attributes, check_body, check_delay, size_of


@pytest.mark.parametrize("body", ["a", "tab\tline\n", "ü €", "\U0001f980", "\ufffd"])
@pytest.mark.fidelity(
    "SQS",
    "A body is at least one character, of those that XML can carry.",
    source="SQS API: SendMessage",
)
def test_takes_what_xml_can_carry(body: str) -> None:
    """At least one character, from the ranges that the API reference names."""
    check_body(body)


@pytest.mark.parametrize("body", ["\x00", "a\x08b", "\ufffe", "\ud800"])
@pytest.mark.fidelity(
    "SQS", "Any other character is `InvalidMessageContents`.", source="SQS API: SendMessage"
)
def test_refuses_characters_that_xml_cannot_carry(body: str) -> None:
    """InvalidMessageContents."""
    with pytest.raises(SQSException) as refused:
        check_body(body)
    assert refused.value.code == "InvalidMessageContents"


@pytest.mark.parametrize("body", ["", None])
@pytest.mark.fidelity(
    "SQS",
    "An empty body is refused as a missing parameter.",
    source="report: localstack/localstack/issues/12317",
)
def test_refuses_an_empty_body(body: str | None) -> None:
    """As if the parameter were not there."""
    with pytest.raises(SQSException, match="must contain the parameter MessageBody") as refused:
        check_body(body)
    assert refused.value.code == "MissingParameter"


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({f"a{i}": {"DataType": "String", "StringValue": "x"} for i in range(11)}, "maximum"),
        ({"a b": {"DataType": "String", "StringValue": "x"}}, "attribute name 'a b' is invalid"),
        ({"é": {"DataType": "String", "StringValue": "x"}}, "can contain A-Z, a-z, 0-9"),
        ({"a": {"DataType": "String", "StringValue": ""}}, "non-empty value of type 'String'"),
        ({"a": {"DataType": "Binary", "StringValue": "x"}}, "non-empty value of type 'Binary'"),
        ({"a": {"DataType": "Number", "StringValue": "ten"}}, "to a number"),
    ],
)
@pytest.mark.fidelity(
    "SQS",
    "A message has at most ten attributes, each with a good name and a value of its type.",
    source="SQS guide: quotas-messages",
)
def test_refuses_message_attributes(attributes: dict[str, dict[str, str]], text: str) -> None:
    """Eleven of them, a bad name, no value, a value of another type."""
    with pytest.raises(SQSException, match=text):
        check_attributes(attributes)


@pytest.mark.parametrize("number", ["1", "-1.5", "+.5", "1e10", "12."])
def test_takes_numbers(number: str) -> None:
    """Whatever reads as a number, with a custom type too."""
    check_attributes({"a": {"DataType": "Number.price", "StringValue": number}})


@pytest.mark.parametrize("delay", [-1, 901])
@pytest.mark.fidelity(
    "SQS", "A message is delayed by 0 to 900 seconds.", source="SQS API: SendMessage"
)
def test_refuses_a_delay_out_of_range(delay: int) -> None:
    """Zero to fifteen minutes."""
    with pytest.raises(SQSException, match=f"Value {delay} for parameter DelaySeconds is invalid"):
        check_delay(delay, fifo=False)


@pytest.mark.fidelity(
    "SQS",
    "Names, types and values of attributes count against the size limit.",
    source="SQS API: SendMessage",
)
def test_names_types_and_values_count_against_the_limit() -> None:
    """In bytes of UTF-8."""
    attributes = {
        "ab": {"DataType": "String", "StringValue": "€"},
        "c": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
    }
    assert size_of("ü", attributes) == 2 + (2 + 6 + 3) + (1 + 6 + 2)
