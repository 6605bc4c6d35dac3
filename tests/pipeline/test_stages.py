"""Each stage: built, built again, corrected, and clear about what it needs first."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from labkit import orders, pipeline
from labkit.errors import Conflict, StageMissing
from labkit.functions import package_files
from labkit.lab import Lab
from labkit.names import Names
from labkit.pipeline import alarm, api, fan_out, identity, mapping, notifier, queue, stream, writer
from labkit.pipeline.arns import policy_arn, queue_arn
from labkit.pipeline.policies import document

# What a hurried hand writes.
STAR = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}],
    }
)


@pytest.mark.parametrize(
    ("stage", "missing"),
    [
        (api, r"Queue 'nowhere' does not exist yet. Run notebook 02, or queue.build\(lab\)."),
        (writer, r"Queue 'nowhere' does not exist yet. Run notebook 02, or queue.build\(lab\)."),
        (stream, r"Table 'Nowhere' does not exist yet. Run notebook 04, or writer.build\(lab\)."),
        (notifier, r"Table 'Nowhere' has no stream yet. Run notebook 05, or stream.build\(lab\)."),
        (fan_out, r"Topic 'nowhere' does not exist yet. Run notebook 06, or notifier.build"),
        (alarm, r"Queue 'nowhere-dead' does not exist yet. Run notebook 02, or queue.build"),
    ],
)
def test_a_stage_out_of_order_names_the_next_step(
    stage: ModuleType, missing: str, lab: Lab
) -> None:
    """A stage that needs an earlier one says which, and how to build it."""
    nowhere = Lab(
        session=lab.session,
        target=lab.target,
        endpoint_url=lab.endpoint_url,
        region=lab.region,
        names=Names(
            queue="nowhere",
            dead_letter_queue="nowhere-dead",
            table="Nowhere",
            topic="nowhere",
            api="nowhere",
        ),
    )
    with pytest.raises(StageMissing, match=missing):
        stage.build(nowhere)


def test_an_api_that_is_not_there_names_the_next_step(lab: Lab) -> None:
    """Posting an order before notebook 03 says what to run."""
    with pytest.raises(StageMissing, match=r"API 'orders-api' does not exist yet. Run notebook 03"):
        lab.post_order(orders.first())


def test_a_function_without_its_role_names_the_next_step(lab: Lab) -> None:
    """Without the roles of notebook 01 there is nothing to run a function with."""
    queue.build(lab)
    with pytest.raises(StageMissing, match=r"Role 'orders-api-role' does not exist yet.*01"):
        api.build(lab)
    with pytest.raises(StageMissing, match=r"Role 'order-writer-role' does not exist yet.*01"):
        writer.build(lab)


def test_an_order_can_be_posted_elsewhere_and_as_something_else(built: Lab) -> None:
    """The path and the headers of a posted order can be chosen; API Gateway refuses these."""
    assert built.post_order(orders.first(), path="/elsewhere").status == 403
    text = {"Content-Type": "text/plain"}
    assert built.post_order(orders.first(), headers=text).status == 415


def test_building_twice_changes_nothing(built: Lab) -> None:
    """The second build finds everything as it should be."""
    before = pipeline.status(built)
    deployments = built.client("apigateway").get_deployments(restApiId=built.find_api()["id"])
    uuids = [mapping.mappings(built, name) for name in (built.names.writer, built.names.notifier)]
    pipeline.build(built, progress=False)
    assert pipeline.status(built).equals(before)
    assert not (before["state"] == "absent").any()
    again = built.client("apigateway").get_deployments(restApiId=built.find_api()["id"])
    assert len(again["items"]) == len(deployments["items"]) == 1
    assert uuids == [
        mapping.mappings(built, name) for name in (built.names.writer, built.names.notifier)
    ]


def test_the_roles_hold_exactly_their_policies(built: Lab) -> None:
    """What somebody attached or edited by hand is put right."""
    iam = built.client("iam")
    role = built.names.writer_role
    extra = iam.create_policy(PolicyName="by-hand", PolicyDocument=STAR)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=role, PolicyArn=extra)
    arn = policy_arn(built, "Lambda-Read-SQS")
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=STAR, SetAsDefault=True)
    other = json.dumps(document("Trust-APIGateway", built))
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=other)
    identity.build(built)
    iam.delete_policy(PolicyArn=extra)
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert sorted(policy["PolicyName"] for policy in attached) == [
        "Lambda-Read-SQS",
        "Lambda-Read-SQS-Attributes",
        "Lambda-Write-DynamoDB",
        "Lambda-Write-Logs-Writer",
    ]
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert found["Statement"][0]["Resource"] == queue_arn(built, built.names.queue)
    trust = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    assert trust["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_a_policy_of_the_readers_own_is_not_touched(built: Lab) -> None:
    """Teardown deletes policies in the lab's path only, whatever they are called."""
    iam = built.client("iam")
    theirs = iam.create_policy(PolicyName="Lambda-Read-SQS", PolicyDocument=STAR)["Policy"]["Arn"]
    identity.teardown(built)
    assert iam.get_policy(PolicyArn=theirs)["Policy"]["PolicyName"] == "Lambda-Read-SQS"
    iam.delete_policy(PolicyArn=theirs)
    identity.build(built)


