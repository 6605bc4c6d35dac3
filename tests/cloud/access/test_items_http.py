"""Fine-grained access to tables: items, attributes, PartiQL, and policies of tables' own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.access.conftest import ACCOUNT, Account, allow, document
from tests.cloud.access.test_hops_http import LOGS, READS_A_STREAM, function, mapping_result, role
from tests.waiting import until

ITEM = {"owner": {"S": "ana"}, "note": {"S": "mine"}}
OTHER = {"owner": {"S": "eve"}, "note": {"S": "hers"}}
Json = Any


@pytest.fixture
def table(account: Account) -> tuple[str, str]:
    """The name and ARN of a new table with two owners' items."""
    name, dynamodb = account.name("notes"), account.client("dynamodb")
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "owner", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "owner", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    for item in (ITEM, OTHER):
        dynamodb.put_item(TableName=name, Item=item)
    return name, f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{name}"


def key(owner: str) -> Json:
    """The key of an owner's item."""
    return {"owner": {"S": owner}}


def is_denied(call: Any, **arguments: Json) -> bool:
    """Whether a call is refused for want of permission; any other failure is one of the test."""
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDeniedException", error
        return True
    return False


@pytest.mark.fidelity(
    "IAM",
    "dynamodb:LeadingKeys limits a caller to the items whose partition key a policy names.",
    source="DynamoDB guide: specifying-conditions",
)
def test_leading_keys(account: Account, table: tuple[str, str]):
    """In every operation that names keys: single, batch, query and transaction."""
    name, arn = table
    own = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["ana"]}}
    actions = ("GetItem", "PutItem", "Query", "BatchGetItem", "BatchWriteItem")
    granted = allow(*(f"dynamodb:{each}" for each in actions), on=arn, Condition=own)
    dynamodb = account.session(granted).client("dynamodb")
    condition = {
        "TableName": name,
        "KeyConditionExpression": "#o = :o",
        "ExpressionAttributeNames": {"#o": "owner"},
    }
    for owner, refused in (("ana", False), ("eve", True)):
        item, wanted = {**ITEM, **key(owner)}, key(owner)
        put = {"Put": {"TableName": name, "Item": item}}
        value = {":o": {"S": owner}}
        calls: list[tuple[Any, Json]] = [
            (dynamodb.get_item, {"TableName": name, "Key": wanted}),
            (dynamodb.put_item, {"TableName": name, "Item": item}),
            (dynamodb.query, {**condition, "ExpressionAttributeValues": value}),
            (dynamodb.batch_get_item, {"RequestItems": {name: {"Keys": [key("ana"), wanted]}}})
            if refused
            else (dynamodb.batch_get_item, {"RequestItems": {name: {"Keys": [wanted]}}}),
            (
                dynamodb.batch_write_item,
                {"RequestItems": {name: [{"PutRequest": {"Item": item}}]}},
            ),
            (dynamodb.transact_write_items, {"TransactItems": [put]}),
        ]
        for call, arguments in calls:
            assert is_denied(call, **arguments) is refused, call.__name__
    assert is_denied(dynamodb.scan, TableName=name), "which is not granted"


@pytest.mark.fidelity(
    "IAM",
    "dynamodb:Attributes, dynamodb:Select and dynamodb:ReturnValues limit what a call may name.",
    source="DynamoDB guide: specifying-conditions",
)
def test_attributes(account: Account, table: tuple[str, str]):
    """Some attributes only, which a read must therefore name."""
    name, arn = table
    conditions = {
        "ForAllValues:StringEquals": {"dynamodb:Attributes": ["owner", "note"]},
        "StringEqualsIfExists": {
            "dynamodb:Select": "SPECIFIC_ATTRIBUTES",
            "dynamodb:ReturnValues": ["NONE", "UPDATED_NEW"],
        },
    }
    granted = allow("dynamodb:GetItem", "dynamodb:UpdateItem", on=arn, Condition=conditions)
    dynamodb = account.session(granted).client("dynamodb")
    read = {"TableName": name, "Key": key("ana")}
    assert not is_denied(dynamodb.get_item, **read, ProjectionExpression="note")
    assert is_denied(dynamodb.get_item, **read, ProjectionExpression="note, salary")
    assert is_denied(dynamodb.get_item, **read), "all attributes are more than two"
    write = {
        **read,
        "UpdateExpression": "SET note = :n",
        "ExpressionAttributeValues": {":n": {"S": "x"}},
    }
    assert not is_denied(dynamodb.update_item, **write)
    assert is_denied(dynamodb.update_item, **write, ReturnValues="ALL_OLD")


@pytest.mark.fidelity(
    "IAM",
    "A statement in PartiQL needs PartiQLSelect, -Insert, -Update or -Delete on its table.",
    source="DynamoDB guide: ql-iam",
)
def test_partiql(account: Account, table: tuple[str, str]):
    """Alone, in a batch or in a transaction; GetItem and PutItem do not count."""
    name, arn = table
    other = allow("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", on=arn)
    dynamodb = account.session(allow("dynamodb:PartiQLSelect", on=arn), other).client("dynamodb")
    select = f"SELECT * FROM \"{name}\" WHERE owner = 'ana'"
    update = f"UPDATE \"{name}\" SET note = 'x' WHERE owner = 'ana'"
    assert dynamodb.execute_statement(Statement=select)["Items"] == [ITEM]
    with pytest.raises(ClientError, match=rf"perform: dynamodb:PartiQLUpdate on resource: {arn} "):
        dynamodb.execute_statement(Statement=update)
    statements = [{"Statement": select}, {"Statement": update}]
    assert is_denied(dynamodb.batch_execute_statement, Statements=statements)
    assert not is_denied(dynamodb.batch_execute_statement, Statements=statements[:1])
    assert is_denied(dynamodb.execute_transaction, TransactStatements=statements)
    elsewhere = select.replace(name, "elsewhere")
    with pytest.raises(ClientError, match="table/elsewhere because no identity-based policy"):
        dynamodb.execute_statement(Statement=elsewhere)


