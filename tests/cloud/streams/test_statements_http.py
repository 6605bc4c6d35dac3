"""Statements in PartiQL that write: what they refuse, what they return, and all or none of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

UPDATES = "DynamoDB guide: ql-reference.update"
DELETES = "DynamoDB guide: ql-reference.delete"


@pytest.fixture(scope="module")
def dynamodb(client: Callable[..., Any]) -> Any:
    """A DynamoDB client."""
    return client("dynamodb")


@pytest.fixture
def table(dynamodb: Any) -> str:
    """The name of a new table whose key is a number, with the item 5."""
    name = f"orders{uuid.uuid4().hex[:8]}"
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.execute_statement(Statement=f"INSERT INTO {name} VALUE {{'id': 5, 'total': 1}}")
    return name


def refusal(call: Callable[..., Any], **given: Any) -> dict[str, Any]:
    """How a call is refused."""
    with pytest.raises(ClientError) as refused:
        call(**given)
    response: dict[str, Any] = refused.value.response
    return response


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "An item cannot be inserted twice: `DuplicateItemException`.",
    source="botocore: dynamodb/2012-08-10/service-2.json",
)
def test_an_item_is_inserted_once(dynamodb: Any, table: str) -> None:
    """A batch says so of the statement; the item stays as it was."""
    insert = f"INSERT INTO {table} VALUE {{'id': 5}}"
    assert refusal(dynamodb.execute_statement, Statement=insert)["Error"] == {
        "Code": "DuplicateItemException",
        "Message": "Duplicate primary key exists in table",
    }
    [answer] = dynamodb.batch_execute_statement(Statements=[{"Statement": insert}])["Responses"]
    assert answer["Error"]["Code"] == "DuplicateItem"
    assert dynamodb.scan(TableName=table)["Items"] == [{"id": {"N": "5"}, "total": {"N": "1"}}]


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "An UPDATE of no item is `ConditionalCheckFailedException`.",
    source=UPDATES,
)
@pytest.mark.fidelity("DynamoDB Streams", "A DELETE of no item is a success.", source=DELETES)
def test_statements_about_no_item(dynamodb: Any, table: str) -> None:
    """Both need the whole key."""
    update = f"UPDATE {table} SET total=2 WHERE id=6"
    code = refusal(dynamodb.execute_statement, Statement=update)["Error"]["Code"]
    assert code == "ConditionalCheckFailedException"
    deleted = dynamodb.execute_statement(Statement=f"DELETE FROM {table} WHERE id=6")
    assert deleted["Items"] == []
    for keyless in (f"UPDATE {table} SET a=2 WHERE total=1", f"DELETE FROM {table} WHERE total=1"):
        message = refusal(dynamodb.execute_statement, Statement=keyless)["Error"]["Message"]
        assert message == "Where clause does not contain a mandatory equality on all key attributes"
    assert dynamodb.scan(TableName=table)["Count"] == 1


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A statement returns the old or new item, all of it or what was modified.",
    source=UPDATES,
)
def test_what_a_statement_returns(dynamodb: Any, table: str) -> None:
    """A key may be a number."""
    old, new = {"id": {"N": "5"}, "total": {"N": "1"}}, {"id": {"N": "5"}, "total": {"N": "2"}}
    update = f"UPDATE {table} SET total={{}} WHERE id=5 RETURNING {{}} *"
    for total, returning, expected in (
        (2, "ALL OLD", old),
        (2, "ALL NEW", new),
        (3, "MODIFIED OLD", {"total": {"N": "2"}}),
        (2, "modified new", {"total": {"N": "2"}}),
    ):
        answer = dynamodb.execute_statement(Statement=update.format(total, returning))
        assert answer["Items"] == [expected], returning
    delete = f"DELETE FROM {table} WHERE id=? RETURNING ALL OLD *"
    answer = dynamodb.execute_statement(Statement=delete, Parameters=[{"N": "5"}])
    assert answer["Items"] == [new]
    assert dynamodb.scan(TableName=table)["Count"] == 0


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "Statements of a transaction are carried out all or none, once for each token.",
    source="DynamoDB API: ExecuteTransaction",
)
def test_a_transaction_of_statements(dynamodb: Any, table: str) -> None:
    """The reason of each is told."""
    first = {"Statement": f"INSERT INTO {table} VALUE {{'id': 6}}"}
    second = {"Statement": f"INSERT INTO {table} VALUE {{'id': 5}}"}
    cancelled = refusal(dynamodb.execute_transaction, TransactStatements=[first, second])
    assert cancelled["Error"]["Code"] == "TransactionCanceledException"
    codes = [reason["Code"] for reason in cancelled["CancellationReasons"]]
    assert codes == ["None", "DuplicateItem"]
    assert dynamodb.scan(TableName=table)["Count"] == 1
    for _ in range(2):
        dynamodb.execute_transaction(TransactStatements=[first], ClientRequestToken="once")
    assert dynamodb.scan(TableName=table)["Count"] == 2


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A statement inserts values of each type, and updates parts of them, as an expression does.",
    source=UPDATES,
)
def test_values_of_each_type(dynamodb: Any, table: str) -> None:
    """Lists, maps and sets, written or given; SET several times, and REMOVE."""
    said = dynamodb.execute_statement
    said(
        Statement=f"""INSERT INTO "{table}" VALUE {{'id': 7, 'tags': <<'a', 'b'>>, 'on': true,
            'lines': [1, {{'sku': 'It''s', 'n': ?}}], 'none': null}}""",
        Parameters=[{"L": [{"N": "2"}]}],
    )
    item = dynamodb.get_item(TableName=table, Key={"id": {"N": "7"}})["Item"]
    line = {"M": {"sku": {"S": "It's"}, "n": {"L": [{"N": "2"}]}}}
    assert item == {
        "id": {"N": "7"},
        "tags": {"SS": ["a", "b"]},
        "on": {"BOOL": True},
        "lines": {"L": [{"N": "1"}, line]},
        "none": {"NULL": True},
    }
    update = f"""UPDATE "{table}" SET lines=list_append(lines, [3]) SET lines[1].sku=?
        SET "n" = if_not_exists(n, 1) + 1 REMOVE none REMOVE tags
        WHERE id=7 AND size(lines) = 2 RETURNING ALL NEW *"""
    with pytest.raises(ClientError, match="Two document paths overlap"):
        said(Statement=update, Parameters=[{"S": "x"}])
    update = update.replace("SET lines[1].sku=?", "SET state=?")
    [new] = said(Statement=update, Parameters=[{"S": "x"}])["Items"]
    assert new == {
        "id": {"N": "7"},
        "on": {"BOOL": True},
        "lines": {"L": [*item["lines"]["L"], {"N": "3"}]},
        "n": {"N": "2"},
        "state": {"S": "x"},
    }
    [nested] = said(
        Statement=f"UPDATE {table} SET lines[1].sku='y' WHERE id=7 RETURNING MODIFIED NEW *"
    )["Items"]
    assert nested["lines"]["L"][1]["M"]["sku"] == {"S": "y"}


def test_a_transaction_with_a_wrong_statement_writes_nothing(dynamodb: Any, table: str) -> None:
    """What came before it is undone."""
    statements = [f"INSERT INTO {table} VALUE {{'id': 8}}", f"UPDATE {table} SET a=1 WHERE b=2"]
    asked = [{"Statement": statement} for statement in statements]
    cancelled = refusal(dynamodb.execute_transaction, TransactStatements=asked)
    codes = [reason["Code"] for reason in cancelled["CancellationReasons"]]
    assert codes == ["None", "ValidationError"]
    assert dynamodb.scan(TableName=table)["Count"] == 1


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "set_add and set_delete change a set; EXISTS lets a transaction's statements be carried out.",
    source=UPDATES,
)
def test_members_of_sets_and_conditions_of_transactions(dynamodb: Any, table: str) -> None:
    """A condition that is not met cancels the transaction, and a RETURNING that is none a write."""
    said = dynamodb.execute_statement
    members = f"UPDATE {table} SET members = {{}} WHERE id=5 RETURNING MODIFIED NEW *"
    for value, expected in (
        ("<<'one', 'two'>>", ["one", "two"]),
        ("set_add(members, <<'three'>>)", ["one", "two", "three"]),
        ("set_delete(members, <<'one', 'two'>>)", ["three"]),
    ):
        [new] = said(Statement=members.format(value))["Items"]
        assert new == {"members": {"SS": expected}}
    with pytest.raises(ClientError, match="RETURNING"):
        said(Statement=f"UPDATE {table} SET total=9 WHERE id=5 RETURNING EVERYTHING")
    exists = f"EXISTS(SELECT * FROM {table} WHERE id=5 AND total={{}})"
    delete = {"Statement": f"DELETE FROM {table} WHERE id=5"}
    asked = [{"Statement": exists.format(2)}, delete]
    cancelled = refusal(dynamodb.execute_transaction, TransactStatements=asked)
    codes = [reason["Code"] for reason in cancelled["CancellationReasons"]]
    assert codes == ["ConditionalCheckFailed", "None"]
    assert dynamodb.scan(TableName=table)["Count"] == 1
    asked = [{"Statement": exists.format(1)}, delete]
    assert dynamodb.execute_transaction(TransactStatements=asked)["Responses"] == []
    assert dynamodb.scan(TableName=table)["Count"] == 0
