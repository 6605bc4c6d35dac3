"""Two of everything that the lab's services keep, so that lists have pages and names mean one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.cloud.functions.surroundings import TRUST, zipped

Clients = Callable[..., Any]
Known = dict[str, Any]  # by the name of a parameter: what names one that there is

ACCOUNT = "123456789012"
TAGS = {"course": "event-driven", "year": "2026"}
LISTED_TAGS = [{"Key": key, "Value": value} for key, value in TAGS.items()]
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [EVERYTHING]})
FOR_ALL = json.dumps({"Version": "2012-10-17", "Statement": [{**EVERYTHING, "Principal": "*"}]})
CODE = zipped("def handler(event, context): pass")


def settle(client: Clients) -> dict[str, Known]:
    """Make them all; return by service what is known of the first of each kind."""
    role = identities(client)
    urls = queues(client)
    arns = tables(client)
    return {
        "apigateway": rest_apis(client),
        "apigatewayv2": http_apis(client),
        "cloudwatch": alarms(client),
        "dynamodb": {"TableName": "one", "ResourceArn": arns[0]},
        "dynamodbstreams": {"TableName": "one", "StreamArn": arns[1], **shard(client, arns[1])},
        "iam": {
            **dict.fromkeys(("UserName", "GroupName", "RoleName"), "one"),
            "PolicyName": "one",
            "VersionId": "v1",
            "PolicyDocument": POLICY,
            "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/one/one",
            "AccessKeyId": client("iam").list_access_keys(UserName="one")["AccessKeyMetadata"][0][
                "AccessKeyId"
            ],
        },
        "lambda": functions(client, role),
        "logs": logs(client),
        "sns": topics(client),
        "sqs": {
            "QueueUrl": urls["letters"],
            "QueueName": "one",
            "SourceArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:letters",
        },
    }


def identities(client: Clients) -> str:
    """Users, groups, roles and policies, each with two of what it may have; the role's ARN."""
    iam, trust = client("iam"), json.dumps(TRUST)
    for name in ("two", "one"):
        path = f"/{name}/"
        role = iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=trust)
        iam.create_user(UserName=name, Path=path, Tags=LISTED_TAGS)
        iam.create_group(GroupName=name, Path=path)
        made = iam.create_policy(
            PolicyName=name, Path=path, PolicyDocument=POLICY, Tags=LISTED_TAGS
        )
        iam.create_policy_version(PolicyArn=made["Policy"]["Arn"], PolicyDocument=POLICY)
    iam.tag_role(RoleName="one", Tags=LISTED_TAGS)
    for name in ("one", "two"):
        document = {"PolicyName": name, "PolicyDocument": POLICY}
        arn = f"arn:aws:iam::{ACCOUNT}:policy/{name}/{name}"
        iam.put_user_policy(UserName="one", **document)
        iam.put_group_policy(GroupName="one", **document)
        iam.put_role_policy(RoleName="one", **document)
        iam.attach_user_policy(UserName="one", PolicyArn=arn)
        iam.attach_group_policy(GroupName="one", PolicyArn=arn)
        iam.attach_role_policy(RoleName="one", PolicyArn=arn)
        iam.add_user_to_group(UserName=name, GroupName="one")
        iam.create_access_key(UserName="one")
    iam.add_user_to_group(UserName="one", GroupName="two")
    iam.put_role_permissions_boundary(
        RoleName="two", PermissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/one/one"
    )
    return str(role["Role"]["Arn"])


def queues(client: Clients) -> dict[str, str]:
    """Two queues with one for their dead letters."""
    sqs = client("sqs")
    letters = f"arn:aws:sqs:us-east-1:{ACCOUNT}:letters"
    urls = {"letters": sqs.create_queue(QueueName="letters", tags=TAGS)["QueueUrl"]}
    redrive = json.dumps({"deadLetterTargetArn": letters, "maxReceiveCount": 1})
    for name in ("one", "two"):
        made = sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": redrive})
        urls[name] = made["QueueUrl"]
    return urls


def tables(client: Clients) -> tuple[str, str]:
    """Two tables with streams; the ARNs of the first one and of its stream."""
    dynamodb = client("dynamodb")
    for name in ("two", "one"):
        made = dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            Tags=LISTED_TAGS,
        )["TableDescription"]
        for item in ("one", "two"):
            dynamodb.put_item(TableName=name, Item={"id": {"S": item}})
    dynamodb.put_resource_policy(ResourceArn=made["TableArn"], Policy=FOR_ALL)
    return made["TableArn"], made["LatestStreamArn"]


