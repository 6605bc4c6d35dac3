"""What a request is for is read in one way: where its protocol has it, as its signature says."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest

from tests.cloud.access.conftest import ACCOUNT, Account, allow
from tests.cloud.access.raw import FORM, send, target


@pytest.mark.fidelity(
    "IAM",
    "A service's name in a signature is as AWS spells it.",
    source="IAM guide: reference_sigv-troubleshooting",
)
@pytest.mark.parametrize("service", ["SQS", "Sqs", "APIGATEWAY"])
def test_a_services_name_is_spelled_as_aws_does(account: Account, service: str):
    """By another spelling no policy about a queue or a role would be asked."""
    actor = account.session(allow("*"))
    status, text = send(actor, service, b"{}", target("AmazonSQS.ListQueues"))
    assert status in (400, 403)
    assert "Credential should be scoped to correct service" in text


@pytest.mark.parametrize(
    ("service", "body", "headers", "path"),
    [
        ("sqs", b"{}", {}, "/"),
        ("sns", b"Action=ListTopics&Action=DeleteTopic", FORM, "/"),
        ("sns", b"Action=ListTopics&Name=\xff", FORM, "/"),
        ("iam", b"UserName=ana", FORM, "/"),
        ("lambda", b"{}", {}, "/2015-03-31/nothing"),
    ],
)
def test_what_cannot_be_read_is_allowed_to_nobody(
    account: Account, service: str, body: bytes, headers: dict[str, str], path: str
):
    """Not even to who may do all; a statement that denies the operation would be lost."""
    status, text = send(account.session(allow("*")), service, body, headers, path=path)
    assert (status, "is not authorized to perform" in text) == (403, True)


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("/policy/validation", "access-analyzer:ValidatePolicy"),
        ("/restapis/a/resources/r/methods/GET", "apigateway:POST"),
        ("/2015-03-31/functions/f/invocations", "lambda:InvokeFunction"),
    ],
)
def test_what_is_answered_by_its_path_is_decided_by_it(account: Account, path: str, action: str):
    """Whoever may list queues may not call another service by signing for SQS."""
    actor = account.session(allow("sqs:*"))
    status, text = send(actor, "sqs", b"{}", target("AmazonSQS.ListQueues"), path=path)
    assert status in (400, 403)
    assert f"is not authorized to perform: {action}" in text


@pytest.mark.parametrize("headers", [{"User-Agent": "x region/us-east-1"}, {}])
def test_the_region_is_the_one_that_is_signed_for(account: Account, headers: dict[str, str]):
    """Who may read queues of one region learns nothing of another's."""
    url, _ = account.queue()
    name = url.rpartition("/")[2]
    actor = account.session(allow("sqs:*", on=f"arn:aws:sqs:eu-west-1:{ACCOUNT}:*"))
    asked = json.dumps({"QueueName": name}).encode()
    headers = {**target("AmazonSQS.GetQueueUrl"), **headers}
    status, text = send(actor, "sqs", asked, headers, region="eu-west-1")
    assert (status, "NonExistentQueue" in text or "QueueDoesNotExist" in text) == (400, True)


def test_no_header_leads_to_another_account(account: Account):
    """moto's own way to choose one is no way in."""
    url, _ = account.queue()
    actor = account.session(allow("sqs:ListQueues"))
    headers = {**target("AmazonSQS.ListQueues"), "x-moto-account-id": "111122223333"}
    status, text = send(actor, "sqs", b"{}", headers)
    assert (status, url.rpartition("/")[2] in text) == (200, True)


def test_a_target_beside_a_form_hides_no_role(account: Account):
    """STS takes a form; a role that does not trust somebody is not taken by adding a header."""
    role = account.powerful_role()
    body = f"Action=AssumeRole&Version=2011-06-15&RoleSessionName=me&RoleArn={role}".encode()
    headers = {**FORM, "X-Amz-Target": "x.AssumeRole"}
    status, text = send(account.session(allow("*")), "sts", body, headers)
    assert (status, "<Code>AccessDenied</Code>" in text) == (403, True)


def test_a_denied_operation_stays_denied_by_a_target(account: Account):
    """The form names the user that is to be deleted, whatever a header says."""
    victim = account.user().arn
    deny = {"Effect": "Deny", "Action": "iam:*", "Resource": victim}
    body = f"Action=GetUser&Version=2010-05-08&UserName={victim.rpartition('/')[2]}".encode()
    headers = {**FORM, "X-Amz-Target": "x.GetUser"}
    status, text = send(account.session(allow("iam:*"), deny), "iam", body, headers)
    assert (status, "explicit deny" in text) == (403, True)


