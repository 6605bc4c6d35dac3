"""What only describes a resource, or has no effect that one could see, is shown as it was given."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.cloud.functions.surroundings import TRUST, zipped

Clients = Callable[..., Any]
TAGS = {"course": "event-driven"}


@pytest.mark.fidelity(
    "SQS",
    "Messages are not encrypted at rest, whatever SqsManagedSseEnabled says.",
    differs="They never leave this machine's memory.",
)
def test_what_describes_a_queue_is_shown_as_given(client: Clients) -> None:
    """Tags, and the encryption that AWS manages by itself."""
    sqs = client("sqs")
    made = sqs.create_queue(
        QueueName="described", Attributes={"SqsManagedSseEnabled": "true"}, tags=TAGS
    )
    shown = sqs.get_queue_attributes(QueueUrl=made["QueueUrl"], AttributeNames=["All"])
    assert shown["Attributes"]["SqsManagedSseEnabled"] == "true"
    assert sqs.list_queue_tags(QueueUrl=made["QueueUrl"])["Tags"] == TAGS


@pytest.mark.fidelity(
    "Lambda",
    "Functions run on this machine's Python and processor, whatever runtime and architecture say.",
    differs="A laptop has one Python with the lab's packages; Runtime may be any python3.x.",
)
def test_what_describes_a_function_is_shown_as_given(client: Clients) -> None:
    """Descriptions, tags, architecture and the size of /tmp."""
    functions, name = client("lambda"), "described"
    role = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    functions.create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=role["Role"]["Arn"],
        Handler="app.handler",
        Code={"ZipFile": zipped("def handler(event, context): pass")},
        Description="before",
        Architectures=["x86_64"],
        EphemeralStorage={"Size": 1024},
        Tags=TAGS,
    )
    functions.update_function_configuration(
        FunctionName=name, Description="after", EphemeralStorage={"Size": 2048}
    )
    code = zipped("def handler(event, context): pass")
    functions.update_function_code(FunctionName=name, ZipFile=code, Architectures=["arm64"])
    shown = functions.get_function(FunctionName=name)
    assert shown["Tags"] == TAGS
    configuration = shown["Configuration"]
    assert configuration["Description"] == "after"
    assert configuration["Architectures"] == ["arm64"]
    assert configuration["EphemeralStorage"] == {"Size": 2048}
    version = functions.publish_version(FunctionName=name, Description="first")
    assert version["Description"] == "first"
    alias = functions.create_alias(
        FunctionName=name, Name="live", FunctionVersion="1", Description="for all"
    )
    assert alias["Description"] == "for all"
    assert json.load(functions.invoke(FunctionName=name)["Payload"]) is None


def test_what_describes_an_api_is_shown_as_given(client: Clients) -> None:
    """Names, descriptions, tags and the like, from the API down to its keys."""
    gateway = client("apigateway")
    api = gateway.create_rest_api(
        name="described",
        description="an API",
        tags=TAGS,
        endpointConfiguration={"types": ["REGIONAL"]},
    )
    assert (api["name"], api["description"], api["tags"]) == ("described", "an API", TAGS)
    assert api["endpointConfiguration"]["types"] == ["REGIONAL"]
    where = {
        "restApiId": api["id"],
        "resourceId": gateway.get_resources(restApiId=api["id"])["items"][0]["id"],
        "httpMethod": "GET",
    }
    method = gateway.put_method(**where, authorizationType="NONE", operationName="look")
    assert method["operationName"] == "look"
    gateway.put_integration(**where, type="MOCK", cacheNamespace="shelf")
    models = {"application/json": "Empty"}
    gateway.put_method_response(**where, statusCode="200", responseModels=models)
    shown = gateway.get_method(**where)
    assert shown["methodIntegration"]["cacheNamespace"] == "shelf"
    assert shown["methodResponses"]["200"]["responseModels"] == models
    deployment = gateway.create_deployment(restApiId=api["id"], description="at last")
    assert deployment["description"] == "at last"
    stage = gateway.create_stage(
        restApiId=api["id"],
        stageName="first",
        deploymentId=deployment["id"],
        description="a stage",
        tags=TAGS,
    )
    assert (stage["description"], stage["tags"]) == ("a stage", TAGS)
    key = gateway.create_api_key(
        name="shop", description="a key", enabled=True, generateDistinctId=True, tags=TAGS
    )
    assert (key["name"], key["description"], key["tags"]) == ("shop", "a key", TAGS)
    assert key["id"] != key["value"]
    plan = gateway.create_usage_plan(name="slow", description="a plan", tags=TAGS)
    assert (plan["name"], plan["description"], plan["tags"]) == ("slow", "a plan", TAGS)


def test_what_describes_an_http_api_is_shown_as_given(client: Clients) -> None:
    """Descriptions, tags and the like of APIs, integrations, routes, stages and deployments."""
    gateway = client("apigatewayv2")
    api = gateway.create_api(
        Name="described", ProtocolType="HTTP", Description="an API", Tags=TAGS, Version="2"
    )
    assert (api["Description"], api["Tags"], api["Version"]) == ("an API", TAGS, "2")
    where = {"ApiId": api["ApiId"]}
    integration = gateway.create_integration(
        **where,
        IntegrationType="AWS_PROXY",
        IntegrationUri="arn:aws:lambda:us-east-1:123456789012:function:writer",
        PayloadFormatVersion="2.0",
        Description="to the writer",
    )
    assert integration["Description"] == "to the writer"
    route = gateway.create_route(
        **where,
        RouteKey="POST /orders",
        Target=f"integrations/{integration['IntegrationId']}",
        OperationName="order",
    )
    assert route["OperationName"] == "order"
    stage = gateway.create_stage(**where, StageName="lab", Description="a stage", Tags=TAGS)
    assert (stage["Description"], stage["Tags"]) == ("a stage", TAGS)
    assert gateway.create_deployment(**where, Description="at last")["Description"] == "at last"


def test_what_describes_a_topic_is_shown_as_given(client: Clients) -> None:
    """Policy and tags."""
    sns = client("sns")
    topic_arn = "arn:aws:sns:us-east-1:123456789012:described"
    publish = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": topic_arn}
    policy = {"Version": "2012-10-17", "Statement": [publish]}
    tags = [{"Key": "course", "Value": "event-driven"}]
    topic = sns.create_topic(Name="described", Attributes={"Policy": json.dumps(policy)}, Tags=tags)
    shown = sns.get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
    assert json.loads(shown["Policy"]) == policy
    assert sns.list_tags_for_resource(ResourceArn=topic["TopicArn"])["Tags"] == tags


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A table's throughput is shown and has no limit.",
    differs="A laptop has no capacity to sell; a fault can be injected instead.",
    source="DynamoDB API: CreateTable",
)
def test_what_describes_a_table_is_shown_as_given(client: Clients) -> None:
    """Throughput, indexes, tags and the protection from deletion."""
    dynamodb = client("dynamodb")
    tags = [{"Key": "course", "Value": "event-driven"}]
    capacity = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    key, late = (
        [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": name, "KeyType": "RANGE"}]
        for name in ("at", "late")
    )
    index = {"IndexName": "by-late", "KeySchema": late, "Projection": {"ProjectionType": "ALL"}}
    dynamodb.create_table(
        TableName="described",
        KeySchema=key,
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("id", "at", "late")
        ],
        ProvisionedThroughput=capacity,
        LocalSecondaryIndexes=[index],
        GlobalSecondaryIndexes=[
            {**index, "IndexName": "everywhere", "ProvisionedThroughput": capacity}
        ],
        DeletionProtectionEnabled=True,
        Tags=tags,
    )
    table = dynamodb.describe_table(TableName="described")["Table"]
    assert table["ProvisionedThroughput"]["WriteCapacityUnits"] == 1
    assert [index["IndexName"] for index in table["LocalSecondaryIndexes"]] == ["by-late"]
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["everywhere"]
    assert table["DeletionProtectionEnabled"] is True
    assert dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"] == tags
    for number in range(100):  # a hundred writes in a second where one is paid for
        item = {name: {"S": str(number)} for name in ("id", "at", "late")}
        dynamodb.put_item(TableName="described", Item=item)
    for name in ("by-late", "everywhere"):
        found = dynamodb.query(
            TableName="described",
            IndexName=name,
            KeyConditionExpression="id = :id",
            ExpressionAttributeValues={":id": {"S": "7"}},
        )
        assert found["Count"] == 1
    dynamodb.update_table(
        TableName="described",
        DeletionProtectionEnabled=False,
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "everywhere"}}],
    )
    table = dynamodb.describe_table(TableName="described")["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert "everywhere" not in json.dumps(table.get("GlobalSecondaryIndexes", []))
    dynamodb.delete_table(TableName="described")


def test_what_describes_an_alarm_is_shown_as_given(client: Clients) -> None:
    """Its unit, tags, and whom it tells when there are no data."""
    topic = client("sns").create_topic(Name="described")["TopicArn"]
    cloudwatch, tags = client("cloudwatch"), [{"Key": "course", "Value": "event-driven"}]
    cloudwatch.put_metric_alarm(
        AlarmName="described",
        Namespace="Described",
        MetricName="M",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        InsufficientDataActions=[topic],
        Unit="Count",
        Tags=tags,
    )
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["described"])["MetricAlarms"]
    assert (alarm["InsufficientDataActions"], alarm["Unit"]) == ([topic], "Count")
    assert cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"] == tags


@pytest.mark.fidelity(
    "IAM",
    "A role's longest session is shown, and limits no session.",
    differs="A lab's sessions last as long as they are asked for, up to twelve hours.",
)
def test_what_describes_an_identity_is_shown_as_given(client: Clients) -> None:
    """Paths, descriptions, tags, and how long a session may last."""
    iam, tags = client("iam"), [{"Key": "course", "Value": "event-driven"}]
    given = {"Path": "/course/", "Description": "described", "Tags": tags}
    trust = json.dumps(TRUST)
    iam.create_role(
        RoleName="shown", AssumeRolePolicyDocument=trust, MaxSessionDuration=7200, **given
    )
    allowed = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    made = iam.create_policy(PolicyName="shown", PolicyDocument=document, **given)["Policy"]
    role = iam.get_role(RoleName="shown")["Role"]
    policy = iam.get_policy(PolicyArn=made["Arn"])["Policy"]
    assert role["MaxSessionDuration"] == 7200
    for shown in (role, policy):
        assert {name: shown[name] for name in given} == given


@pytest.mark.fidelity(
    "CloudWatch",
    "A log group's retention is shown, and ages no events.",
    differs="No lab lasts a day of its own; a stream keeps its newest events.",
)
def test_what_describes_a_log_group_is_shown_as_given(client: Clients) -> None:
    """Tags and retention; groups are listed by prefix, in pages; sequence tokens are ignored."""
    logs = client("logs")
    for number in range(3):
        logs.create_log_group(logGroupName=f"described-{number}", tags=TAGS)
    logs.put_retention_policy(logGroupName="described-0", retentionInDays=7)
    pages = list(
        logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="described-", limit=2)
    )
    assert [(len(page["logGroups"]), "nextToken" in page) for page in pages] == [
        (2, True),
        (1, False),
    ]
    (first, *_) = pages[0]["logGroups"]
    assert first["retentionInDays"] == 7
    arn = first["arn"].removesuffix(":*")
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == TAGS
    logs.create_log_stream(logGroupName="described-0", logStreamName="s")
    event = {"timestamp": int(time.time() * 1000), "message": "m"}
    where = {"logGroupName": "described-0", "logStreamName": "s"}
    logs.put_log_events(**where, logEvents=[event], sequenceToken="any")
    assert len(logs.get_log_events(**where)["events"]) == 1