def test_a_policy_name_that_is_taken_is_a_conflict(lab: Lab) -> None:
    """IAM takes a name only once in an account, whatever the path; moto does not, so it is told."""
    iam = boto3.client("iam", region_name=lab.region)
    stubber = Stubber(iam)
    stubber.add_client_error("get_policy", "NoSuchEntity", http_status_code=404)
    stubber.add_client_error("create_policy", "EntityAlreadyExists", http_status_code=409)
    elsewhere = Lab(session=lab.session, target="aws", endpoint_url=None, region=lab.region)
    elsewhere.account_id = lab.account_id
    elsewhere._clients["iam"] = iam
    with stubber, pytest.raises(Conflict, match="'Lambda-Read-SQS' outside the lab's path"):
        identity.build_policy(elsewhere, "Lambda-Read-SQS")


def test_the_queues_attributes_are_put_right(built: Lab) -> None:
    """The visibility timeout is six times the function's, and dead letters go to one place."""
    sqs = built.client("sqs")
    url = queue.queue_url(built)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "7"})
    queue.build(built)
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    timeout = built.client("lambda").get_function_configuration(FunctionName=built.names.writer)
    assert int(attributes["VisibilityTimeout"]) == 6 * timeout["Timeout"]
    assert json.loads(attributes["RedrivePolicy"]) == {
        "deadLetterTargetArn": queue_arn(built, "orders-dead"),
        "maxReceiveCount": 5,
    }


def test_the_apis_method_and_model_are_put_right(built: Lab) -> None:
    """A method without its validator is replaced; so is a model that says something else."""
    gateway = built.client("apigateway")
    api_id = built.find_api()["id"]
    resources = gateway.get_resources(restApiId=api_id)["items"]
    where = {
        "restApiId": api_id,
        "resourceId": next(one["id"] for one in resources if one["path"] == "/orders"),
        "httpMethod": "POST",
    }
    gateway.delete_method(**where)
    gateway.put_method(**where, authorizationType="NONE")
    gateway.delete_model(restApiId=api_id, modelName="Order")
    gateway.create_model(
        restApiId=api_id, name="Order", contentType="application/json", schema="{}"
    )
    api.build(built)
    method = gateway.get_method(**where)
    assert method["requestModels"] == {"application/json": "Order"}
    assert method["methodIntegration"]["passthroughBehavior"] == "NEVER"
    assert sorted(method["methodIntegration"]["integrationResponses"]) == ["200", "400", "502"]
    assert sorted(method["methodResponses"]) == ["200", "400", "502"]
    model = gateway.get_model(restApiId=api_id, modelName="Order")
    assert json.loads(model["schema"]) == orders.schema()


def test_a_functions_code_and_settings_are_put_right(built: Lab) -> None:
    """Other code, another timeout, another environment: all back to what they should be."""
    functions = built.client("lambda")
    name = built.names.writer
    wanted = functions.get_function_configuration(FunctionName=name)["CodeSha256"]
    other = package_files({"app.py": "def handler(event, context): ..."})
    functions.update_function_code(FunctionName=name, ZipFile=other)
    functions.update_function_configuration(
        FunctionName=name, Timeout=1, Environment={"Variables": {"TABLE_NAME": "Other"}}
    )
    writer.build(built)
    found = functions.get_function_configuration(FunctionName=name)
    assert found["CodeSha256"] == wanted
    assert found["Timeout"] == 5
    assert found["Environment"]["Variables"] == {"TABLE_NAME": "Orders"}


def test_a_full_batch_of_the_notifier_has_time(built: Lab) -> None:
    """0.3 s for each record's call of SNS: what is stopped midway would be announced twice."""
    found = built.client("lambda").get_function_configuration(FunctionName=built.names.notifier)
    [connected] = mapping.mappings(built, built.names.notifier)
    assert found["Timeout"] >= 0.3 * connected["BatchSize"]