@pytest.mark.parametrize("body", [{"Qualifier": "2"}, {"FunctionName": "other"}])
def test_a_path_says_which_function_is_meant(account: Account, body: dict[str, str]):
    """A body beside it does not: permission on another function or version is none on this one."""
    others = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:"
    actor = account.session(
        allow("lambda:*", on=f"{others}mine:2"), allow("*", on=f"{others}other")
    )
    text = json.dumps(body).encode()
    status, text = send(actor, "lambda", text, method="DELETE", path="/2015-03-31/functions/mine")
    assert status == 403
    assert f"lambda:DeleteFunction on resource: {others}mine because" in text


OWN, OTHER = "mine", "theirs"
OF_SQS, OF_SNS, OF_LOGS = (
    f"arn:aws:{name}:us-east-1:{ACCOUNT}:" for name in ("sqs", "sns", "logs")
)
TABLE, FUNCTION = (
    f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/",
    f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:",
)
# What its caller may do anything with, by the parameter of another operation that names it.
STRAYS = [
    ("sqs", target("AmazonSQS.SendMessage"), {"QueueUrl": OTHER}, "SourceArn", OF_SQS + OWN),
    ("sqs", FORM, {"Action": "SendMessage", "QueueUrl": OTHER}, "SourceArn", OF_SQS + OWN),
    ("sns", FORM, {"Action": "Subscribe", "TopicArn": OF_SNS + OTHER}, "TargetArn", OF_SNS + OWN),
    ("sns", FORM, {"Action": "Publish", "TargetArn": OF_SNS + OTHER}, "TopicArn", OF_SNS + OWN),
    ("iam", FORM, {"Action": "PutRolePolicy", "RoleName": OTHER}, "GroupName", OWN),
    *(
        ("dynamodb", target("DynamoDB_20120810.Scan"), {"TableName": OTHER}, stray, value)
        for stray, value in (
            ("StreamArn", TABLE + OWN),
            ("ShardIterator", f"{TABLE}{OWN}|1"),
            ("ResourceArn", TABLE + OWN),
            ("TransactItems", [{"Scan": {"TableName": OWN}}]),
        )
    ),
    (
        "logs",
        target("Logs_20140328.StartQuery"),
        {"logGroupNames": [OTHER]},
        "logGroupIdentifier",
        OWN,
    ),
]


@pytest.mark.fidelity(
    "IAM",
    "What an operation is about is said by its own parameters; no others count.",
    source="IAM guide: reference_policies_elements_resource",
)
@pytest.mark.parametrize(("service", "headers", "parameters", "stray", "value"), STRAYS)
def test_a_parameter_of_another_operation_decides_nothing(
    account: Account, service: str, headers: dict[str, str], parameters: dict, stray: str, value
):
    """Permission on a queue, table or group does not reach another one that a call is about."""
    owned = [OF_SQS + OWN, OF_SNS + OWN, TABLE + OWN, f"arn:aws:iam::{ACCOUNT}:group/{OWN}"]
    actor = account.session(*(allow("*", on=resource) for resource in owned))
    given = parameters | {stray: value}
    body = urlencode(given) if headers is FORM else json.dumps(given)
    status, text = send(actor, service, body.encode(), headers)
    assert status in (400, 403)
    assert "is not authorized to perform" in text and OTHER in text


@pytest.mark.parametrize("event", [{"Resource": FUNCTION + OWN}, {"Qualifier": OWN}, {"UUID": OWN}])
def test_an_event_decides_nothing(account: Account, event: dict[str, str]):
    """What a function is invoked with is no parameter of the call."""
    owned = FUNCTION + OWN, f"{FUNCTION}{OTHER}:{OWN}", f"arn:aws:lambda:*:*:*:{OWN}"
    actor = account.session(*(allow("*", on=resource) for resource in owned))
    path = f"/2015-03-31/functions/{OTHER}/invocations"
    status, text = send(actor, "lambda", json.dumps(event).encode(), path=path)
    assert (status, f"on resource: {FUNCTION}{OTHER} because" in text) == (403, True)


@pytest.mark.parametrize(
    "name",
    [
        *(OTHER, f"function:{OTHER}", f"us-east-1:{ACCOUNT}:{OTHER}", f"{ACCOUNT}:{OTHER}"),
        *(f"us-east-1:{ACCOUNT}:function:{OTHER}", f"{FUNCTION}{OTHER}"),
    ],
)
def test_a_function_by_any_name_is_the_same(account: Account, name: str):
    """A statement that denies it is not passed by calling it otherwise.

    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters
    """
    deny = {"Effect": "Deny", "Action": "lambda:*", "Resource": FUNCTION + OTHER}
    actor = account.session(allow("lambda:*"), deny)
    path = f"/2015-03-31/functions/{name}/invocations"
    status, text = send(actor, "lambda", b"{}", path=path)
    assert (status, "explicit deny" in text) == (403, True)


