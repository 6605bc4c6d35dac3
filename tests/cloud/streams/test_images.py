"""Images of items, and the bytes that they count for."""

from __future__ import annotations

import copy

import pytest
from moto.dynamodb.models.dynamo_type import DynamoType, Item

from labkit.cloud.streams.images import image_of, is_same, size_of, size_of_value
from labkit.cloud.streams.wire import wire


@pytest.mark.parametrize(
    ("keys", "image", "size"),
    [
        (
            {"my_partition_key": {"S": "hello world"}},
            {"binary_key": {"B": "Zm9vYmFy"}, "my_partition_key": {"S": "hello world"}},
            70,
        ),
        (
            {"my_partition_key": {"S": "testId0"}},
            {"my_partition_key": {"S": "testId0"}, "should_fail": {"BOOL": False}},
            58,
        ),
        (
            {"id": {"S": "id_value_1"}},
            {"id": {"S": "id_value_1"}, "presentKey": {"S": "presentValue"}},
            46,
        ),
        (
            {"id": {"S": "id_value_1"}},
            {"id": {"S": "id_value_1"}, "numericFilter": {"N": "42"}},
            39,
        ),
        ({"id": {"S": "id_value"}}, {"id": {"S": "id_value"}, "id2": {"S": "id2_value"}}, 32),
        ({"id": {"S": "id_value_1"}}, {"id": {"S": "id_value_1"}}, 24),
        ({"id": {"S": "id_value"}}, {"id": {"S": "id_value"}}, 20),
    ],
)
@pytest.mark.fidelity(
    "DynamoDB Streams",
    "SizeBytes counts keys and images: names and values, as recorded.",
    source="recorded: test_dynamodb_event_source_mapping",
)
def test_sizes_are_those_that_aws_recorded(keys: dict, image: dict, size: int) -> None:
    """SizeBytes of a record is keys and image together."""
    assert size_of(keys) + size_of(image) == size


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"N": "0"}, 1),
        ({"N": "100"}, 2),
        ({"N": "12.5"}, 3),
        ({"N": "-0.0012"}, 2),
        ({"NULL": True}, 1),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 3 + 1 + 2 + 1 + 2),
        ({"M": {"k": {"S": "v"}}}, 3 + 1 + 1 + 1),
        ({"SS": ["a", "bc"]}, 3),
        ({"NS": ["1", "234"]}, 2 + 3),
        ({"BS": ["Zg==", "Zm8="]}, 1 + 2),
    ],
)
@pytest.mark.fidelity(
    "DynamoDB Streams",
    "Numbers, containers and binary values count as the guide estimates.",
    source="DynamoDB guide: CapacityUnitCalculations",
)
def test_sizes_follow_the_developer_guide(value: dict, size: int) -> None:
    """Two digits a byte and one more, three bytes a container and one an element."""
    assert size_of_value(value) == size


def test_an_image_is_a_copy_of_the_whole_item() -> None:
    """Nested values become plain JSON that does not change with the item; bytes become base64."""
    attributes = {
        "id": {"S": "a"},
        "lines": {"L": [{"M": {"price": {"N": "2.55"}, "tags": {"SS": ["x"]}}}]},
        "blob": {"B": b"foobar"},
        "blobs": {"BS": [b"f"]},
    }
    item = Item(DynamoType({"S": "a"}), None, copy.deepcopy(attributes))
    image = image_of(item)
    item.attrs["lines"].value[0].value["tags"].value.append("y")
    assert image == {**attributes, "blob": {"B": "Zm9vYmFy"}, "blobs": {"BS": ["Zg=="]}}
    nested = {"M": {"b": image["blob"], "l": {"L": [image["blobs"], {"S": "s"}]}}}
    assert wire(nested) == nested  # what is base64 text already goes out as it is


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"N": "1"}, {"N": "1.0"}, True),
        ({"N": "1"}, {"S": "1"}, False),
        ({"SS": ["a", "b"]}, {"SS": ["b", "a"]}, True),
        ({"NS": ["1"]}, {"NS": ["1.00"]}, True),
        ({"L": [{"N": "1"}]}, {"L": [{"N": "1.0"}]}, True),
        ({"L": [{"N": "1"}]}, {"L": []}, False),
        ({"M": {"a": {"N": "1"}}}, {"M": {"a": {"N": "2"}}}, False),
        ({"BOOL": True}, {"BOOL": False}, False),
    ],
)
@pytest.mark.fidelity(
    "DynamoDB Streams",
    "1 and 1.0 are the same number and sets have no order, so neither writes a record.",
    source="DynamoDB guide: Streams",
)
def test_compares_values_as_dynamodb_does(one: dict, other: dict, same: bool) -> None:
    """Numbers by value, sets without order."""
    assert is_same({"a": one}, {"a": other}) is same
