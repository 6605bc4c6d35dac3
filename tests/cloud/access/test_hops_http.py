"""The hops between services: whoever calls in a role's name has the role's permissions only."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.access.conftest import ACCOUNT, Account, allow, document
from tests.cloud.functions.surroundings import zipped
from tests.fetching import fetch
from tests.waiting import until

TRUST = document(
    {
        "Effect": "Allow",
        "Principal": {"Service": ["lambda.amazonaws.com", "apigateway.amazonaws.com"]},
        "Action": "sts:AssumeRole",
    }
)
OTHERS = TRUST.replace("lambda.amazonaws.com", "ec2.amazonaws.com")
READS_A_STREAM = ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams")
READS = allow("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
LOGS = allow("logs:*")
CODE = "def handler(event, context):\n    print('ran')\n    if 'fail' in str(event): 1 / 0\n"
Json = Any


def role(account: Account, *statements: Json) -> tuple[str, str]:
    """The name and ARN of a new role for services."""
    name, iam = account.name("role"), account.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    grant(account, name, *statements)
    return name, arn


def grant(account: Account, role_name: str, *statements: Json) -> None:
    """Let a role do what these statements say, and nothing else."""
    iam = account.client("iam")
    if statements:
        policy = document(*statements)
        iam.put_role_policy(RoleName=role_name, PolicyName="own", PolicyDocument=policy)
    elif iam.list_role_policies(RoleName=role_name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role_name, PolicyName="own")


def function(account: Account, role_arn: str, **settings: Json) -> str:
    """The name of a new function."""
    name = account.name("function")
    account.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role_arn,
        Handler="app.handler",
        Timeout=10,
        Code={"ZipFile": zipped(CODE)},
        **settings,
    )
    return name


def mapping_result(account: Account, uuid: str) -> str:
    """The last processing result of a mapping."""
    found = account.client("lambda").get_event_source_mapping(UUID=uuid)
    return found.get("LastProcessingResult") or ""


def depth(account: Account, url: str) -> tuple[int, int]:
    """How many messages of a queue are visible, and in flight."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    asked = account.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return tuple(int(asked["Attributes"][name]) for name in names)  # type: ignore[return-value]


def logged(account: Account, name: str) -> list[str]:
    """What a function's log holds; nothing when there is no log group."""
    logs = account.client("logs")
    try:
        found = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [event["message"] for event in found["events"]]


@pytest.mark.fidelity(
    "IAM",
    "A queue's mapping polls with the function's role, and goes on when it may again.",
    source="Lambda guide: lambda-intro-execution-role",
)
def test_a_poller_stops_and_goes_on_with_its_role(account: Account):
    """Without ReceiveMessage nothing is received and the mapping says why; with it, it goes on."""
    name, arn = role(account, READS, LOGS)
    url, queue_arn = account.queue()
    lambda_ = account.client("lambda")
    uuid = lambda_.create_event_source_mapping(
        EventSourceArn=queue_arn, FunctionName=function(account, arn)
    )["UUID"]
    grant(account, name, LOGS)
    account.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    until(lambda: "permissions to call ReceiveMessage" in mapping_result(account, uuid))
    assert depth(account, url) == (1, 0)
    grant(account, name, READS, LOGS)
    until(lambda: depth(account, url) == (0, 0))
    lambda_.delete_event_source_mapping(UUID=uuid)


def test_what_may_not_be_deleted_comes_again(account: Account):
    """Without DeleteMessage the function runs, and its message stays in the queue."""
    name, arn = role(account, READS, LOGS)
    url, queue_arn = account.queue()
    made, lambda_ = function(account, arn), account.client("lambda")
    uuid = lambda_.create_event_source_mapping(EventSourceArn=queue_arn, FunctionName=made)["UUID"]
    grant(account, name, allow("sqs:ReceiveMessage"), LOGS)
    account.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    until(lambda: "permissions to call DeleteMessage" in mapping_result(account, uuid))
    assert "ran\n" in logged(account, made)
    assert depth(account, url) == (0, 1)
    lambda_.delete_event_source_mapping(UUID=uuid)


