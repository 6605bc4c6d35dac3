"""Message attributes: what SNS takes and what it says to the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.sns.exceptions import SNSException

from labkit.cloud.notifications.message_attributes import delivered_form

TEXT = {"DataType": "String", "StringValue": "x"}

# As AWS was recorded to answer: test_empty_or_wrong_message_attributes of LocalStack.
REFUSED = [
    ("attr1", {"DataType": "String", "StringValue": ""}, "must contain non-empty"),
    ("attr1", {"DataType": "String"}, "for message attribute type 'String'."),
    ("attr1", {"DataType": "Binary", "BinaryValue": b""}, "attribute type 'Binary'."),
    ("attr1", {"DataType": "String", "BinaryValue": b"1"}, "'String' must use field 'String'."),
    ("attr1", {"DataType": "Number", "BinaryValue": b"1"}, "'Number' must use field 'String'."),
    ("attr1", {"DataType": "Binary", "StringValue": "1"}, "'Binary' must use field 'Binary'."),
    ("attr1", {"DataType": "Text", "StringValue": "1"}, "has an invalid message attribute type"),
    ("attr1", {"DataType": "Number", "StringValue": "ten"}, "Could not cast"),
    ("attr1", {"DataType": "Number", "StringValue": "nan"}, "Could not cast"),
    ("attr1", {"DataType": "Number", "StringValue": "1_000"}, "Could not cast"),
    ("a" * 257, TEXT, "must be less than 256 bytes."),
    ("a^b", TEXT, "Invalid non-alphanumeric character '#x5E' was found"),
    (".a", TEXT, "starting with character '.'"),
    ("a.", TEXT, "ending with character '.'"),
    ("a..b", TEXT, "can not have successive '.' character."),
]


@pytest.mark.fidelity(
    "SNS",
    "A message attribute's name, type and value are checked.",
    source="LocalStack's recording: sns/test_sns",
)
@pytest.mark.parametrize(("name", "attribute", "text"), REFUSED)
def test_a_wrong_attribute_is_refused(name: str, attribute: dict[str, Any], text: str) -> None:
    """Code and text are AWS's."""
    with pytest.raises(SNSException) as refused:
        delivered_form({name: attribute})
    assert refused.value.code == "ParameterValueInvalid"
    assert text in refused.value.message


def test_a_missing_type_is_named_with_its_place() -> None:
    """The path tells which attribute of which entry it is."""
    with pytest.raises(SNSException) as refused:
        delivered_form({"a": {"StringValue": "x"}}, where="publishBatchRequestEntries.1.member.")
    assert refused.value.code == "ValidationError"
    place = "publishBatchRequestEntries.1.member.messageAttributes.a.member.dataType"
    assert f"Value null at '{place}'" in refused.value.message


@pytest.mark.parametrize("data_type", ["String", "String.Array", "Number.int", "String.  a."])
def test_a_type_may_have_a_suffix(data_type: str) -> None:
    """A custom suffix follows the dot."""
    sent = {"a": {"DataType": data_type, "StringValue": "1"}}
    assert delivered_form(sent) == {"a": {"Type": data_type, "Value": "1"}}


def test_an_attribute_without_anything_lacks_its_type(client: Callable[..., Any], topic: str):
    """A form has nothing to say of it but its name."""
    careless = client("sns", config=Config(parameter_validation=False))
    with pytest.raises(ClientError, match=r"messageAttributes\.a\.member\.dataType"):
        careless.publish(TopicArn=topic, Message="m", MessageAttributes={"a": {}})


def test_one_wrong_attribute_refuses_the_whole_batch(sns: Any, topic: str) -> None:
    """PublishBatch checks the attributes of every entry first."""
    entry = {"Id": "1", "Message": "m", "MessageAttributes": {"a^": TEXT}}
    with pytest.raises(ClientError, match="#x5E") as refused:
        sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[entry])
    assert refused.value.response["Error"]["Code"] == "ParameterValueInvalid"
