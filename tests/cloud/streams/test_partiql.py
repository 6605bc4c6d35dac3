"""Statements in PartiQL, as AWS's tutorials write them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "Statements in PartiQL compare and set values that are written in them, blanks or none.",
    source="LocalStack's recording: dynamodb/test_dynamodb",
)
def test_statements_with_values(client: Callable[..., Any]) -> None:
    """Alone and several at once; a batch answers with the table of each."""
    dynamodb, name = client("dynamodb"), f"Music{uuid.uuid4().hex[:8]}"
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "Username", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "Username", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    statements = [
        f"""INSERT INTO "{name}" VALUE {{'Username': 'user02'}}""",
        f"""UPDATE "{name}" SET Age=20 WHERE Username='user02'""",
    ]
    answered = dynamodb.batch_execute_statement(
        Statements=[{"Statement": each} for each in statements]
    )
    assert answered["Responses"] == [{"TableName": name}, {"TableName": name}]
    read = f"""SELECT * FROM "{name}" WHERE Username='user02'"""
    item = {"Username": {"S": "user02"}, "Age": {"N": "20"}}
    assert dynamodb.execute_statement(Statement=read)["Items"] == [item]
    grouped = (
        f"""SELECT Age FROM "{name}" WHERE (contains("Username", '02') OR Age=1) AND Age>=20"""
    )
    assert dynamodb.execute_statement(Statement=grouped)["Items"] == [{"Age": {"N": "20"}}]
    [found] = dynamodb.batch_execute_statement(Statements=[{"Statement": read}])["Responses"]
    assert found == {"TableName": name, "Item": item}
    delete = f"""DELETE FROM "{name}" WHERE Username=?"""
    dynamodb.execute_statement(Statement=delete, Parameters=[{"S": "user02"}])
    assert dynamodb.scan(TableName=name)["Count"] == 0


@pytest.fixture(scope="module")
def orders(client: Callable[..., Any]) -> Any:
    """DynamoDB with a table of four orders, two of which are in its index."""
    dynamodb = client("dynamodb")
    names = {"customer": "S", "number": "N", "carrier": "S"}
    dynamodb.create_table(
        TableName="Sales",
        KeySchema=[
            {"AttributeName": "customer", "KeyType": "HASH"},
            {"AttributeName": "number", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind} for name, kind in names.items()
        ],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-carrier",
                "KeySchema": [{"AttributeName": "carrier", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    for number in range(4):
        item = {"customer": {"S": f"c{number % 2}"}, "number": {"N": str(number)}}
        item["ship"] = {"M": {"days": {"N": str(number)}, "via": {"L": [{"S": f"port {number}"}]}}}
        item |= {"carrier": {"S": "post"}} if number % 2 else {"note": {"NULL": True}}
        dynamodb.put_item(TableName="Sales", Item=item)
    return dynamodb


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A SELECT has all operators and functions of conditions, paths, and ORDER BY.",
    source="DynamoDB guide: ql-reference.select",
)
@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ("WHERE begins_with(customer, 'c') AND number > 1", {2, 3}),
        ("WHERE (contains(\"customer\", '1') OR number=0) AND number < 3", {0, 1}),
        ("WHERE number IN [1, 3]", {1, 3}),
        ("WHERE number IN (1, 7)", {1}),
        ("WHERE number BETWEEN 1 AND 2", {1, 2}),
        ("WHERE NOT number = 2 AND customer <> 'c1'", {0}),
        ("WHERE carrier IS MISSING", {0, 2}),
        ("WHERE carrier IS NOT MISSING AND number >= 3", {3}),
        ("WHERE note IS NULL", {0, 2}),
        ("WHERE NOT attribute_type(\"note\", 'NULL') AND size(carrier) = 4", {1, 3}),
        ("WHERE ship.days <= 1", {0, 1}),
        ("WHERE ship.via[0] = 'port 2'", {2}),
        ("", {0, 1, 2, 3}),
    ],
)
def test_what_a_select_finds(orders: Any, where: str, numbers: set[int]) -> None:
    """Each operator of the reference, with what moto's own reader would not have found."""
    found = orders.execute_statement(Statement=f'SELECT number FROM "Sales" {where}')["Items"]
    assert {int(item.pop("number")["N"]) for item in found} == numbers
    assert not any(found)


def test_what_a_select_shows(orders: Any) -> None:
    """A value within an attribute has its own name; an index has only its items, in order."""
    said = orders.execute_statement
    [row] = said(Statement="SELECT number, ship.days FROM Sales WHERE number = 3")["Items"]
    assert row == {"number": {"N": "3"}, "days": {"N": "3"}}
    of_index = 'SELECT number FROM "Sales"."by-carrier" WHERE carrier = ? ORDER BY number DESC'
    found = said(Statement=of_index, Parameters=[{"S": "post"}])["Items"]
    assert found == [{"number": {"N": "3"}}, {"number": {"N": "1"}}]


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "What the local cloud cannot read of a statement in PartiQL is refused, not left out.",
    differs="A reader of all of PartiQL would be larger than what it reads for.",
)
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT COUNT(*) FROM Sales",
        "SELECT * FROM Sales WHERE total(number) = 1",
        "SELECT * FROM Sales WHERE number = 1 + 1",
        "SELECT * FROM Sales WHERE customer = ?",
        "SELECT * FROM Sales WHERE",
        "SELECT * FROM Sales, Orders",
        "SELECT * FROM Sales ORDER BY note",
        "SELECT ship.via[0] FROM Sales",
        "UPDATE Sales SET ship.days=total(9) WHERE customer='c1' AND number=1",
        "UPDATE Sales SET days=9 WHERE customer='c1' AND (number=1 OR number=3)",
        "INSERT INTO Sales VALUE {'customer': 'c9', 'number': 1, 'ship': days}",
        "INSERT INTO Sales VALUE {'customer', 'number': 1}",
        "SELECT * FROM Sales FROM Sales",
        "SELECT * FROM Sales ORDER",
    ],
)
def test_what_is_not_read_is_refused(orders: Any, statement: str) -> None:
    """ValidationException, and nothing has been changed."""
    with pytest.raises(orders.exceptions.ClientError, match="ValidationException"):
        orders.execute_statement(Statement=statement)
    item = orders.get_item(TableName="Sales", Key={"customer": {"S": "c1"}, "number": {"N": "1"}})
    assert item["Item"].keys() == {"customer", "number", "ship", "carrier"}
    assert item["Item"]["ship"]["M"]["days"] == {"N": "1"}