@pytest.mark.fidelity(
    "IAM",
    "A function whose role may not write logs runs and logs nothing.",
    source="Lambda guide: monitoring-cloudwatchlogs",
)
def test_a_function_without_logs_runs(account: Account):
    """It answers; there is no log group, as nobody may make one."""
    name, arn = role(account)
    made, lambda_ = function(account, arn), account.client("lambda")
    answer = lambda_.invoke(FunctionName=made, LogType="Tail")
    assert "FunctionError" not in answer
    assert logged(account, made) == []
    account.client("logs").create_log_group(logGroupName=f"/aws/lambda/{made}")
    grant(account, name, allow("logs:CreateLogStream", "logs:PutLogEvents"))
    lambda_.invoke(FunctionName=made)
    assert any("START RequestId" in line for line in logged(account, made))


@pytest.mark.fidelity(
    "IAM",
    "SNS reaches a queue or a function only if the queue's or function's policy lets it.",
    source="SNS guide: sns-access-policy-use-cases",
)
def test_sns_needs_the_policy_of_queue_and_function(account: Account):
    """Without, the message goes to the subscription's dead-letter queue at once."""
    sns = account.client("sns")
    topic = sns.create_topic(Name=account.name("topic"))["TopicArn"]
    from_topic = {"ArnEquals": {"aws:SourceArn": topic}}
    service = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
    }
    dead_url, dead = account.queue({**service, "Condition": from_topic})
    elsewhere = {"ArnEquals": {"aws:SourceArn": f"{topic}-other"}}
    shut_url, shut = account.queue({**service, "Condition": elsewhere})
    deadly = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": dead})}
    _, arn = role(account, LOGS)
    made = function(account, arn)
    function_arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{made}"
    for protocol, endpoint in (("sqs", shut), ("lambda", function_arn)):
        subscription = sns.subscribe(
            TopicArn=topic, Protocol=protocol, Endpoint=endpoint, Attributes=deadly
        )["SubscriptionArn"]
        sns.publish(TopicArn=topic, Message=protocol)
        sqs = account.client("sqs")
        (message,) = sqs.receive_message(QueueUrl=dead_url, WaitTimeSeconds=10)["Messages"]
        assert json.loads(message["Body"])["Message"] == protocol
        sqs.delete_message(QueueUrl=dead_url, ReceiptHandle=message["ReceiptHandle"])
        sns.unsubscribe(SubscriptionArn=subscription)
    assert depth(account, shut_url) == (0, 0)
    account.client("lambda").add_permission(
        FunctionName=made,
        StatementId="topic",
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        SourceArn=topic,
    )
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function_arn)
    sns.publish(TopicArn=topic, Message="again")
    until(lambda: "ran\n" in logged(account, made))


@pytest.mark.fidelity(
    "IAM",
    "A destination of a function's events is told with the function's role.",
    source="Lambda guide: invocation-async-retain-records",
)
def test_a_destination_is_told_with_the_functions_role(account: Account):
    """Once sqs:SendMessage is taken away nobody is told; with it, the record arrives."""
    url, queue_arn = account.queue()
    sends = allow("sqs:SendMessage", on=queue_arn)
    name, arn = role(account, LOGS, sends)
    made, lambda_ = function(account, arn), account.client("lambda")
    lambda_.put_function_event_invoke_config(
        FunctionName=made, DestinationConfig={"OnSuccess": {"Destination": queue_arn}}
    )
    grant(account, name, LOGS)
    lambda_.invoke(FunctionName=made, InvocationType="Event")
    until(lambda: denied(account, name) == [("sqs:SendMessage", 1)])
    assert depth(account, url) == (0, 0)
    grant(account, name, LOGS, sends)
    lambda_.invoke(FunctionName=made, InvocationType="Event")
    assert account.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]