def test_a_mapping_that_was_switched_off_is_switched_on(built: Lab) -> None:
    """Its batch size and its partial failures are put right as well."""
    functions = built.client("lambda")
    [found] = mapping.mappings(built, built.names.writer)
    functions.update_event_source_mapping(
        UUID=found["UUID"], Enabled=False, BatchSize=1, FunctionResponseTypes=[]
    )
    writer.build(built)
    [again] = mapping.mappings(built, built.names.writer)
    assert again["UUID"] == found["UUID"]
    assert (again["State"], again["BatchSize"]) == ("Enabled", 10)
    assert again["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_stream_with_another_view_is_replaced_and_mapped_again(built: Lab) -> None:
    """A new stream has a new ARN; the notifier's mapping follows it."""
    dynamodb = built.client("dynamodb")
    for specification in (
        {"StreamEnabled": False},
        {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    ):
        dynamodb.update_table(TableName=built.names.table, StreamSpecification=specification)
    arn = stream.build(built)
    notifier.build(built)
    table = dynamodb.describe_table(TableName=built.names.table)["Table"]
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"
    [found] = mapping.mappings(built, built.names.notifier)
    assert found["EventSourceArn"] == arn


def test_a_table_with_another_key_is_a_conflict(lab: Lab, client: Callable[..., Any]) -> None:
    """A key cannot be changed, so the message says what to do instead."""
    client("dynamodb").create_table(
        TableName="ByCustomer",
        KeySchema=[{"AttributeName": "customer", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "customer", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    other = Lab(
        session=boto3.Session(region_name=lab.region),
        target=lab.target,
        endpoint_url=lab.endpoint_url,
        region=lab.region,
        names=Names(table="ByCustomer"),
    )
    with pytest.raises(Conflict, match=r"Table 'ByCustomer' has the key .*customer"):
        writer.build_table(other)
    client("dynamodb").delete_table(TableName="ByCustomer")


def test_all_subscribers_are_confirmed(built: Lab) -> None:
    """The e-mail address by its link, the webhook by its token, the queue by itself."""
    states = fan_out.subscriptions(built)
    assert sorted(protocol for protocol, _ in states) == ["email", "http", "sqs"]
    assert all(arn.startswith("arn:aws:sns:") for arn in states.values())


def test_a_subscriber_that_never_confirmed_is_asked_again(built: Lab) -> None:
    """Building again sends a new confirmation and answers it."""
    fan_out.teardown(built)
    built.client("sns").subscribe(
        TopicArn=notifier.find_topic(built), Protocol="email", Endpoint=built.names.email
    )
    assert fan_out.subscriptions(built)["email", built.names.email] == "PendingConfirmation"
    fan_out.build(built)
    assert fan_out.subscriptions(built)["email", built.names.email].startswith("arn:")


def test_the_alarm_tells_of_a_dead_letter(built: Lab) -> None:
    """Whoever subscribed to its topic is told, by a topic that takes nothing from anybody else."""
    url = built.webhook_url("pager")
    built.client("sns").subscribe(
        TopicArn=alarm.topic_arn(built), Protocol="http", Endpoint=url, ReturnSubscriptionArn=True
    )
    (asked,) = built.webhook("pager", wait=10)
    token = json.loads(asked["body"])["Token"]
    built.client("sns").confirm_subscription(TopicArn=alarm.topic_arn(built), Token=token)
    dead_letters = queue.dead_letter_queue_url(built)
    built.client("sqs").send_message(QueueUrl=dead_letters, MessageBody="an order")
    built.clock.advance(seconds=120)
    (told,) = built.webhook("pager", after=asked["id"], wait=10)
    message = json.loads(json.loads(told["body"])["Message"])
    assert (message["AlarmName"], message["NewStateValue"]) == (built.names.alarm, "ALARM")
    assert alarm.told(built)[0].startswith("Successfully executed action")
    built.client("sqs").purge_queue(QueueUrl=dead_letters)


def test_stages_can_be_built_up_to_a_notebook(built: Lab) -> None:
    """`before=4` builds what notebook 04 starts from, and nothing that it makes itself."""
    pipeline.teardown(built, progress=False)
    pipeline.build(built, before=4, progress=False)
    found = pipeline.remaining(built)
    assert list(found["stage"].unique()) == ["identity", "queue", "api"]


def test_teardown_leaves_nothing_and_may_be_repeated(built: Lab) -> None:
    """No role, policy, queue, API, table, function, mapping, log group or subscription stays."""
    pipeline.build(built, progress=False)
    built.client("iam").put_role_policy(
        RoleName=built.names.writer_role, PolicyName="by-hand", PolicyDocument=STAR
    )
    for _ in range(2):
        pipeline.teardown(built, progress=False)
        assert pipeline.remaining(built).empty
    assert (pipeline.status(built)["state"] == "absent").all()
