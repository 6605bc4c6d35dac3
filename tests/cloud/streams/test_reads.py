"""Keys, indexes, projections and pages: what a read finds, and what it consumes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

UNITS = "DynamoDB guide: read-write-operations"
KEY = {"id": {"S": "a"}, "line": {"N": "1"}}
ITEM = {
    **KEY,
    "phase": {"S": "new"},
    "placed": {"S": "1"},
    "entries": {"L": [{"S": "a"}, {"M": {"b": {"N": "1"}, "c": {"N": "2"}}}, {"S": "c"}]},
}
OF_A = {"KeyConditionExpression": "id = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}}
OF_NEW = {"KeyConditionExpression": "#s = :s", "ExpressionAttributeNames": {"#s": "phase"}}
OF_NEW["ExpressionAttributeValues"] = {":s": {"S": "new"}}


@pytest.fixture(scope="module")
def dynamodb(client: Callable[..., Any]) -> Any:
    """A DynamoDB client."""
    return client("dynamodb")


@pytest.fixture
def table(dynamodb: Any) -> dict[str, str]:
    """A table of one item, with a local index by placed and a global one by phase, both of keys."""
    name = f"orders-{uuid.uuid4().hex[:8]}"
    types = {"id": "S", "line": "N", "phase": "S", "placed": "S"}

    def keys(*names: str) -> list[dict[str, str]]:
        kinds = zip(names, ("HASH", "RANGE"), strict=False)
        return [{"AttributeName": each, "KeyType": kind} for each, kind in kinds]

    def index(index_name: str, *names: str) -> dict[str, Any]:
        projection = {"ProjectionType": "KEYS_ONLY"}
        return {"IndexName": index_name, "KeySchema": keys(*names), "Projection": projection}

    dynamodb.create_table(
        TableName=name,
        KeySchema=keys("id", "line"),
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": kind} for each, kind in types.items()
        ],
        LocalSecondaryIndexes=[index("by-placed", "id", "placed")],
        GlobalSecondaryIndexes=[index("by-phase", "phase")],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName=name, Item=ITEM)
    return {"TableName": name}


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A key that lacks a part, has one too many or of another type is refused.",
    source="dynalite's test: updateItem",
)
@pytest.mark.parametrize(
    "key",
    [
        {},
        {"id": {"S": "a"}},
        {**KEY, "line": {"S": "1"}},
        {**KEY, "id": {"SS": ["a"]}},
        {**KEY, "phase": {"S": "new"}},
    ],
)
def test_a_key_is_as_its_table_has_it(
    dynamodb: Any, table: dict[str, str], key: dict[str, Any]
) -> None:
    """In each operation on one item, in a batch and in a transaction."""
    name, keyed = table["TableName"], {**table, "Key": key}
    for call, given in (
        (dynamodb.get_item, keyed),
        (dynamodb.update_item, keyed),
        (dynamodb.delete_item, keyed),
        (dynamodb.batch_get_item, {"RequestItems": {name: {"Keys": [key]}}}),
        (dynamodb.batch_write_item, {"RequestItems": {name: [{"DeleteRequest": {"Key": key}}]}}),
        (dynamodb.transact_get_items, {"TransactItems": [{"Get": keyed}]}),
    ):
        with pytest.raises(ClientError, match="The provided key element does not match the schema"):
            call(**given)
    with pytest.raises(ClientError) as refused:
        dynamodb.transact_write_items(TransactItems=[{"Delete": keyed}])
    [reason] = refused.value.response["CancellationReasons"]
    assert reason["Message"] == "The provided key element does not match the schema"


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "What an index has as its key is of its type in each item that has it.",
    source="dynalite's test: putItem",
)
@pytest.mark.parametrize("value", [{"N": "1"}, {"NULL": True}])
@pytest.mark.parametrize(("name", "index"), [("phase", "by-phase"), ("placed", "by-placed")])
def test_a_key_of_an_index_is_of_its_type(
    dynamodb: Any, table: dict[str, str], name: str, index: str, value: dict[str, Any]
) -> None:
    """By itself, in a batch and in a transaction; an item without it is not in the index."""
    item = {**KEY, "id": {"S": "other"}, name: value}
    put, kind = {**table, "Item": item}, next(iter(value))
    for call, given in (
        (dynamodb.put_item, put),
        (
            dynamodb.batch_write_item,
            {"RequestItems": {table["TableName"]: [{"PutRequest": {"Item": item}}]}},
        ),
        (dynamodb.transact_write_items, {"TransactItems": [{"Put": put}]}),
    ):
        with pytest.raises(ClientError) as refused:
            call(**given)
        [told] = refused.value.response.get(
            "CancellationReasons", [refused.value.response["Error"]]
        )
        assert told["Message"] == (
            "One or more parameter values were invalid: Type mismatch for Index Key "
            f"{name} Expected: S Actual: {kind} IndexName: {index}"
        )
    assert dynamodb.scan(**table)["Count"] == 1
    del item[name]
    dynamodb.put_item(**table, Item=item)
    assert dynamodb.scan(**table, IndexName=index)["Count"] == 1


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "What a local index lacks is fetched from its table, what a global one lacks is refused.",
    source="DynamoDB guide: LSI",
)
def test_what_an_index_lacks(dynamodb: Any, table: dict[str, str]) -> None:
    """By Select or by ProjectionExpression, in a query and in a scan."""
    has = {**KEY, "placed": {"S": "1"}}
    for call, given in ((dynamodb.query, OF_A), (dynamodb.scan, {})):
        by_day = {**table, **given, "IndexName": "by-placed"}
        assert call(**by_day)["Items"] == [has]
        assert call(**by_day, Select="ALL_ATTRIBUTES")["Items"] == [ITEM]
        assert call(**by_day, ProjectionExpression="id, entries[0]")["Items"] == [
            {"id": {"S": "a"}, "entries": {"L": [{"S": "a"}]}}
        ]
        assert call(**by_day)["Items"] == [has], "it is as it was"
    by_phase = {**table, **OF_NEW, "IndexName": "by-phase"}
    for given, words in (
        ({"Select": "ALL_ATTRIBUTES"}, "because its projection type is not ALL"),
        ({"ProjectionExpression": "placed, id"}, r"index by-phase does not project \[placed\]"),
    ):
        with pytest.raises(ClientError, match=words):
            dynamodb.query(**by_phase, **given)


def test_parts_of_lists_and_maps(dynamodb: Any, table: dict[str, str]) -> None:
    """A projection has what is at its paths, in the order of the item, by names and aliases."""
    given = {
        "ProjectionExpression": "#l[2], #l[1].c, #l[0], #l[9], nothing.of_it, id[0]",
        "ExpressionAttributeNames": {"#l": "entries"},
    }
    parts = {"entries": {"L": [{"S": "a"}, {"M": {"c": {"N": "2"}}}, {"S": "c"}]}}
    assert dynamodb.get_item(**table, Key=KEY, **given)["Item"] == parts
    assert dynamodb.scan(**table, **given)["Items"] == [parts]
    with pytest.raises(ClientError, match="Two document paths overlap with each other"):
        dynamodb.get_item(**table, Key=KEY, ProjectionExpression="entries[0], entries")


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A page that its Limit has filled has a LastEvaluatedKey, also when nothing comes after it.",
    source="DynamoDB guide: Query.Pagination",
)
def test_a_full_page_has_a_last_key(dynamodb: Any, table: dict[str, str]) -> None:
    """The key of the last item that was looked at, whether the filter leaves it or not."""
    none = {"FilterExpression": "attribute_exists(nothing)"}
    for call, given in ((dynamodb.query, OF_A), (dynamodb.scan, {})):
        page = call(**table, **given, **none, Limit=1)
        assert (page["Count"], page["ScannedCount"], page["LastEvaluatedKey"]) == (0, 1, KEY)
        rest = call(**table, **given, ExclusiveStartKey=KEY, Limit=1)
        assert (rest["Items"], "LastEvaluatedKey" in rest) == ([], False)


def test_a_transaction_reads_a_hundred_items(dynamodb: Any, table: dict[str, str]) -> None:
    """And not one more."""
    gets = [{"Get": {**table, "Key": {**KEY, "line": {"N": str(n)}}}} for n in range(101)]
    assert len(dynamodb.transact_get_items(TransactItems=gets[:100])["Responses"]) == 100
    with pytest.raises(ClientError, match="length less than or equal to 100"):
        dynamodb.transact_get_items(TransactItems=gets)


def units(answer: dict[str, Any]) -> Any:
    """What an answer says was consumed, of one table."""
    consumed = answer["ConsumedCapacity"]
    (one,) = consumed if isinstance(consumed, list) else [consumed]
    return one["CapacityUnits"]


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A read unit is 4 KB, half of it unless consistent; within a transaction all counts twice.",
    source=UNITS,
)
def test_what_is_read_is_counted(dynamodb: Any, table: dict[str, str]) -> None:
    """An item that is not there counts as the smallest; a batch rounds up for each."""
    big = {**KEY, "line": {"N": "2"}, "text": {"S": "x" * 4096}}
    dynamodb.put_item(**table, Item=big)
    name, told = table["TableName"], {"ReturnConsumedCapacity": "TOTAL"}
    for key, expected in (
        (KEY, 1),
        ({**KEY, "line": {"N": "2"}}, 2),
        ({**KEY, "line": {"N": "3"}}, 1),
    ):
        get = {**table, "Key": key}
        assert units(dynamodb.get_item(**get, **told)) == expected / 2
        assert units(dynamodb.get_item(**get, **told, ConsistentRead=True)) == expected
        batch = {name: {"Keys": [key, {**KEY, "line": {"N": "4"}}]}}
        assert units(dynamodb.batch_get_item(RequestItems=batch, **told)) == expected / 2 + 0.5
        answer = dynamodb.transact_get_items(TransactItems=[{"Get": get}], **told)
        assert units(answer) == expected * 2
    for call, given in ((dynamodb.query, OF_A), (dynamodb.scan, {})):
        none = {"FilterExpression": "attribute_exists(nothing)", **told}
        assert units(call(**table, **given, **none)) == 1.0
        assert units(call(**table, **given, **none, ConsistentRead=True)) == 2.0
    indexed = dynamodb.query(
        **table, **OF_NEW, IndexName="by-phase", ReturnConsumedCapacity="INDEXES"
    )
    assert indexed["ConsumedCapacity"] == {
        "TableName": name,
        "CapacityUnits": 0.5,
        "Table": {"CapacityUnits": 0.0},
        "GlobalSecondaryIndexes": {"by-phase": {"CapacityUnits": 0.5}},
    }


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A write unit is 1 KB of the larger of old and new item, and more for each index it changes.",
    source=UNITS,
)
def test_what_is_written_is_counted(dynamodb: Any, table: dict[str, str]) -> None:
    """An entry of an index that moves is deleted and put; one that stays costs nothing."""
    told = {"ReturnConsumedCapacity": "INDEXES"}
    put = {**table, "Item": {**ITEM, "text": {"S": "x" * 1024}}}
    only = {"CapacityUnits": 2.0, "Table": {"CapacityUnits": 2.0}}
    assert dynamodb.put_item(**put, **told)["ConsumedCapacity"] == {**table, **only}
    moved = dynamodb.update_item(
        **table,
        Key=KEY,
        UpdateExpression="SET #s = :s REMOVE #t, #d",
        ExpressionAttributeNames={"#s": "phase", "#t": "text", "#d": "placed"},
        ExpressionAttributeValues={":s": {"S": "old"}},
        **told,
    )
    assert moved["ConsumedCapacity"] == {
        **table,
        "CapacityUnits": 5.0,
        "Table": {"CapacityUnits": 2.0},
        "GlobalSecondaryIndexes": {"by-phase": {"CapacityUnits": 2.0}},
        "LocalSecondaryIndexes": {"by-placed": {"CapacityUnits": 1.0}},
    }
    none = {**table, "Key": {**KEY, "line": {"N": "9"}}}
    assert units(dynamodb.delete_item(**none, **told)) == 1.0
    written = dynamodb.transact_write_items(
        TransactItems=[{"Delete": none}], ReturnConsumedCapacity="TOTAL"
    )
    assert written["ConsumedCapacity"] == [
        {**table, "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}
    ]
    request = {table["TableName"]: [{"DeleteRequest": {"Key": none["Key"]}}]}
    assert units(dynamodb.batch_write_item(RequestItems=request, **told)) == 1.0


STARTS = "The provided starting key is invalid: The provided key element does not match the schema"


@pytest.mark.parametrize(
    ("call", "given", "message"),
    [
        ("scan", {"ExclusiveStartKey": {"id": {"S": "a"}}}, STARTS),
        ("query", {**OF_A, "ExclusiveStartKey": {**KEY, "line": {"S": "1"}}}, STARTS),
        ("scan", {"IndexName": "by-phase", "ExclusiveStartKey": KEY}, STARTS),
        (
            "query",
            {**OF_A, "ExpressionAttributeValues": {":a": {"N": "1"}}},
            "One or more parameter values were invalid: "
            "Condition parameter type does not match schema type",
        ),
        (
            "query",
            {},
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
            "request.",
        ),
        ("delete_item", {"Key": KEY, "ReturnValues": "ALL_NEW"}, "can only be ALL_OLD or NONE"),
    ],
)
@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A read begins at a key of its table or index, and compares keys with values of their types.",
    source="dynalite's test: query",
)
def test_what_a_read_may_not_ask(
    dynamodb: Any, table: dict[str, str], call: str, given: dict[str, Any], message: str
) -> None:
    """In DynamoDB's words."""
    with pytest.raises(ClientError) as refused:
        getattr(dynamodb, call)(**table, **given)
    error = refused.value.response["Error"]
    assert (error["Code"], message in error["Message"]) == ("ValidationException", True), error


def test_a_batch_has_no_key_twice(dynamodb: Any, table: dict[str, str]) -> None:
    """Neither in two items nor in an item and a key that is deleted; numbers by their value."""
    put = {"PutRequest": {"Item": {**ITEM, "line": {"N": "1.0"}}}}
    for other in ({"DeleteRequest": {"Key": KEY}}, {"PutRequest": {"Item": KEY}}):
        with pytest.raises(ClientError, match="Provided list of item keys contains duplicates"):
            dynamodb.batch_write_item(RequestItems={table["TableName"]: [put, other]})