@pytest.mark.fidelity(
    "IAM",
    "A condition on LeadingKeys, Attributes or Select lets no statement in PartiQL through.",
    differs="Which items a statement touches is not worked out, and nothing is allowed unseen.",
)
def test_no_condition_on_items_is_met_by_partiql(account: Account, table: tuple[str, str]):
    """On AWS the owner's own item could be read."""
    name, arn = table
    own = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["ana"]}}
    dynamodb = account.session(allow("dynamodb:PartiQL*", on=arn, Condition=own)).client("dynamodb")
    select = f"SELECT * FROM \"{name}\" WHERE owner = 'ana'"
    assert is_denied(dynamodb.execute_statement, Statement=select)


@pytest.mark.fidelity(
    "IAM",
    "A table's own policy lets a role in, or keeps it out, as a queue's does.",
    source="DynamoDB guide: access-control-resource-based",
)
def test_a_tables_own_policy(account: Account, table: tuple[str, str]):
    """An allow there is enough, a deny wins, and without it all is as before."""
    name, arn = table
    actor = account.session(allow("dynamodb:PutItem", on=arn))
    dynamodb, administrator = actor.client("dynamodb"), account.client("dynamodb")
    read = {"TableName": name, "Key": key("ana")}
    assert is_denied(dynamodb.get_item, **read)
    everybody = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/{actor.arn.split('/')[-2]}"}}
    lets = allow("dynamodb:GetItem", on=arn, **everybody)
    keeps = {**allow("dynamodb:PutItem", on=arn, **everybody), "Effect": "Deny"}
    administrator.put_resource_policy(ResourceArn=arn, Policy=document(lets, keeps))
    assert not is_denied(dynamodb.get_item, **read)
    with pytest.raises(ClientError, match="with an explicit deny in a resource-based policy"):
        dynamodb.put_item(TableName=name, Item=ITEM)
    administrator.delete_resource_policy(ResourceArn=arn)
    assert is_denied(dynamodb.get_item, **read)
    assert not is_denied(dynamodb.put_item, TableName=name, Item=ITEM)


def test_a_tables_policy_goes_with_it(account: Account, table: tuple[str, str]):
    """A table that is made anew under the same name has none."""
    name, arn = table
    dynamodb = account.client("dynamodb")
    lets = allow("dynamodb:GetItem", on=arn, Principal="*")
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=document(lets))
    dynamodb.delete_table(TableName=name)
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "owner", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "owner", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with pytest.raises(dynamodb.exceptions.PolicyNotFoundException):
        dynamodb.get_resource_policy(ResourceArn=arn)


@pytest.mark.fidelity(
    "IAM",
    "A stream has a policy of its own, by which a function's role may read it.",
    source="DynamoDB guide: access-control-resource-based",
)
def test_a_streams_own_policy(account: Account, table: tuple[str, str]):
    """The table's does not cover it; with it, a mapping polls, and has no problem any more."""
    name, arn = table
    dynamodb, lambda_ = account.client("dynamodb"), account.client("lambda")
    stream = dynamodb.describe_table(TableName=name)["Table"]["LatestStreamArn"]
    _, role_arn = role(account, LOGS)
    made = function(account, role_arn)
    mapping = {"EventSourceArn": stream, "FunctionName": made, "StartingPosition": "TRIM_HORIZON"}
    mapping["FilterCriteria"] = {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]}
    reads = [f"dynamodb:{each}" for each in READS_A_STREAM]
    principal = {"Principal": {"AWS": role_arn}}
    dynamodb.put_resource_policy(
        ResourceArn=arn, Policy=document(allow(*reads, on=f"{arn}/stream/*", **principal))
    )
    with pytest.raises(ClientError, match="Cannot access stream"):
        lambda_.create_event_source_mapping(**mapping)
    policy = document(allow(*reads, on=stream, **principal))
    dynamodb.put_resource_policy(ResourceArn=stream, Policy=policy)
    assert json.loads(dynamodb.get_resource_policy(ResourceArn=stream)["Policy"])
    uuid = lambda_.create_event_source_mapping(**mapping)["UUID"]
    until(lambda: mapping_result(account, uuid) == "OK")
    dynamodb.delete_resource_policy(ResourceArn=stream)
    dynamodb.put_item(TableName=name, Item={**ITEM, "note": {"S": "another"}})
    until(lambda: "Cannot access stream" in mapping_result(account, uuid))
    dynamodb.put_resource_policy(ResourceArn=stream, Policy=policy)
    until(lambda: mapping_result(account, uuid) == "OK")
    lambda_.delete_event_source_mapping(UUID=uuid)