def shard(client: Clients, stream: str) -> Known:
    """The shard of a stream, and where reading it begins."""
    streams = client("dynamodbstreams")
    (shard,) = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    begin = {"ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterator = streams.get_shard_iterator(StreamArn=stream, **begin)["ShardIterator"]
    return {**begin, "ShardIterator": iterator}


def topics(client: Clients) -> Known:
    """Two topics, and two subscriptions of the first one."""
    sns = client("sns")
    sns.create_topic(Name="two")
    topic = sns.create_topic(Name="one", Tags=LISTED_TAGS)["TopicArn"]
    for name in ("one", "two"):
        queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"
        made = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    sns.add_permission(TopicArn=topic, Label="one", AWSAccountId=[ACCOUNT], ActionName=["Publish"])
    return {
        "TopicArn": topic,
        "ResourceArn": topic,
        "SubscriptionArn": made["SubscriptionArn"],
        "Label": "one",
    }


def functions(client: Clients, role: str) -> Known:
    """Two functions with two versions, aliases and mappings each, and two layers likewise."""
    made = client("lambda")
    for name in ("one", "two"):
        made.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role,
            Handler="app.handler",
            Code={"ZipFile": CODE},
            Tags=TAGS,
        )
        made.publish_version(FunctionName=name)
        for alias, version in (("one", "1"), ("two", "$LATEST")):
            made.create_alias(FunctionName=name, Name=alias, FunctionVersion=version)
            made.publish_layer_version(LayerName=name, Content={"ZipFile": CODE})
        for qualifier in ("1", "$LATEST"):
            made.put_function_event_invoke_config(
                FunctionName=name, Qualifier=qualifier, MaximumRetryAttempts=1
            )
    made.put_function_concurrency(FunctionName="one", ReservedConcurrentExecutions=1)
    permission = {"StatementId": "one", "Action": "lambda:InvokeFunction"}
    made.add_permission(
        FunctionName="one", Qualifier="1", Principal="sns.amazonaws.com", **permission
    )
    for name in ("one", "two"):
        mapping = made.create_event_source_mapping(
            FunctionName="one",
            EventSourceArn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}",
            Enabled=False,
        )
    layer = f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:one:1"
    return {
        "FunctionName": "one",
        "Resource": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:one",
        "Name": "one",
        "Qualifier": "1",
        "StatementId": "one",
        "UUID": mapping["UUID"],
        "LayerName": "one",
        "VersionNumber": 1,
        "Arn": layer,
    }


def logs(client: Clients) -> Known:
    """Two log groups with two streams each."""
    made = client("logs")
    for name in ("one", "two"):
        made.create_log_group(logGroupName=name, tags=TAGS)
        for stream in ("one", "two"):
            made.create_log_stream(logGroupName=name, logStreamName=stream)
    return {
        "logGroupName": "one",
        "logStreamName": "one",
        "resourceArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:one",
    }


def alarms(client: Clients) -> Known:
    """Two alarms and two dashboards."""
    cloudwatch = client("cloudwatch")
    for name in ("one", "two"):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="Lab",
            MetricName=name,
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
            Tags=LISTED_TAGS,
        )
        cloudwatch.put_dashboard(DashboardName=name, DashboardBody='{"widgets": []}')
    return {
        "AlarmName": "one",
        "AlarmNames": ["one"],
        "DashboardName": "one",
        "DashboardNames": ["one"],
        "ResourceARN": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:one",
    }


def rest_apis(client: Clients) -> Known:
    """Two REST APIs, the first one with two of what it may have; two keys and two usage plans."""
    gateway = client("apigateway")
    gateway.create_rest_api(name="two")
    api = {"restApiId": gateway.create_rest_api(name="one", tags=TAGS)["id"]}
    (root,) = gateway.get_resources(**api)["items"]
    for name in ("one", "two"):
        resource = gateway.create_resource(**api, parentId=root["id"], pathPart=name)
        method = {**api, "resourceId": resource["id"], "httpMethod": "GET"}
        gateway.put_method(**method, authorizationType="NONE")
        gateway.put_integration(**method, type="MOCK")
        gateway.put_method_response(**method, statusCode="200")
        gateway.put_integration_response(**method, statusCode="200")
        validator = gateway.create_request_validator(**api, name=name)
        gateway.create_model(
            **api, name=name, contentType="application/json", schema='{"type": "object"}'
        )
        deployment = gateway.create_deployment(**api, stageName=name)
    keys, plans = [], []
    stage = {"apiId": api["restApiId"], "stage": "one"}
    for name in ("one", "two"):
        keys.append(gateway.create_api_key(name=name, enabled=True)["id"])
        made = gateway.create_usage_plan(
            name=name, apiStages=[stage], quota={"limit": 9, "period": "DAY"}
        )
        plans.append(made["id"])
        stage = {**stage, "stage": "two"}
    for key in keys:
        gateway.create_usage_plan_key(usagePlanId=plans[0], keyId=key, keyType="API_KEY")
    return {
        **method,
        "statusCode": "200",
        "parentId": root["id"],
        "requestValidatorId": validator["id"],
        "modelName": "one",
        "deploymentId": deployment["id"],
        "stageName": "one",
        "apiKey": keys[0],
        "keyId": keys[0],
        "usagePlanId": plans[0],
        "responseType": "DEFAULT_4XX",
        "resourceArn": f"arn:aws:apigateway:us-east-1::/restapis/{api['restApiId']}",
    }


def http_apis(client: Clients) -> Known:
    """Two HTTP APIs, the first one with two of what it may have."""
    gateway = client("apigatewayv2")
    gateway.create_api(Name="two", ProtocolType="HTTP")
    api = {"ApiId": gateway.create_api(Name="one", ProtocolType="HTTP", Tags=TAGS)["ApiId"]}
    for name in ("one", "two"):
        integration = gateway.create_integration(
            **api,
            IntegrationType="AWS_PROXY",
            IntegrationUri=f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}",
            PayloadFormatVersion="2.0",
        )["IntegrationId"]
        target = f"integrations/{integration}"
        route = gateway.create_route(**api, RouteKey=f"GET /{name}", Target=target)["RouteId"]
        gateway.create_stage(**api, StageName=name)
        deployment = gateway.create_deployment(**api, StageName=name)["DeploymentId"]
    return {
        **api,
        "IntegrationId": integration,
        "RouteId": route,
        "StageName": "one",
        "DeploymentId": deployment,
        "ResourceArn": f"arn:aws:apigateway:us-east-1::/apis/{api['ApiId']}",
    }