@pytest.fixture
def topic(account: Account) -> tuple[str, str]:
    """The ARN of a new topic, and the URL of a queue that gets all that it is told."""
    sns = account.client("sns")
    arn = sns.create_topic(Name=account.name("topic"))["TopicArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
    }
    url, queue_arn = account.queue(statement)
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue_arn)
    return arn, url


@pytest.fixture(params=["SQS", "SNS"])
def target(request, account: Account, topic: tuple[str, str]) -> tuple[str, str, str, str]:
    """Service, action, ARN, and the URL of the queue where all that is sent there arrives."""
    if request.param == "SNS":
        return "SNS", "Publish", *topic
    url, arn = account.queue()
    return "SQS", "SendMessage", arn, url


def denied(account: Account, role_name: str) -> list[tuple[str, int]]:
    """What a role was denied, with counts."""
    with urllib.request.urlopen(f"{account.endpoint}/_lab/access?role={role_name}") as answer:
        return [(row["action"], row["count"]) for row in json.load(answer)["denied"]]


@pytest.mark.fidelity(
    "IAM",
    "A dead-letter queue or topic that the function's role may not send to is refused.",
    source="report: elastic/beats/issues/13963",
)
def test_dead_letters_need_the_functions_role(account: Account, target):
    """When it is named and, where the permission is taken away later, when an event has failed."""
    service, operation, arn, url = target
    name, role_arn = role(account, LOGS)
    lambda_ = account.client("lambda")
    words = (
        f"The provided execution role does not have permissions to call {operation} on {service}$"
    )
    settings = {"DeadLetterConfig": {"TargetArn": arn}}
    with pytest.raises(lambda_.exceptions.InvalidParameterValueException, match=words):
        function(account, role_arn, **settings)
    made = function(account, role_arn)
    with pytest.raises(lambda_.exceptions.InvalidParameterValueException, match=words):
        lambda_.update_function_configuration(FunctionName=made, **settings)
    sends = allow(f"{service.lower()}:{operation}", on=arn)
    grant(account, name, LOGS, sends)
    lambda_.update_function_configuration(FunctionName=made, **settings)
    lambda_.put_function_event_invoke_config(FunctionName=made, MaximumRetryAttempts=0)
    grant(account, name, LOGS)
    before = dict(denied(account, name))[f"{service.lower()}:{operation}"]
    lambda_.invoke(FunctionName=made, InvocationType="Event", Payload='"fail"')
    until(lambda: dict(denied(account, name))[f"{service.lower()}:{operation}"] > before)
    assert depth(account, url) == (0, 0)
    grant(account, name, LOGS, sends)
    lambda_.invoke(FunctionName=made, InvocationType="Event", Payload='"fail"')
    assert account.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]


@pytest.mark.fidelity(
    "IAM",
    "A destination that the function's role may not send to is refused.",
    source="report: aws-amplify/amplify-js/issues/9869",
)
def test_destinations_need_the_functions_role(account: Account, target):
    """When it is named, with the operation and the destination's ARN."""
    service, operation, arn, _ = target
    name, role_arn = role(account, LOGS)
    made, lambda_ = function(account, role_arn), account.client("lambda")
    settings = {"DestinationConfig": {"OnFailure": {"Destination": arn}}}
    words = f"The function's execution role does not have permissions to call {operation} on {arn}$"
    with pytest.raises(lambda_.exceptions.InvalidParameterValueException, match=words):
        lambda_.put_function_event_invoke_config(FunctionName=made, **settings)
    with pytest.raises(lambda_.exceptions.ResourceNotFoundException):
        lambda_.get_function_event_invoke_config(FunctionName=made)
    grant(account, name, LOGS, allow(f"{service.lower()}:{operation}", on=arn))
    lambda_.put_function_event_invoke_config(FunctionName=made, **settings)


