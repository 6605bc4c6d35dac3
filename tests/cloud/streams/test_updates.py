"""UpdateExpressions: the developer guide's examples, and what DynamoDB says of wrong ones."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

GUIDE = "DynamoDB guide: Expressions.UpdateExpressions"
DYNALITE = "dynalite's test: updateItem"
KEY = {"id": {"S": "789"}}
ITEM = {
    **KEY,
    "price": {"N": "52"},
    "colors": {"SS": ["red", "blue"]},
    "related": {"L": [{"S": "a"}, {"S": "b"}, {"S": "c"}]},
    "reviews": {"M": {"five": {"L": [{"S": "good"}]}, "one": {"N": "1"}}},
}
VALUES = {
    "one": {"N": "1"},
    "half": {"N": "0.5"},
    "text": {"S": "x"},
    "list": {"L": [{"S": "new"}]},
    "set": {"SS": ["blue", "green"]},
    "all": {"SS": ["red", "blue"]},
    "numbers": {"NS": ["1"]},
    "huge": {"N": "1E50"},
}


@pytest.fixture(scope="module")
def dynamodb(client: Callable[..., Any]) -> Any:
    """A DynamoDB client."""
    return client("dynamodb")


@pytest.fixture(scope="module")
def table(dynamodb: Any) -> str:
    """A table whose items have an index by `phase`."""
    name = f"orders-{uuid.uuid4().hex[:8]}"
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in ("id", "phase")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-phase",
                "KeySchema": [{"AttributeName": "phase", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def update(dynamodb: Any, table: str, expression: str, **options: Any) -> dict[str, Any]:
    """Put ITEM, update it, and get what UpdateItem answers; values are named as in VALUES."""
    dynamodb.put_item(TableName=table, Item=ITEM)
    used = {f":{name}": value for name, value in VALUES.items() if f":{name}" in expression}
    if used:
        options["ExpressionAttributeValues"] = used
    return dict(
        dynamodb.update_item(TableName=table, Key=KEY, UpdateExpression=expression, **options)
    )


@pytest.mark.fidelity(
    "DynamoDB Streams", "SET, REMOVE, ADD and DELETE do what the guide shows.", source=GUIDE
)
@pytest.mark.parametrize(
    ("expression", "changes"),
    [
        ("SET price = price - :one", {"price": {"N": "51"}}),
        ("SET price = :half + :half", {"price": {"N": "1"}}),
        ("ADD price :half", {"price": {"N": "52.5"}}),
        ("ADD sold :one", {"sold": {"N": "1"}}),
        ("SET twin = id, price = (price + :one)", {"twin": {"S": "789"}, "price": {"N": "53"}}),
        ("SET price = if_not_exists(price, :one)", {}),
        ("SET sold = if_not_exists(sold, :one) + :one", {"sold": {"N": "2"}}),
        (
            "SET related = list_append(:list, related)",
            {"related": {"L": [{"S": "new"}, {"S": "a"}, {"S": "b"}, {"S": "c"}]}},
        ),
        (
            "SET more = list_append(if_not_exists(more, :list), :list)",
            {"more": {"L": [{"S": "new"}, {"S": "new"}]}},
        ),
        ("SET related[1] = :text", {"related": {"L": [{"S": "a"}, {"S": "x"}, {"S": "c"}]}}),
        (
            "SET related[9] = :text, related[7] = :one",
            {"related": {"L": [{"S": "a"}, {"S": "b"}, {"S": "c"}, {"N": "1"}, {"S": "x"}]}},
        ),
        ("REMOVE related[0], related[1]", {"related": {"L": [{"S": "c"}]}}),
        ("REMOVE related[7]", {}),
        (
            "SET reviews.five[0] = :text, reviews.two = reviews.one REMOVE reviews.one",
            {"reviews": {"M": {"five": {"L": [{"S": "x"}]}, "two": {"N": "1"}}}},
        ),
        ("ADD reviews.one :one", {"reviews": {"M": {**ITEM["reviews"]["M"], "one": {"N": "2"}}}}),
        ("REMOVE price SET was = price", {"price": None, "was": {"N": "52"}}),
        ("ADD colors :set", {"colors": {"SS": ["red", "blue", "green"]}}),
        ("ADD sizes :numbers", {"sizes": {"NS": ["1"]}}),
        ("DELETE colors :set", {"colors": {"SS": ["red"]}}),
        ("DELETE colors :all", {"colors": None}),
        ("DELETE sizes :numbers", {}),
    ],
)
def test_what_an_update_makes(
    dynamodb: Any, table: str, expression: str, changes: dict[str, Any]
) -> None:
    """Operands are those of the item before; a set with nothing left is removed."""
    update(dynamodb, table, expression)
    expected = {name: value for name, value in (ITEM | changes).items() if value is not None}
    assert dynamodb.get_item(TableName=table, Key=KEY)["Item"] == expected


def test_values_that_were_updated(dynamodb: Any, table: str) -> None:
    """UPDATED_OLD and UPDATED_NEW have what stands at the paths of the update, changed or not."""
    expression = "SET reviews.five[0] = :text, price = price REMOVE related[0] ADD sold :one"
    for returned, attributes in (
        (
            "UPDATED_OLD",
            {
                "reviews": {"M": {"five": {"L": [{"S": "good"}]}}},
                "price": {"N": "52"},
                "related": {"L": [{"S": "a"}]},
            },
        ),
        (
            "UPDATED_NEW",
            {
                "reviews": {"M": {"five": {"L": [{"S": "x"}]}}},
                "price": {"N": "52"},
                "related": {"L": [{"S": "b"}]},
                "sold": {"N": "1"},
            },
        ),
    ):
        answer = update(dynamodb, table, expression, ReturnValues=returned)
        assert answer["Attributes"] == attributes


WRONG = "An operand in the update expression has an incorrect data type"
NO_PATH = "The document path provided in the update expression is invalid for update"
SECTION = 'The "SET" section can only be used once in an update expression;'
MISUSED = "Incorrect operand type for operator or function; "
TWO_PATHS = "Two document paths {} with each other; must remove or rewrite one of these paths; "
INDEX_KEY = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported"


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "An update that is not well-formed, or that an item does not allow, changes nothing.",
    source=DYNALITE,
)
@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("", "Invalid UpdateExpression: The expression can not be empty;"),
        ("whatever", 'Invalid UpdateExpression: Syntax error; token: "whatever", near: "whatever"'),
        ("SET price", 'Syntax error; token: "<EOF>", near: "price"'),
        ("SET a = b + c + d", 'Syntax error; token: "+", near: "c + d"'),
        ("SET a[1] = 1", 'Syntax error; token: "1"'),
        ("ADD a b", 'Syntax error; token: "b"'),
        ("REMOVE Absolute", "Attribute name is a reserved keyword; reserved keyword: Absolute"),
        ("SET a = twice(b)", "Invalid function name; function: twice"),
        ("SET a = price SET b = price", SECTION),
        (
            "SET a.b = price, a = price",
            TWO_PATHS.format("overlap") + "path one: [a, b], path two: [a]",
        ),
        (
            "SET a.b = price, a[1] = id",
            TWO_PATHS.format("conflict") + "path one: [a, b], path two: [a, [1]]",
        ),
        ("SET a = if_not_exists(b)", "operator or function: if_not_exists, number of operands: 1"),
        (
            "SET a = if_not_exists(:one, b)",
            "requires a document path; operator or function: if_not",
        ),
        (
            "SET a = list_append(:text, a)",
            MISUSED + "operator or function: list_append, operand type: S",
        ),
        ("SET a = price + :text", MISUSED + "operator or function: +, operand type: S"),
        ("ADD a :text", MISUSED + "operator: ADD, operand type: STRING"),
        ("DELETE a :one", MISUSED + "operator: DELETE, operand type: NUMBER"),
        ("SET id = :text", "Cannot update attribute id. This attribute is part of the key"),
        (
            "SET phase = :one",
            "Type mismatch for Index Key phase Expected: S Actual: N IndexName: by-phase",
        ),
        (
            "ADD phase :one",
            "Type mismatch for Index Key phase Expected: S Actual: N IndexName: by-phase",
        ),
        ("SET phase[1] = :one", INDEX_KEY + "allowed: IndexKey: phase"),
        ("SET a = nothing", "refers to an attribute that does not exist in the item"),
        ("SET a = id + :one", WRONG),
        ("ADD price :one, colors :one", WRONG),
        ("ADD price :one DELETE colors :numbers", WRONG),
        ("SET price = :one, a.b = :one", NO_PATH),
        ("REMOVE price, price_list[1]", NO_PATH),
        ("ADD price :huge", OVERFLOW),
    ],
)
def test_what_an_update_may_not_be(dynamodb: Any, table: str, expression: str, words: str) -> None:
    """The item stays as it was, in all of it."""
    with pytest.raises(ClientError) as refused:
        update(dynamodb, table, expression)
    error = refused.value.response["Error"]
    assert (error["Code"], words in error["Message"]) == ("ValidationException", True), error
    assert dynamodb.get_item(TableName=table, Key=KEY)["Item"] == ITEM


def test_no_item_is_made_by_an_update_that_fails(dynamodb: Any, table: str) -> None:
    """Neither when the expression is wrong nor when the condition is, which is looked at first."""
    new = {"TableName": table, "Key": {"id": {"S": "new"}}, "UpdateExpression": "SET a = b"}
    for given, code in (
        ({}, "ValidationException"),
        ({"ConditionExpression": "attribute_exists(b)"}, "ConditionalCheckFailedException"),
    ):
        with pytest.raises(ClientError) as refused:
            dynamodb.update_item(**new, **given)
        assert refused.value.response["Error"]["Code"] == code
    assert "Item" not in dynamodb.get_item(TableName=table, Key=new["Key"])


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A transaction is cancelled by an update that its item does not allow: `ValidationError`.",
    source="DynamoDB API: TransactWriteItems",
)
def test_a_transaction_with_an_update_that_fails(dynamodb: Any, table: str) -> None:
    """What came before it is undone, in the stream as well."""
    dynamodb.put_item(TableName=table, Item=ITEM)
    named = {"TableName": table}
    writes = [
        {"Put": {**named, "Item": {"id": {"S": "first"}}}},
        {"Delete": {**named, "Key": KEY}},
        {"Update": {**named, "Key": {"id": {"S": "x"}}, "UpdateExpression": "SET a = b"}},
    ]
    with pytest.raises(ClientError) as refused:
        dynamodb.transact_write_items(TransactItems=writes)
    reasons = refused.value.response["CancellationReasons"]
    assert reasons == [
        {"Code": "None"},
        {"Code": "None"},
        {
            "Code": "ValidationError",
            "Message": "The provided expression refers to an attribute that does not exist in the "
            "item",
        },
    ]
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"id": {"S": "first"}})
    assert dynamodb.get_item(TableName=table, Key=KEY)["Item"] == ITEM


@pytest.mark.parametrize(
    ("update", "message"),
    [
        ({"Action": "PUT"}, "Only DELETE action is allowed when no attribute value is specified"),
        ({"Action": "ADD", "Value": {"S": "x"}}, "ADD action is not supported for the type S"),
        (
            {"Action": "DELETE", "Value": {"N": "1"}},
            "DELETE action with value is not supported for the type N",
        ),
    ],
)
def test_legacy_updates_of_wrong_types(
    dynamodb: Any, table: str, update: dict[str, Any], message: str
) -> None:
    """AttributeUpdates are actions as those of an expression are."""
    with pytest.raises(ClientError, match=message):
        dynamodb.update_item(TableName=table, Key=KEY, AttributeUpdates={"price": update})


def test_legacy_updates(dynamodb: Any, table: str) -> None:
    """Sets and lists are added to, and values of each type are put."""
    dynamodb.put_item(TableName=table, Item=ITEM)
    values = {"blob": {"B": b"b"}, "yes": {"BOOL": True}, "none": {"NULL": True}}
    put = {name: {"Value": value} for name, value in values.items()}
    add = {
        name: {"Action": "ADD", "Value": VALUES[value]}
        for name, value in (("colors", "set"), ("related", "list"))
    }
    dynamodb.update_item(TableName=table, Key=KEY, AttributeUpdates=put | add)
    item = dynamodb.get_item(TableName=table, Key=KEY)["Item"]
    assert {name: item[name] for name in values} == values
    assert item["colors"] == {"SS": ["red", "blue", "green"]}
    assert item["related"]["L"][3:] == [{"S": "new"}]
