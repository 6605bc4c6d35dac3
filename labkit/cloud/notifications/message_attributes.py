"""Message attributes of Publish and PublishBatch: what SNS takes, and the form that it delivers.

https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html; the texts are those that AWS
was recorded to answer (test_empty_or_wrong_message_attributes of the LocalStack project).
"""

from __future__ import annotations

import base64
import re
from typing import Any

from moto.sns.exceptions import SNSException

from labkit.cloud.constraints import null
from labkit.cloud.queues.checks import NUMBER

LONGEST_NAME = 256  # bytes
PREFIXES = ("Binary", "Number", "String")

Attributes = dict[str, dict[str, Any]]


def delivered_form(attributes: Attributes, *, where: str = "") -> Attributes:
    """Attributes as subscribers see them; raises SNS's error for one that it does not take.

    `where` is the path to them in the request, for the error about a missing data type.

    >>> delivered_form({"total": {"DataType": "Number", "StringValue": "9.5"}})
    {'total': {'Type': 'Number', 'Value': '9.5'}}
    """
    for name, attribute in attributes.items():
        if not isinstance(attribute, dict) or not attribute.get("DataType"):
            fault = null(f"{where}messageAttributes.{name}.member.dataType")
            raise SNSException("ValidationError", fault)
        if fault := _fault_of_name(name) or _fault_of_value(name, attribute):
            raise SNSException("ParameterValueInvalid", fault)
    return {
        name: {"Type": attribute["DataType"], "Value": _value(attribute)}
        for name, attribute in attributes.items()
    }


def _fault_of_name(name: str) -> str | None:
    if len(name.encode()) > LONGEST_NAME:
        return f"Length of message attribute name must be less than {LONGEST_NAME} bytes."
    if name.startswith("."):
        return "Invalid message attribute name starting with character '.' was found."
    if name.endswith("."):
        return "Invalid message attribute name ending with character '.' was found."
    if ".." in name:
        return "Message attribute name can not have successive '.' character."
    if wrong := re.search(r"[^A-Za-z0-9_.-]", name):
        return (
            f"Invalid non-alphanumeric character '#x{ord(wrong[0]):X}' was found in the message "
            "attribute name. Can only include alphanumeric characters, hyphens, underscores, "
            "or dots."
        )
    return None


def _fault_of_value(name: str, attribute: dict[str, Any]) -> str | None:
    data_type = attribute["DataType"]
    prefix, dot, label = data_type.partition(".")
    attribute_name = f"The message attribute '{name}'"
    if prefix not in PREFIXES or (dot and not label):
        return (
            f"{attribute_name} has an invalid message attribute type, the set of supported type "
            "prefixes is Binary, Number, and String."
        )
    field, other = ("Binary", "String") if prefix == "Binary" else ("String", "Binary")
    if attribute.get(f"{other}Value"):
        return f"{attribute_name} with type '{data_type}' must use field '{field}'."
    if not attribute.get(f"{field}Value"):
        return (
            f"{attribute_name} must contain non-empty message attribute value for message "
            f"attribute type '{data_type}'."
        )
    if data_type == "Number" and not NUMBER.fullmatch(attribute["StringValue"]):
        return f"Could not cast message attribute '{name}' value to number."
    return None


def _value(attribute: dict[str, Any]) -> str:
    if attribute["DataType"].startswith("Binary"):
        return base64.b64encode(attribute["BinaryValue"]).decode()
    return str(attribute["StringValue"])
