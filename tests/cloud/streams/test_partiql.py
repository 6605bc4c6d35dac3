"""Statements in PartiQL, as AWS's tutorials write them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from labkit.cloud.streams.partiql import parameterised


@pytest.mark.parametrize(
    ("statement", "given", "read", "values"),
    [
        (
            """SELECT * FROM "Music" WHERE Artist='Acme Band' AND year >= 1990""",
            [],
            "SELECT * FROM Music WHERE Artist = ? AND year >= ?",
            [{"S": "Acme Band"}, {"N": "1990"}],
        ),
        (
            """UPDATE "Music" SET price=1.50 SET sold=true WHERE Artist=? AND Song='It''s'""",
            [{"S": "Acme Band"}],
            "UPDATE Music SET price = ? SET sold = ? WHERE Artist = ? AND Song = ?",
            [{"N": "1.50"}, {"BOOL": True}, {"S": "Acme Band"}, {"S": "It's"}],
        ),
        (
            """SELECT a FROM "my-table"."by-a" WHERE begins_with(a, 'x (y)')""",
            [],
            """SELECT a FROM "my-table"."by-a" WHERE begins_with(a, 'x (y)')""",
            [],
        ),
        (
            """INSERT INTO "Music" VALUE {'Artist' : 'Acme Band'}""",
            [],
            """INSERT INTO "Music" VALUE {'Artist' : 'Acme Band'}""",
            [],
        ),
        (
            """DELETE FROM "Music" WHERE Artist=?""",
            [{"S": "Acme Band"}],
            "DELETE FROM Music WHERE Artist = 'Acme Band'",
            [],
        ),
        (
            """SELECT a FROM "my-table" WHERE (contains("b", 'x') OR NOT(b=1)) AND (c>2)""",
            [],
            """SELECT a FROM "my-table" WHERE (contains(b, 'x') OR NOT (b = ?)) AND (c > ?)""",
            [{"N": "1"}, {"N": "2"}],
        ),
        ("", [], "", []),
    ],
)
def test_values_become_parameters(
    statement: str, given: list[Any], read: str, values: list[Any]
) -> None:
    """Each in its turn; an item that is inserted stays as it is."""
    assert parameterised(statement, given) == (read, values)


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