def test_tags_are_of_the_function_here(account: Account):
    """An ARN that names another region means the function of the region that is asked."""
    deny = {"Effect": "Deny", "Action": "lambda:*", "Resource": FUNCTION + OTHER}
    actor = account.session(allow("lambda:*"), deny)
    for region in ("us-east-1", "eu-west-1"):
        arn = quote((FUNCTION + OTHER).replace("us-east-1", region), safe="")
        body = b'{"Tags": {"a": "b"}}'
        status, text = send(actor, "lambda", body, path=f"/2017-03-31/tags/{arn}")
        assert (status, "explicit deny" in text) == (403, True)


@pytest.mark.parametrize(
    ("operation", "source"),
    [
        ("RestoreTableToPointInTime", {"SourceTableName": OTHER}),
        ("RestoreTableToPointInTime", {"SourceTableArn": TABLE + OTHER}),
        ("RestoreTableFromBackup", {"BackupArn": f"{TABLE}{OTHER}/backup/1"}),
        ("ExportTableToPointInTime", {"TableArn": TABLE + OTHER}),
    ],
)
def test_a_copy_is_about_the_table_that_is_copied(account: Account, operation: str, source: dict):
    """Who may not touch a table gets no copy of it."""
    deny = {"Effect": "Deny", "Action": "dynamodb:*", "Resource": f"{TABLE}{OTHER}*"}
    actor = account.session(allow("dynamodb:*"), deny)
    body = json.dumps({"TargetTableName": OWN, **source}).encode()
    status, text = send(actor, "dynamodb", body, target(f"DynamoDB_20120810.{operation}"))
    assert (status, "explicit deny" in text) == (400, True)


def test_an_operation_that_is_spelled_otherwise_is_none(account: Account):
    """AWS's operations have one spelling; nothing is done, nor decided, for any other."""
    actor = account.session(allow("*"))
    for headers in (target("DynamoDB_20120810.scan"), target("DynamoDB_20120810.Dance")):
        status, text = send(actor, "dynamodb", b'{"TableName": "Orders"}', headers)
        assert (status, "UnknownOperationException" in text) == (400, True)


def test_every_log_group_of_a_query_is_asked_for(account: Account):
    """One that may not be read is not, beside one that may."""
    groups = [f"{OF_LOGS}log-group:{name}" for name in (OWN, OTHER)]
    actor = account.session(allow("logs:*", on=f"{groups[0]}:*"))
    for given in ({"logGroupNames": [OWN, OTHER]}, {"logGroupIdentifiers": groups}):
        body = json.dumps(given).encode()
        status, text = send(actor, "logs", body, target("Logs_20140328.StartQuery"))
        assert status == 400 and f"logs:StartQuery on resource: {groups[1]}:" in text


def test_s3_is_read_by_method_and_path(account: Account):
    """Its bodies are documents: one that looks like a request is stored."""
    writer = account.session(allow("s3:CreateBucket", "s3:PutObject")).client("s3")
    bucket = account.name("bucket")
    writer.create_bucket(Bucket=bucket)
    writer.put_object(Bucket=bucket, Key="k", Body=b"Action=DeleteBucket")
    stored = account.client("s3").get_object(Bucket=bucket, Key="k")["Body"].read()
    assert stored == b"Action=DeleteBucket"
    with pytest.raises(writer.exceptions.ClientError, match="s3:DeleteObject"):
        writer.delete_object(Bucket=bucket, Key="k")


def test_every_patch_that_hands_over_a_role_is_asked_for(account: Account):
    """The last one would be kept; the first alone would be decided on."""
    gateway, weak = account.client("apigateway"), account.powerful_role()
    strong = account.powerful_role()
    api = gateway.create_rest_api(name=account.name("api"))["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "POST"}
    gateway.put_method(**where, authorizationType="NONE")
    uri = f"arn:aws:apigateway:us-east-1:sqs:path/{ACCOUNT}/orders"
    gateway.put_integration(**where, type="AWS", integrationHttpMethod="POST", uri=uri)
    builder = account.session(allow("apigateway:*"), allow("iam:PassRole", on=weak))
    patches = [{"op": "replace", "path": "/credentials", "value": role} for role in (weak, strong)]
    with pytest.raises(gateway.exceptions.ClientError, match=f"iam:PassRole on resource: {strong}"):
        builder.client("apigateway").update_integration(**where, patchOperations=patches)
    builder.client("apigateway").update_integration(**where, patchOperations=patches[:1])
    assert gateway.get_integration(**where)["credentials"] == weak