@pytest.mark.fidelity(
    "IAM",
    "A stream mapping's on-failure destination that the role may not send to is refused.",
    source="report: aws-samples/aws-serverless-ecommerce-platform/issues/41",
)
def test_on_failure_of_a_mapping_needs_the_functions_role(account: Account, target):
    """When it is named; taken away later, the batch is dropped untold and the mapping says so."""
    service, operation, arn, url = target
    dynamodb, lambda_ = account.client("dynamodb"), account.client("lambda")
    table = account.name("table")
    stream = dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]["LatestStreamArn"]
    reads = allow(*(f"dynamodb:{each}" for each in READS_A_STREAM), on=stream)
    name, role_arn = role(account, LOGS, reads)
    made = function(account, role_arn)
    settings = {"DestinationConfig": {"OnFailure": {"Destination": arn}}}
    words = (
        f"The function execution role does not have permissions to call {operation} on {service}$"
    )
    with pytest.raises(lambda_.exceptions.InvalidParameterValueException, match=words):
        lambda_.create_event_source_mapping(
            EventSourceArn=stream, FunctionName=made, StartingPosition="LATEST", **settings
        )
    uuid = lambda_.create_event_source_mapping(
        EventSourceArn=stream,
        FunctionName=made,
        StartingPosition="LATEST",
        MaximumRetryAttempts=0,
    )["UUID"]
    with pytest.raises(lambda_.exceptions.InvalidParameterValueException, match=words):
        lambda_.update_event_source_mapping(UUID=uuid, **settings)
    sends = allow(f"{service.lower()}:{operation}", on=arn)
    grant(account, name, LOGS, reads, sends)
    lambda_.update_event_source_mapping(UUID=uuid, **settings)
    grant(account, name, LOGS, reads)
    dynamodb.put_item(TableName=table, Item={"id": {"S": "fail"}})
    spelled = f"{service}:Publish" if service == "SNS" else "sqs:sendmessage"
    until(lambda: f"perform: {spelled} on" in mapping_result(account, uuid))
    assert depth(account, url) == (0, 0)
    grant(account, name, LOGS, reads, sends)
    dynamodb.put_item(TableName=table, Item={"id": {"S": "fail again"}})
    assert account.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
    lambda_.delete_event_source_mapping(UUID=uuid)


def api(account: Account, **integration: Json) -> str:
    """The URL of a new API whose `POST /` has this integration; errors keep their status."""
    gateway = account.client("apigateway")
    made = gateway.create_rest_api(name=account.name("api"))["id"]
    root = gateway.get_resources(restApiId=made)["items"][0]["id"]
    where = {"restApiId": made, "resourceId": root, "httpMethod": "POST"}
    gateway.put_method(**where, authorizationType="NONE")
    gateway.put_integration(**where, integrationHttpMethod="POST", **integration)
    for status, pattern in (("200", None), ("403", "403")):
        gateway.put_method_response(**where, statusCode=status)
        selection = {"selectionPattern": pattern} if pattern else {}
        gateway.put_integration_response(**where, statusCode=status, **selection)
    gateway.create_deployment(restApiId=made, stageName="lab")
    return f"{account.endpoint}/_aws/execute-api/{made}/lab/"


def post(url: str) -> tuple[int, str]:
    """Status and body of the answer to a POST of `{}`."""
    request = urllib.request.Request(url, b"{}", {"Content-Type": "application/json"})
    answer = fetch(request)
    return answer.status, answer.body.decode()


def sending(queue_arn: str, role_arn: str = "") -> Json:
    """An integration that sends the body to a queue, with a role or in API Gateway's name."""
    form = "'application/x-www-form-urlencoded'"
    return {
        "type": "AWS",
        "uri": f"arn:aws:apigateway:us-east-1:sqs:path/{ACCOUNT}/{queue_arn.rpartition(':')[2]}",
        **({"credentials": role_arn} if role_arn else {}),
        "requestParameters": {"integration.request.header.Content-Type": form},
        "requestTemplates": {"application/json": "Action=SendMessage&MessageBody=x"},
    }


