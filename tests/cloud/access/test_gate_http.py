"""The gate over real HTTP: who is let in, and each service's words for who is not."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.cloud.access.conftest import ACCOUNT, Account, allow, document
from tests.cloud.access.raw import FORM, answer_to, target
from tests.cloud.functions.surroundings import zipped

Json = Any


def refusal(call: Any, **arguments: Json) -> tuple[str, int, str]:
    """Code, status and message of the error that a call gets."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    return answer["Error"]["Code"], status, answer["Error"]["Message"]


NO_POLICY = "because no identity-based policy allows the {} action"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
DENIALS = [
    (
        "dynamodb",
        "put_item",
        {"TableName": "Orders", "Item": {}},
        ("AccessDeniedException", 400),
        ("dynamodb:PutItem", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/Orders"),
    ),
    (
        "sns",
        "publish",
        {"TopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:t", "Message": "x"},
        ("AuthorizationError", 403),
        ("SNS:Publish", f"arn:aws:sns:us-east-1:{ACCOUNT}:t"),
    ),
    (
        "sqs",
        "send_message",
        {"QueueUrl": f"http://127.0.0.1/{ACCOUNT}/q", "MessageBody": "x"},
        ("AccessDenied", 403),
        ("sqs:sendmessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"),
    ),
    (
        "lambda",
        "invoke",
        {"FunctionName": "f"},
        ("AccessDeniedException", 403),
        ("lambda:InvokeFunction", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"),
    ),
    (
        "logs",
        "create_log_group",
        {"logGroupName": "g"},
        ("AccessDeniedException", 400),
        ("logs:CreateLogGroup", f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:g:log-stream:"),
    ),
    (
        "iam",
        "create_user",
        {"UserName": "u"},
        ("AccessDenied", 403),
        ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/u"),
    ),
    (
        "apigateway",
        "get_rest_apis",
        {},
        ("AccessDeniedException", 403),
        ("apigateway:GET", "arn:aws:apigateway:us-east-1::/restapis"),
    ),
    (
        "cloudwatch",
        "put_metric_data",
        {"Namespace": "n", "MetricData": [{"MetricName": "m"}]},
        ("AccessDenied", 403),
        ("cloudwatch:PutMetricData", "*"),
    ),
]


@pytest.mark.parametrize(
    ("service", "call", "arguments", "expected", "named"), DENIALS, ids=[d[0] for d in DENIALS]
)
@pytest.mark.fidelity(
    "IAM",
    "A denial has the service's own code, status and spelling, and AWS's sentence.",
    source="IAM guide: troubleshoot_access-denied",
)
def test_denials(account: Account, service, call, arguments, expected, named):
    """Each service's code and status; the sentence names session, action, resource and reason."""
    actor = account.session()
    code, status, message = refusal(getattr(actor.client(service), call), **arguments)
    assert (code, status) == expected
    action, resource = named
    assert message == (
        f"User: {actor.arn} is not authorized to perform: {action} on resource: {resource} "
        + NO_POLICY.format(action)
    )


@pytest.mark.fidelity(
    "SQS",
    "A denial has the query protocol's code in a header of the JSON protocol's answer.",
    source="botocore: sqs/2012-11-05/service-2.json",
)
def test_a_denial_of_sqs_on_the_wire(account: Account):
    """boto3 takes the code from the header; a client of the query protocol from the XML."""
    url, arn = account.queue()
    actor = account.session()
    body = json.dumps({"QueueUrl": url, "MessageBody": "x"}).encode()
    status, headers, text = answer_to(actor, "sqs", body, target("AmazonSQS.SendMessage"))
    answer = json.loads(text)
    assert (status, headers["x-amzn-query-error"]) == (403, "AccessDenied;Sender")
    assert answer["__type"].endswith("#AccessDeniedException")
    said = f"is not authorized to perform: sqs:sendmessage on resource: {arn}"
    assert said in answer["message"]
    form = f"Action=SendMessage&Version=2012-11-05&MessageBody=x&QueueUrl={url}".encode()
    status, headers, text = answer_to(actor, "sqs", form, FORM)
    assert (status, "x-amzn-query-error" in headers) == (403, False)
    assert "<Type>Sender</Type><Code>AccessDenied</Code>" in text and said in text


@pytest.mark.fidelity(
    "IAM",
    "Action and resource of a call are read from the request; another resource is denied.",
    source="IAM guide: reference_policies_elements_resource",
)
def test_the_resource_counts(account: Account):
    """A role that may send to one queue may not send to another."""
    (mine, arn), (other, _) = account.queue(), account.queue()
    sqs = account.session(allow("sqs:SendMessage", on=arn)).client("sqs")
    assert sqs.send_message(QueueUrl=mine, MessageBody="x")["MessageId"]
    assert refusal(sqs.send_message, QueueUrl=other, MessageBody="x")[0] == "AccessDenied"
    assert refusal(sqs.purge_queue, QueueUrl=mine)[0] == "AccessDenied"


@pytest.mark.fidelity(
    "IAM",
    "Within an account a queue's policy alone may let a role send.",
    source="IAM guide: reference_policies_evaluation-logic",
)
def test_a_queues_policy_is_enough(account: Account):
    """It names the role; the role has no policy of its own."""
    actor = account.session()
    role = actor.arn.replace(":sts:", ":iam:").replace("assumed-role", "role").rpartition("/")[0]
    statement = {"Effect": "Allow", "Principal": {"AWS": role}, "Action": "sqs:SendMessage"}
    url, _ = account.queue(statement)
    assert actor.client("sqs").send_message(QueueUrl=url, MessageBody="x")["MessageId"]
    assert refusal(actor.client("sqs").receive_message, QueueUrl=url)[0] == "AccessDenied"


@pytest.mark.fidelity(
    "IAM", "An explicit deny wins.", source="IAM guide: reference_policies_evaluation-logic"
)
def test_an_explicit_deny(account: Account):
    """In the identity's policy, or in the queue's, where it holds for the administrator too."""
    url, arn = account.queue()
    deny = {"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": arn}
    sqs = account.session(allow("sqs:*"), deny).client("sqs")
    message = refusal(sqs.send_message, QueueUrl=url, MessageBody="x")[2]
    assert message.endswith("with an explicit deny in an identity-based policy")
    closed, _ = account.queue({"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage"})
    sent = account.client("sqs").send_message
    assert refusal(sent, QueueUrl=closed, MessageBody="x")[2].endswith(
        "with an explicit deny in a resource-based policy"
    )


def test_a_session_policy_and_a_boundary_only_narrow(account: Account):
    """What they do not allow is denied, and the message says which of them it was."""
    url, _ = account.queue()
    narrowed = account.session(allow("sqs:*"), Policy=document(allow("sqs:ReceiveMessage")))
    assert "Messages" not in narrowed.client("sqs").receive_message(QueueUrl=url)
    message = refusal(narrowed.client("sqs").send_message, QueueUrl=url, MessageBody="x")[2]
    assert message.endswith("because no session policy allows the sqs:sendmessage action")
    made = account.client("iam").create_policy(
        PolicyName=account.name("boundary"), PolicyDocument=document(allow("sqs:ReceiveMessage"))
    )
    bounded = account.session(allow("sqs:*"), PermissionsBoundary=made["Policy"]["Arn"])
    message = refusal(bounded.client("sqs").send_message, QueueUrl=url, MessageBody="x")[2]
    assert message.endswith("because no permissions boundary allows the sqs:sendmessage action")


@pytest.mark.fidelity(
    "IAM",
    "A permissions boundary may be one of AWS's policies; one that does not exist is refused.",
    source="IAM API: PutRolePermissionsBoundary",
)
def test_a_boundary_of_aws(account: Account):
    """It is known as soon as it is named, for a role and for a user."""
    url, _ = account.queue()
    limit = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
    bounded = account.session(allow("sqs:*"), PermissionsBoundary=limit).client("sqs")
    assert bounded.get_queue_attributes(QueueUrl=url)
    message = refusal(bounded.send_message, QueueUrl=url, MessageBody="x")[2]
    assert message.endswith("because no permissions boundary allows the sqs:sendmessage action")
    iam, name, missing = account.client("iam"), account.name("u"), f"{limit}Not"
    assert refusal(iam.create_user, UserName=name, PermissionsBoundary=missing)[0] == "NoSuchEntity"
    role = account.powerful_role().rpartition("/")[2]
    put = iam.put_role_permissions_boundary
    assert refusal(put, RoleName=role, PermissionsBoundary=missing)[0] == "NoSuchEntity"


@pytest.mark.parametrize(
    ("condition", "of_session", "of_user"),
    [
        ({"Bool": {"aws:ViaAWSService": "false"}}, True, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True, True),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, True, False),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, False, True),
        ({"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}}, True, False),
        ({"DateLessThan": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}}, False, False),
        ({"StringLike": {"lambda:SourceFunctionArn": "*"}}, False, False),
    ],
)
@pytest.mark.fidelity(
    "IAM",
    "Temporary credentials say when they were issued, and that no MFA device was used.",
    source="IAM guide: reference_policies_condition-keys",
)
def test_keys_of_credentials(account: Account, condition: Json, of_session: bool, of_user: bool):
    """A user's long-term key has neither; no call is made through a service."""
    url, _ = account.queue()
    for make, expected in ((account.session, of_session), (account.user, of_user)):
        receive = make(allow("sqs:*", Condition=condition)).client("sqs").receive_message
        if expected:
            assert receive(QueueUrl=url)
        else:
            assert refusal(receive, QueueUrl=url)[0] == "AccessDenied"


def test_an_attached_policy_counts(account: Account):
    """In its default version."""
    iam, name = account.client("iam"), account.name("attached")
    url, _ = account.queue()
    actor = account.session()
    role = actor.arn.split("/")[-2]
    policy = iam.create_policy(PolicyName=name, PolicyDocument=document(allow("sns:Publish")))
    arn = policy["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    receive = actor.client("sqs").receive_message
    assert refusal(receive, QueueUrl=url)[0] == "AccessDenied"
    wider = document(allow("sqs:ReceiveMessage"))
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=wider, SetAsDefault=False)
    assert refusal(receive, QueueUrl=url)[0] == "AccessDenied"
    version = made["PolicyVersion"]["VersionId"]
    iam.set_default_policy_version(PolicyArn=arn, VersionId=version)
    assert receive(QueueUrl=url)
    narrow = document(allow("sns:Publish"))
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=narrow, SetAsDefault=True)
    assert refusal(receive, QueueUrl=url)[0] == "AccessDenied"


@pytest.mark.fidelity(
    "IAM",
    "A role's ARN has its path in it, also where a request names the role alone.",
    source="IAM guide: reference_identifiers",
)
def test_the_path_of_a_role_counts(account: Account):
    """It is a part of the ARN; the request names the role without."""
    iam, name = account.client("iam"), account.name("served")
    trust = document({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"})
    iam.create_role(RoleName=name, Path="/service-role/", AssumeRolePolicyDocument=trust)
    arn = f"arn:aws:iam::{ACCOUNT}:role"
    may = account.session(allow("iam:GetRole", on=f"{arn}/service-role/*")).client("iam")
    assert may.get_role(RoleName=name)
    may_not = account.session(allow("iam:GetRole", on=f"{arn}/{name}")).client("iam")
    assert refusal(may_not.get_role, RoleName=name)[0] == "AccessDenied"


@pytest.mark.fidelity(
    "IAM",
    "A resource of another account needs the allowance of both accounts.",
    source="IAM guide: reference_policies_evaluation-logic-cross-account",
)
def test_a_queue_of_another_account(account: Account):
    """Its own policy would have to allow it, and there is none; nobody reaches a namesake here."""
    url, _ = account.queue()
    foreign = url.replace(ACCOUNT, "111122223333")
    for sqs in (account.client("sqs"), account.session(allow("*")).client("sqs")):
        code, _, message = refusal(sqs.send_message, QueueUrl=foreign, MessageBody="x")
        assert code == "AccessDenied"
        assert message.endswith(
            "because no resource-based policy allows the sqs:sendmessage action"
        )


@pytest.mark.fidelity(
    "IAM",
    "What is done to an event source mapping has its function as lambda:FunctionArn.",
    source="Lambda guide: lambda-api-permissions-ref",
)
def test_a_mappings_function_is_a_condition(account: Account):
    """Whoever may change the mappings of one function may not change another's."""
    lambda_, (_, queue) = account.client("lambda"), account.queue()
    name = account.name("polled")
    made = lambda_.create_function(
        FunctionName=name,
        Role=account.powerful_role(),
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": zipped("def handler(event, context): ...")},
    )
    mapped = {"EventSourceArn": queue, "FunctionName": name, "Enabled": False}
    uuid = lambda_.create_event_source_mapping(**mapped)["UUID"]
    for function, allowed in ((f"{made['FunctionArn']}-2", False), (made["FunctionArn"], True)):
        only = {"ArnEquals": {"lambda:FunctionArn": function}}
        update = account.session(allow("lambda:*", Condition=only)).client("lambda")
        change = {"UUID": uuid, "BatchSize": 5}
        if allowed:
            assert update.update_event_source_mapping(**change)["BatchSize"] == 5
        else:
            code, *_ = refusal(update.update_event_source_mapping, **change)
            assert code == "AccessDeniedException"
    lambda_.delete_event_source_mapping(UUID=uuid)


def test_an_external_id_is_asked_for(account: Account):
    """A trust policy may want to be told one."""
    asked = {"StringEquals": {"sts:ExternalId": "secret"}}
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    role = account.client("iam").create_role(
        RoleName=account.name("asked"),
        AssumeRolePolicyDocument=document({**trust, "Condition": asked}),
    )
    take = account.client("sts").assume_role
    given = {"RoleArn": role["Role"]["Arn"], "RoleSessionName": "me"}
    assert refusal(take, **given, ExternalId="guess")[0] == "AccessDenied"
    assert take(**given, ExternalId="secret")["Credentials"]


def test_conditions_see_the_call(account: Account):
    """Source address, region and the user's name are context keys."""
    home = {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}
    away = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    url, _ = account.queue()
    near = account.user(allow("sqs:ReceiveMessage", Condition=home)).client("sqs")
    far = account.user(allow("sqs:ReceiveMessage", Condition=away)).client("sqs")
    assert near.receive_message(QueueUrl=url)
    assert refusal(far.receive_message, QueueUrl=url)[0] == "AccessDenied"


def test_everybody_may_ask_who_they_are(account: Account):
    """GetCallerIdentity needs no permission."""
    actor = account.session()
    assert actor.client("sts").get_caller_identity()["Arn"] == actor.arn


@pytest.mark.fidelity(
    "IAM",
    "A user who names nobody means itself: GetUser, access keys, by what it may do with itself.",
    source="IAM API: GetUser",
)
def test_a_user_who_names_nobody_means_itself(account: Account):
    """What is allowed on the own user is enough, and reaches no other user's keys.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    own = f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"
    user = account.user(allow("iam:GetUser", "iam:*AccessKey*", on=own))
    other = account.user()
    iam, name = user.client("iam"), user.arn.rpartition("/")[2]
    assert iam.get_user()["User"]["Arn"] == user.arn
    made = iam.create_access_key()["AccessKey"]
    assert made["UserName"] == name
    assert len(iam.list_access_keys()["AccessKeyMetadata"]) == 2
    for key in (other.keys["AccessKeyId"], "AKIAIOSFODNN7EXAMPLE"):
        with pytest.raises(iam.exceptions.NoSuchEntityException):
            iam.update_access_key(AccessKeyId=key, Status="Inactive")
        with pytest.raises(iam.exceptions.NoSuchEntityException):
            iam.delete_access_key(AccessKeyId=key)
    iam.delete_access_key(AccessKeyId=made["AccessKeyId"])
    with pytest.raises(ClientError, match=r"iam:ListMFADevices on resource: \S+/" + name):
        iam.list_mfa_devices()


def test_a_session_has_no_user_to_name(account: Account):
    """A role names the user; the account's administrator is one, as GetCallerIdentity says."""
    iam = account.session(allow("iam:*")).client("iam")
    for call in (iam.get_user, iam.create_access_key):
        with pytest.raises(ClientError, match="Must specify userName when calling with non-User"):
            call()
    found = account.client("iam").get_user()["User"]
    known = account.client("sts").get_caller_identity()
    assert (found["Arn"], found["UserId"]) == (known["Arn"], known["UserId"])


INVALID = "The security token included in the request is invalid."


@pytest.mark.fidelity(
    "IAM",
    "A wrong secret, a foreign or missing session token and a deleted key are refused.",
    source="IAM guide: reference_sigv",
)
def test_authentication(account: Account):
    """Each protocol has a code of its own."""
    actor = account.session(allow("*"))
    wrong = {"SecretAccessKey": "wrong"}
    assert refusal(actor.client("sns", **wrong).list_topics)[:2] == ("SignatureDoesNotMatch", 403)
    code, status, message = refusal(actor.client("dynamodb", **wrong).list_tables)
    assert (code, status) == ("InvalidSignatureException", 400)
    assert message.startswith("The request signature we calculated does not match")
    other = account.session(allow("*")).keys["SessionToken"]
    for token in (other, None):
        answer = refusal(actor.client("sns", SessionToken=token).list_topics)
        assert answer == ("InvalidClientTokenId", 403, INVALID)
    answer = refusal(actor.client("dynamodb", SessionToken=other).list_tables)
    assert answer == ("UnrecognizedClientException", 400, INVALID)
    assert refusal(actor.client("lambda", SessionToken=other).list_functions)[:2] == (
        "UnrecognizedClientException",
        403,
    )
    user, iam = account.user(allow("*")), account.client("iam")
    assert user.client("sns").list_topics()
    name, key = user.arn.rpartition("/")[2], user.keys["AccessKeyId"]
    iam.update_access_key(UserName=name, AccessKeyId=key, Status="Inactive")
    assert refusal(user.client("sns").list_topics)[0] == "InvalidClientTokenId"
    iam.delete_access_key(UserName=name, AccessKeyId=key)
    assert refusal(user.client("sns").list_topics)[0] == "InvalidClientTokenId"


@pytest.mark.parametrize("place", ["header", "query"])
def test_an_abridged_signature_of_a_known_key_is_refused(account: Account, place: str):
    """A header or query that names a known key and no signature gets nobody in."""
    key = account.session(allow("*")).keys["AccessKeyId"]
    credential = f"{key}/20261123/us-east-1/sns/aws4_request"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    url = account.endpoint
    if place == "header":
        headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={credential}"
    else:
        url += f"/?X-Amz-Credential={credential}"
    request = urllib.request.Request(url, b"Action=ListTopics", headers)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value as answer:
        assert answer.status == 403


@pytest.mark.fidelity(
    "IAM",
    "A session ends with its time, by the lab's clock.",
    source="STS API: AssumeRole",
)
def test_an_expired_session(account: Account):
    """Its token is refused with each protocol's code."""
    actor = account.session(allow("*"), DurationSeconds=900)
    assert actor.client("sns").list_topics()
    body = json.dumps({"advance": 901}).encode()
    urllib.request.urlopen(
        urllib.request.Request(f"{account.endpoint}/_lab/clock", body, method="POST")
    ).close()
    expired = "The security token included in the request is expired"
    assert refusal(actor.client("sns").list_topics) == ("ExpiredToken", 403, expired)
    assert refusal(actor.client("dynamodb").list_tables) == ("ExpiredTokenException", 400, expired)


@pytest.mark.fidelity(
    "IAM",
    "A role is taken by whom its trust policy lets, the administrator included.",
    source="IAM guide: id_roles_terms-and-concepts",
)
def test_a_roles_trust_decides_who_takes_it(account: Account):
    """A role for a service is not for people."""
    role = account.powerful_role()
    sts = account.client("sts")
    code, status, message = refusal(sts.assume_role, RoleArn=role, RoleSessionName="me")
    assert (code, status) == ("AccessDenied", 403)
    assert message == (
        f"User: arn:aws:iam::{ACCOUNT}:user/administrator is not authorized to perform: "
        f"sts:AssumeRole on resource: {role}"
    )


@pytest.mark.fidelity(
    "IAM",
    "Who hands a role to Lambda or API Gateway needs iam:PassRole on it.",
    source="IAM guide: id_roles_use_passrole",
)
def test_pass_role(account: Account):
    """Permission to create a function is not permission to give it any role."""
    role = account.powerful_role()
    creates = account.session(allow("lambda:*")).client("lambda")
    code, _, message = refusal(
        creates.create_function,
        FunctionName="f",
        Role=role,
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": b"x"},
    )
    assert code == "AccessDeniedException"
    assert f"is not authorized to perform: iam:PassRole on resource: {role}" in message
    name = account.name("passed")
    account.client("lambda").create_function(
        FunctionName=name,
        Role=role,
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": zipped("def handler(event, context): ...")},
    )
    message = refusal(creates.update_function_configuration, FunctionName=name, Role=role)[2]
    assert f"is not authorized to perform: iam:PassRole on resource: {role}" in message
    assert creates.update_function_configuration(FunctionName=name, Timeout=5)["Timeout"] == 5
    api = account.client("apigateway").create_rest_api(name=account.name("api"))["id"]
    root = account.client("apigateway").get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "POST"}
    account.client("apigateway").put_method(**where, authorizationType="NONE")
    integration = {
        **where,
        "type": "AWS",
        "integrationHttpMethod": "POST",
        "uri": f"arn:aws:apigateway:us-east-1:sqs:path/{ACCOUNT}/orders",
        "credentials": role,
    }
    builds = account.session(allow("apigateway:*")).client("apigateway")
    assert "iam:PassRole" in refusal(builds.put_integration, **integration)[2]
    only = {"StringEquals": {"iam:PassedToService": "apigateway.amazonaws.com"}}
    passes = account.session(
        allow("apigateway:*"), allow("iam:PassRole", on=role, Condition=only)
    ).client("apigateway")
    assert passes.put_integration(**integration)["credentials"] == role
    patch = {"op": "replace", "path": "/credentials", "value": role}
    message = refusal(builds.update_integration, **where, patchOperations=[patch])[2]
    assert "iam:PassRole" in message
    assert passes.update_integration(**where, patchOperations=[patch])["credentials"] == role
    logging = {"op": "replace", "path": "/cloudwatchRoleArn", "value": role}
    assert "iam:PassRole" in refusal(builds.update_account, patchOperations=[logging])[2]
    extension = {"type": "aws", "httpMethod": "POST", "credentials": role}
    extension["uri"] = integration["uri"]
    path = {"get": {"x-amazon-apigateway-integration": extension}}
    body = json.dumps({"openapi": "3.0.1", "info": {"title": "a"}, "paths": {"/": path}})
    assert "iam:PassRole" in refusal(builds.import_rest_api, body=body)[2]
    assert "iam:PassRole" in refusal(builds.put_rest_api, restApiId=api, body=body)[2]
    assert passes.import_rest_api(body=body)["name"] == "a"


def test_the_administrator_may_do_anything(account: Account):
    """Any key that this cloud did not issue is the administrator's, whatever its secret."""
    sqs = account.client("sqs", aws_access_key_id="any", aws_secret_access_key="thing")
    assert sqs.list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        ("sns", "publish", {"TopicArn": f"arn:aws:sns:mars-1:{ACCOUNT}:t", "Message": "x"}),
        ("sqs", "start_message_move_task", {"SourceArn": f"arn:aws:sqs:mars-1:{ACCOUNT}:q"}),
        (
            "dynamodb",
            "get_item",
            {"TableName": f"arn:aws:dynamodb:mars-1:{ACCOUNT}:table/t", "Key": {"a": {"S": "b"}}},
        ),
    ],
)
def test_a_resource_in_no_region_is_decided_on_all_the_same(
    account: Account, service: str, call: str, arguments: Json
):
    """Nobody has allowed anything there; the gate does not fail over it."""
    _, status, message = refusal(getattr(account.session().client(service), call), **arguments)
    assert status < 500 and "mars-1" in message and "is not authorized to perform" in message


@pytest.mark.parametrize("form", ["{0}&TopicArn={1}", "{1}&TopicArn={0}"])
def test_a_call_names_one_resource(account: Account, form: str):
    """Whoever may read one topic learns nothing of another by naming both."""
    sns = account.client("sns")
    mine, other = (sns.create_topic(Name=account.name("topic"))["TopicArn"] for _ in range(2))
    keys = account.session(allow("sns:GetTopicAttributes", on=mine)).keys
    body = f"Action=GetTopicAttributes&TopicArn={form.format(other, mine)}"
    form_type = {"Content-Type": "application/x-www-form-urlencoded"}
    signed = AWSRequest("POST", f"{account.endpoint}/", data=body, headers=form_type)
    credentials = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    SigV4Auth(credentials, "sns", "us-east-1").add_auth(signed)
    sent = urllib.request.Request(signed.url, body.encode(), dict(signed.headers.items()))
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(sent)
    assert caught.value.code == 403
    assert b"AuthorizationError" in caught.value.read()
