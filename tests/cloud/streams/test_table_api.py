"""Tables as DynamoDB's API describes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

KEY = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
}


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A table is CREATING, UPDATING or DELETING in the answer of the call that makes it so.",
    source="recorded: test_dynamodb_event_source_mapping_with_on_failure_destination_config",
)
def test_a_tables_states_and_its_id(client: Callable[..., Any]) -> None:
    """The id stays the same for as long as the table lives."""
    dynamodb = client("dynamodb")
    created = dynamodb.create_table(TableName="states", BillingMode="PAY_PER_REQUEST", **KEY)
    updated = dynamodb.update_table(
        TableName="states",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    described = dynamodb.describe_table(TableName="states")
    deleted = dynamodb.delete_table(TableName="states")
    tables = [created["TableDescription"], updated["TableDescription"], described["Table"]]
    tables.append(deleted["TableDescription"])
    states = [table["TableStatus"] for table in tables]
    assert states == ["CREATING", "UPDATING", "ACTIVE", "DELETING"]
    assert len({table["TableId"] for table in tables}) == 1
    again = dynamodb.create_table(TableName="states", BillingMode="PAY_PER_REQUEST", **KEY)
    assert again["TableDescription"]["TableId"] != created["TableDescription"]["TableId"]


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A change of a table is complete at once.",
    differs="Nobody waits seconds for a table; waiters return at once.",
)
def test_only_what_a_table_has_is_described(client: Callable[..., Any]) -> None:
    """No empty lists of indexes; a provisioned table has no billing mode."""
    dynamodb = client("dynamodb")
    throughput = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    dynamodb.create_table(TableName="provisioned", ProvisionedThroughput=throughput, **KEY)
    dynamodb.get_waiter("table_exists").wait(TableName="provisioned")
    table = dynamodb.describe_table(TableName="provisioned")["Table"]
    absent = {"GlobalSecondaryIndexes", "LocalSecondaryIndexes", "BillingModeSummary"}
    assert not absent & table.keys()


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A table that is protected against deletion, or is not there, is refused in AWS's words.",
    source="report: nubo-db/dynoxide/issues/46",
)
def test_what_is_refused_of_a_table(client: Callable[..., Any]) -> None:
    """Its time to live, too, is that of a table."""
    dynamodb = client("dynamodb")
    options = {"BillingMode": "PAY_PER_REQUEST", "DeletionProtectionEnabled": True}
    dynamodb.create_table(TableName="protected", **options, **KEY)
    missing = "Requested resource not found: Table: missing not found"
    expiring = {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "ttl"}}
    for call, given, code, message in (
        (
            dynamodb.delete_table,
            {"TableName": "protected"},
            "ValidationException",
            "Resource cannot be deleted as it is currently protected against deletion. "
            "Disable deletion protection first.",
        ),
        (dynamodb.delete_table, {"TableName": "missing"}, "ResourceNotFoundException", missing),
        (
            dynamodb.describe_time_to_live,
            {"TableName": "missing"},
            "ResourceNotFoundException",
            missing,
        ),
        (
            dynamodb.update_time_to_live,
            {"TableName": "missing", **expiring},
            "ResourceNotFoundException",
            missing,
        ),
    ):
        with pytest.raises(ClientError) as refused:
            call(**given)
        assert refused.value.response["Error"] == {"Code": code, "Message": message}


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "An index is added with the attributes of its own key alone; those of others stay defined.",
    source="DynamoDB API: UpdateTable",
)
def test_an_index_is_added_and_taken_away(client: Callable[..., Any]) -> None:
    """Once each; what is provisioned says how much."""
    dynamodb, named = client("dynamodb"), {"TableName": "indexed"}
    dynamodb.create_table(**named, BillingMode="PAY_PER_REQUEST", **KEY)
    index = {
        "IndexName": "by-day",
        "KeySchema": [{"AttributeName": "placed", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    added = {
        "AttributeDefinitions": [{"AttributeName": "placed", "AttributeType": "S"}],
        "GlobalSecondaryIndexUpdates": [{"Create": index}],
    }
    gone = {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-day"}}]}
    defined = dynamodb.update_table(**named, **added)["TableDescription"]["AttributeDefinitions"]
    assert defined == [*KEY["AttributeDefinitions"], *added["AttributeDefinitions"]]
    dynamodb.put_item(**named, Item={"id": {"S": "a"}, "placed": {"S": "monday"}})
    assert dynamodb.scan(**named, IndexName="by-day")["Count"] == 1
    with pytest.raises(ClientError, match="an index which already exists"):
        dynamodb.update_table(**named, **added)
    dynamodb.update_table(**named, **gone)
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.update_table(**named, **gone)
    with pytest.raises(ClientError, match="must both be specified when BillingMode is PROVISIONED"):
        dynamodb.update_table(**named, BillingMode="PROVISIONED")


def test_items_expire_by_one_attribute(client: Callable[..., Any]) -> None:
    """Another one is refused until the first is given up."""
    dynamodb, named = client("dynamodb"), {"TableName": "expiring"}
    dynamodb.create_table(**named, BillingMode="PAY_PER_REQUEST", **KEY)

    def expire(attribute: str, *, enabled: bool = True) -> None:
        specification = {"Enabled": enabled, "AttributeName": attribute}
        dynamodb.update_time_to_live(**named, TimeToLiveSpecification=specification)

    expire("until")
    with pytest.raises(ClientError, match="TimeToLive is already enabled"):
        expire("until")
    with pytest.raises(
        ClientError, match="different AttributeName: current AttributeName is until"
    ):
        expire("other", enabled=False)
    expire("until", enabled=False)
    expire("other")