@pytest.mark.fidelity(
    "IAM",
    "API Gateway sends with its integration's role, or by the queue's policy for that role.",
    source="re:Post: api-gateway-rest-api-sqs-errors",
)
def test_api_gateway_sends_with_its_role(account: Account):
    """SQS's own 403 reaches the caller; the role's policy or the queue's opens the way."""
    name, arn = role(account)
    _, queue_arn = account.queue()
    url = api(account, **sending(queue_arn, arn))
    status, body = post(url)
    assert status == 403
    assert "assumed-role/" + name + "/BackplaneAssumeRoleSession" in body
    assert "sqs:sendmessage" in body and "AccessDenied" in body
    grant(account, name, allow("sqs:SendMessage", on=queue_arn))
    assert post(url)[0] == 200
    _, other_arn = role(account)
    statement = {"Effect": "Allow", "Principal": {"AWS": other_arn}, "Action": "sqs:SendMessage"}
    _, open_queue = account.queue(statement)
    assert post(api(account, **sending(open_queue, other_arn)))[0] == 200


@pytest.mark.fidelity(
    "IAM",
    "Without a role API Gateway sends in its own name, if the queue's policy lets it.",
    source="API Gateway API: PutIntegration, `credentials`",
)
def test_api_gateway_without_a_role_needs_the_queues_policy(account: Account):
    """Forgotten credentials are a 403, and the policy may name the API that is let in."""
    _, queue_arn = account.queue()
    status, body = post(api(account, **sending(queue_arn)))
    assert status == 403
    assert "AccessDenied" in body
    by_gateway = allow("sqs:SendMessage", Principal={"Service": "apigateway.amazonaws.com"})
    _, open_queue = account.queue(by_gateway)
    assert post(api(account, **sending(open_queue)))[0] == 200
    of_another = {"ArnLike": {"aws:SourceArn": "arn:aws:execute-api:*:*:another/*"}}
    _, others_queue = account.queue(by_gateway | {"Condition": of_another})
    assert post(api(account, **sending(others_queue)))[0] == 403


@pytest.mark.fidelity(
    "IAM",
    "API Gateway takes only a role that trusts apigateway.amazonaws.com.",
    source="API Gateway guide: permissions",
)
def test_api_gateways_role_must_trust_it(account: Account):
    """Another role makes the API answer 500."""
    name, arn = role(account, allow("sqs:SendMessage"))
    _, queue_arn = account.queue()
    url = api(account, **sending(queue_arn, arn))
    assert post(url)[0] == 200
    lambda_only = TRUST.replace(', "apigateway.amazonaws.com"', "")
    account.client("iam").update_assume_role_policy(RoleName=name, PolicyDocument=lambda_only)
    assert post(url) == (500, '{"message": "Internal server error"}')


@pytest.mark.fidelity(
    "IAM",
    "API Gateway invokes a function whose policy lets it, from that API alone if it says so.",
    source="API Gateway guide: api-gateway-control-access-using-iam-policies-to-invoke-api",
)
def test_api_gateway_needs_the_functions_policy(account: Account):
    """Without AddPermission the API answers 500."""
    _, arn = role(account, LOGS)
    made = function(account, arn)
    invocations = (
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
        f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{made}/invocations"
    )
    url = api(account, type="AWS", uri=invocations)
    assert post(url) == (500, '{"message": "Internal server error"}')
    api_id = url.split("/")[-3]
    account.client("lambda").add_permission(
        FunctionName=made,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api_id}/*/POST/",
    )
    assert post(url)[0] == 200


def test_api_gateways_role_may_be_for_one_api(account: Account):
    """A trust policy with aws:SourceArn and aws:SourceAccount lets no other API take the role."""
    name, arn = role(account, allow("sqs:SendMessage"))
    _, queue_arn = account.queue()
    mine, other = (api(account, **sending(queue_arn, arn)) for _ in range(2))
    of_mine = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{mine.split('/')[-3]}/*/POST/"
    trust = json.loads(TRUST)
    trust["Statement"][0]["Condition"] = {
        "ArnLike": {"aws:SourceArn": of_mine},
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
    }
    iam = account.client("iam")
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
    assert post(mine)[0] == 200
    assert post(other)[0] == 500
    trust["Statement"][0]["Condition"]["StringEquals"] = {"aws:SourceAccount": "111122223333"}
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
    assert post(mine)[0] == 500


@pytest.mark.fidelity(
    "IAM",
    "A role that does not trust Lambda cannot be a function's.",
    source="Lambda guide: lambda-intro-execution-role",
)
def test_a_functions_role_must_trust_lambda(account: Account):
    """Nor one that trusts it for another function, or denies it."""
    iam = account.client("iam")
    lambda_ = {"Service": "lambda.amazonaws.com"}
    take = {"Effect": "Allow", "Principal": lambda_, "Action": "sts:AssumeRole"}
    other = {"ArnEquals": {"aws:SourceArn": "arn:aws:lambda:us-east-1:1:function:other"}}
    for statements in (
        [{**take, "Principal": {"Service": "sqs.amazonaws.com"}}],
        [{**take, "Condition": other}],
        [take, {**take, "Effect": "Deny"}],
    ):
        arn = iam.create_role(
            RoleName=account.name("role"), AssumeRolePolicyDocument=document(*statements)
        )["Role"]["Arn"]
        with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
            function(account, arn)
    for statement in (
        {**take, "Principal": {"Service": ["sqs.amazonaws.com", "lambda.amazonaws.com"]}},
        {**take, "Action": ["sts:TagSession", "sts:AssumeRole"]},
        {**take, "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}},
    ):
        trust = document(statement)
        made = iam.create_role(RoleName=account.name("role"), AssumeRolePolicyDocument=trust)
        assert function(account, made["Role"]["Arn"])


@pytest.mark.fidelity(
    "Lambda",
    "A cold start needs the role: one that is deleted, or trusts Lambda no more, is refused.",
    source="report: amancevice/terraform-aws-slackbot/issues/4",
)
@pytest.mark.parametrize("deleted", [True, False], ids=["deleted", "trusts others"])
def test_a_role_is_taken_at_each_cold_start(account: Account, deleted: bool):
    """403 AccessDeniedException in AWS's words, and no longer once Lambda may take the role."""
    name, arn = role(account, LOGS)
    made, lambda_, iam = function(account, arn), account.client("lambda"), account.client("iam")
    assert "FunctionError" not in lambda_.invoke(FunctionName=made)
    if deleted:
        grant(account, name)
        iam.delete_role(RoleName=name)
    else:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=OTHERS)
    assert "FunctionError" not in lambda_.invoke(FunctionName=made), "the warm worker has it"
    lambda_.update_function_configuration(FunctionName=made, MemorySize=256)
    with pytest.raises(ClientError) as caught:
        lambda_.invoke(FunctionName=made)
    answer = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert answer["Error"] == {
        "Code": "AccessDeniedException",
        "Message": "The role defined for the function cannot be assumed by Lambda.",
    }
    if deleted:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    else:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=TRUST)
    assert "FunctionError" not in lambda_.invoke(FunctionName=made)


def test_an_event_waits_for_the_role(account: Account):
    """What was accepted is not lost while Lambda cannot take the role."""
    name, arn = role(account, LOGS)
    made, lambda_, iam = function(account, arn), account.client("lambda"), account.client("iam")
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=OTHERS)
    assert lambda_.invoke(FunctionName=made, InvocationType="Event")["StatusCode"] == 202
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=TRUST)
    until(lambda: "ran\n" in logged(account, made))


def test_a_poller_takes_the_role_as_well(account: Account):
    """A mapping says that the role cannot be assumed, leaves the queue alone, and goes on."""
    name, arn = role(account, READS, LOGS)
    url, queue_arn = account.queue()
    lambda_, iam = account.client("lambda"), account.client("iam")
    uuid = lambda_.create_event_source_mapping(
        EventSourceArn=queue_arn, FunctionName=function(account, arn)
    )["UUID"]
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=OTHERS)
    account.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    until(lambda: "cannot be assumed by Lambda" in mapping_result(account, uuid))
    assert depth(account, url) == (1, 0)
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=TRUST)
    until(lambda: depth(account, url) == (0, 0))
    lambda_.delete_event_source_mapping(UUID=uuid)
