"""Access logs, execution logs and the Test button, over real HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.gateway.apis import Api, fetch, new_api, new_function, queue_integration

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "apigateway.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
PUSH = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/api/orders"
ENCODED = "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"


@pytest.fixture
def api(cloud: str, client: Callable[..., Any]) -> Api:
    """A new API with `/orders`, in an account whose API Gateway may write logs."""
    made = new_api(client, cloud)
    use_role(made, role_for_logs(client("iam"), made.id))
    return made


def role_for_logs(iam: Any, name: str) -> str:
    """The ARN of a role with which API Gateway may write logs."""
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    iam.attach_role_policy(RoleName=name, PolicyArn=PUSH)
    return role["Arn"]


def use_role(api: Api, role_arn: str) -> None:
    """Make it the account's role for logs."""
    operation = {"op": "replace", "path": "/cloudwatchRoleArn", "value": role_arn}
    api.client.update_account(patchOperations=[operation])


@pytest.fixture
def logs(client: Callable[..., Any]) -> Any:
    """A client of CloudWatch Logs."""
    return client("logs")


def set_up(api: Api, **settings: str) -> None:
    """Change the stage: keyword names are paths with `__` for `/`."""
    api.client.update_stage(
        restApiId=api.id,
        stageName="lab",
        patchOperations=[
            {"op": "replace", "path": f"/{name.replace('__', '/')}", "value": value}
            for name, value in settings.items()
        ],
    )


def log_on(api: Api, level: str, *, data: bool = False) -> None:
    """Turn on execution logs."""
    api.client.update_stage(
        restApiId=api.id,
        stageName="lab",
        patchOperations=[
            {"op": "replace", "path": "/*/*/logging/loglevel", "value": level},
            {"op": "replace", "path": "/*/*/logging/dataTrace", "value": str(data).lower()},
        ],
    )


def lines(logs: Any, group: str) -> list[str]:
    """All that a log group holds."""
    try:
        found = logs.filter_log_events(logGroupName=group)
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [event["message"] for event in found["events"]]


@pytest.mark.fidelity(
    "API Gateway",
    "The log group of an access log is made with its first line if it is missing.",
    differs="AWS's pages only say that the group is to be made beforehand.",
)
def test_an_access_log(api: Api, logs: Any) -> None:
    """One line for each request, whatever it was answered with."""
    api.put({}, request={"apiKeyRequired": False})
    api.deploy()
    layout = "$context.requestId $context.httpMethod $context.resourcePath $context.status"
    set_up(
        api,
        accessLogSettings__destinationArn=GROUP,
        accessLogSettings__format=f"{layout} $context.error.responseType",
    )
    good, bad = api.call("{}"), api.call("{}", path="/nothing")
    assert (good.status, bad.status) == (200, 403)
    assert lines(logs, "/api/orders") == [
        f"{good.headers['x-amzn-RequestId']} POST /orders 200 -",
        f"{bad.headers['x-amzn-RequestId']} POST - 403 MISSING_AUTHENTICATION_TOKEN",
    ]


@pytest.mark.fidelity(
    "API Gateway",
    "Logs need the account's `cloudwatchRoleArn`.",
    source="API Gateway guide: set-up-logging",
)
def test_logs_need_a_role(cloud: str, client: Callable[..., Any]) -> None:
    """Without it, turning a log on is refused."""
    made = new_api(client, cloud)
    made.put({})
    made.deploy()
    gateway = client("apigateway", region_name="eu-west-1")
    api_id = gateway.create_rest_api(name="elsewhere")["id"]
    root = gateway.get_resources(restApiId=api_id)["items"][0]["id"]
    where = {"restApiId": api_id, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(**where, authorizationType="NONE")
    gateway.put_integration(**where, type="MOCK")
    gateway.create_deployment(restApiId=api_id, stageName="lab")
    operation = {"op": "replace", "path": "/*/*/logging/loglevel", "value": "INFO"}
    with pytest.raises(ClientError, match="CloudWatch Logs role ARN must be set"):
        gateway.update_stage(restApiId=api_id, stageName="lab", patchOperations=[operation])


@pytest.mark.fidelity(
    "IAM",
    "API Gateway writes logs with the account's role, which must trust it and may write them.",
    source="API Gateway guide: set-up-logging",
)
def test_the_role_for_logs_is_tried(api: Api, logs: Any, client: Callable[..., Any]) -> None:
    """It is refused when it cannot log; when that is taken away later, nothing is logged."""
    iam, refused = client("iam"), "The role ARN does not have required permissions configured"
    api.put({})
    api.deploy()
    log_on(api, "INFO")
    logs.create_log_group(logGroupName=f"/api/{api.id}")
    group = GROUP.replace("/api/orders", f"/api/{api.id}")
    set_up(
        api, accessLogSettings__destinationArn=group, accessLogSettings__format="$context.requestId"
    )
    name = f"{api.id}-weak"
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    for role_arn in (arn, f"{arn}-nobody"):
        with pytest.raises(ClientError, match=refused):
            use_role(api, role_arn)
    iam.attach_role_policy(RoleName=name, PolicyArn=PUSH)
    use_role(api, arn)
    api.call()
    execution = f"API-Gateway-Execution-Logs_{api.id}/lab"
    written = len(lines(logs, execution)), len(lines(logs, f"/api/{api.id}"))
    assert min(written) > 0
    iam.detach_role_policy(RoleName=name, PolicyArn=PUSH)
    api.call()
    iam.attach_role_policy(RoleName=name, PolicyArn=PUSH)
    others = json.dumps(TRUST).replace("apigateway.", "ec2.")
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=others)
    api.call()
    assert (len(lines(logs, execution)), len(lines(logs, f"/api/{api.id}"))) == written


@pytest.mark.fidelity(
    "API Gateway",
    "At level INFO the execution log has the steps of every request, with payloads if traced.",
    source="re:Post: api-gateway-logs",
)
@pytest.mark.parametrize("data", [True, False])
def test_an_execution_log(api: Api, logs: Any, data: bool, client: Callable[..., Any]) -> None:
    """The lines begin with the request's id, in the group of the API and its stage."""
    client("sqs").create_queue(QueueName="logged")
    api.put(queue_integration(ENCODED, "logged"))
    api.deploy()
    log_on(api, "INFO", data=data)
    answer = api.call('{"id": "536365"}')
    assert answer.status == 200
    request_id = answer.headers["x-amzn-RequestId"]
    written = lines(logs, f"API-Gateway-Execution-Logs_{api.id}/lab")
    assert all(line.startswith(f"({request_id}) ") for line in written)
    found = [line.removeprefix(f"({request_id}) ").partition(": ")[0] for line in written]
    payloads = [
        "Method request path",
        "Method request query string",
        "Method request headers",
        "Method request body before transformations",
        "Endpoint request URI",
        "Endpoint request headers",
        "Endpoint request body after transformations",
        "Endpoint response headers",
        "Endpoint response body before transformations",
        "Method response body after transformations",
        "Method response headers",
    ]
    assert [line for line in found if line in payloads] == (payloads if data else [])
    assert [line for line in found if line not in payloads] == [
        "Verifying Usage Plan for request",
        "API Key  authorized because method 'POST /orders' does not require API Key. "
        "Request will not contribute to throttle or quota limits",
        f"Usage Plan check succeeded for API Key  and API Stage {api.id}/lab",
        "Starting execution for request",
        "HTTP Method",
        "Sending request to https://sqs.us-east-1.amazonaws.com/123456789012/logged",
        "Received response. Status",
        "Successfully completed execution",
        "Method completed with status",
    ]


@pytest.mark.fidelity(
    "API Gateway",
    "At level ERROR only requests that failed are in the execution log.",
    source="re:Post: api-gateway-429-limit",
)
def test_errors_only(api: Api, logs: Any) -> None:
    """The reason of a failure, which the caller does not learn, is in the log."""
    api.put({"requestTemplates": {"application/json": "$input.path('$.status')"}})
    api.put({}, method="GET")
    api.deploy()
    log_on(api, "ERROR")
    assert api.call(method="GET").status == 200
    assert lines(logs, f"API-Gateway-Execution-Logs_{api.id}/lab") == []
    assert api.call("{}").status == 500
    written = lines(logs, f"API-Gateway-Execution-Logs_{api.id}/lab")
    assert any("Execution failed due to configuration error: Unable to parse" in w for w in written)
    assert written[-1].endswith("Method completed with status: 500")


class TestButton:
    """`test_invoke_method`."""

    @pytest.mark.fidelity(
        "API Gateway",
        "The Test button runs a method before it is deployed, without keys and limits.",
        source="API Gateway guide: how-to-test-method",
    )
    def test_an_undeployed_method(self, api: Api) -> None:
        """Status, headers, body and log of the method as it is now."""
        api.put(
            {},
            {
                "200": {
                    "responseTemplates": {
                        "application/json": '{"stage": "$context.stage", "who": '
                        '"$stageVariables.who", "q": "$input.params(\'q\')", '
                        '"h": "$input.params(\'X-H\')", "ip": "$context.identity.sourceIp"}'
                    }
                }
            },
            request={"apiKeyRequired": True},
        )
        tested = api.client.test_invoke_method(
            **api.where(),
            pathWithQueryString="/orders?q=1",
            body="{}",
            headers={"X-H": "2"},
            stageVariables={"who": "me"},
        )
        assert tested["status"] == 200
        assert json.loads(tested["body"]) == {
            "stage": "test-invoke-stage",
            "who": "me",
            "q": "1",
            "h": "2",
            "ip": "test-invoke-source-ip",
        }
        assert tested["headers"] == {"Content-Type": "application/json"}
        assert tested["multiValueHeaders"] == {"Content-Type": ["application/json"]}
        assert tested["latency"] >= 0

    @pytest.mark.fidelity(
        "API Gateway",
        "The log of the Test button has the console's lines, in the console's order.",
        source="API Gateway guide: how-to-test-method",
    )
    @pytest.mark.fidelity(
        "API Gateway",
        "Logs show the headers of an integration request without those of a signature.",
        differs="Nothing is signed on its way inside this cloud.",
        source="LocalStack's recording: apigateway/test_apigateway_basic",
    )
    def test_the_log(self, api: Api, client: Callable[..., Any]) -> None:
        """The body as it arrived and as it left, the backend's answer and the caller's."""
        sqs = client("sqs")
        url = sqs.create_queue(QueueName="tested")["QueueUrl"]
        api.put(queue_integration(ENCODED, "tested"))
        tested = api.client.test_invoke_method(**api.where(), body='{"a": "b&c"}')
        assert tested["status"] == 200
        assert tested["headers"]["X-Amzn-Trace-Id"].startswith("Root=1-")
        first, *written = tested["log"].splitlines()
        request_id = first.removeprefix("Execution log for request ")
        texts = [line.partition(" : ")[2] for line in written]
        assert texts[:2] == [
            f"Starting execution for request: {request_id}",
            "HTTP Method: POST, Resource Path: /orders",
        ]
        assert texts[2:6] == [
            "Method request path: {}",
            "Method request query string: {}",
            "Method request headers: {}",
            'Method request body before transformations: {"a": "b&c"}',
        ]
        assert (
            "Endpoint request body after transformations: "
            "Action=SendMessage&MessageBody=%7B%22a%22%3A+%22b%26c%22%7D"
        ) in texts
        assert texts[-2:] == [
            "Successfully completed execution",
            "Method completed with status: 200",
        ]
        [sent] = [text for text in texts if text.startswith("Endpoint request headers: {")]
        assert re.fullmatch(
            r"Endpoint request headers: \{Content-Type=application/x-www-form-urlencoded, "
            rf"Accept=application/json, User-Agent=AmazonAPIGateway_{api.id}, "
            rf"X-Amz-Date=\d{{8}}T\d{{6}}Z, x-amzn-apigateway-api-id={api.id}, "
            r"Host=sqs\.us-east-1\.amazonaws\.com, X-Amz-Content-Sha256=[0-9a-f]{64}\}",
            sent,
        )
        [answered] = [text for text in texts if text.startswith("Endpoint response headers: {")]
        assert "Date=" in answered and "Content-Length=" in answered
        received = sqs.receive_message(QueueUrl=url)["Messages"]
        assert [message["Body"] for message in received] == ['{"a": "b&c"}'], "it is no dry run"

    def test_a_method_that_fails(self, api: Api) -> None:
        """The test succeeds and shows the failure, with its reason in the log."""
        api.put({"requestTemplates": {"application/json": "none"}})
        tested = api.client.test_invoke_method(**api.where())
        assert tested["status"] == 500
        assert json.loads(tested["body"]) == {"message": "Internal server error"}
        assert tested["headers"] == {"x-amzn-ErrorType": "InternalServerErrorException"}
        assert "Unable to parse statusCode" in tested["log"]

    @pytest.mark.fidelity(
        "API Gateway",
        "Behind a Lambda proxy, the log of a test has the event, the error and the request's id.",
        source="API Gateway guide: how-to-test-method",
    )
    def test_a_function_that_fails(self, api: Api, client: Callable[..., Any]) -> None:
        """The caller gets 502; the reason is in the log."""
        source = (
            "def handler(event, context):\n    raise ValueError(event['requestContext']['stage'])"
        )
        arn = new_function(client, "fails-behind-the-gateway", source)
        path = f"2015-03-31/functions/{arn}/invocations"
        uri = f"arn:aws:apigateway:us-east-1:lambda:path/{path}"
        api.put({"type": "AWS_PROXY", "uri": uri, "requestTemplates": {}})
        tested = api.client.test_invoke_method(**api.where(), body="{}")
        assert tested["status"] == 502
        request_id = tested["log"].splitlines()[0].rpartition(" ")[2]
        source = (
            f"arn:aws:execute-api:us-east-1:123456789012:{api.id}/test-invoke-stage/POST/orders"
        )
        assert f"x-amzn-lambda-integration-tag={request_id}, " in tested["log"]
        assert f"X-Amz-Source-Arn={source}, " in tested["log"]
        assert '"stage":"test-invoke-stage"' in tested["log"]
        assert f"Sending request to https://lambda.us-east-1.amazonaws.com/{path}" in tested["log"]
        assert (
            "Lambda execution failed with status 200 due to customer function error: "
            "test-invoke-stage. Lambda request id: "
        ) in tested["log"]

    def test_path_parameters(self, api: Api) -> None:
        """They are read from the path that is tested."""
        gateway = api.client
        child = gateway.create_resource(restApiId=api.id, parentId=api.resource, pathPart="{id}")
        where = {"restApiId": api.id, "resourceId": child["id"], "httpMethod": "GET"}
        gateway.put_method(**where, authorizationType="NONE")
        gateway.put_integration(
            **where, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}
        )
        gateway.put_method_response(**where, statusCode="200")
        gateway.put_integration_response(
            **where,
            statusCode="200",
            responseTemplates={"application/json": "$input.params('id')"},
        )
        tested = gateway.test_invoke_method(**where, pathWithQueryString="/orders/536365")
        assert tested["body"] == "536365"
        assert gateway.test_invoke_method(**where, pathWithQueryString="/other/1")["body"] == ""

    @pytest.mark.parametrize(
        "body",
        [b"{", b"[]", b'{"headers": 1}', b'{"headers": {"A": 1}}', b'{"body": {}}', b"[" * 9999],
    )
    def test_a_request_of_another_form(self, api: Api, body: bytes) -> None:
        """It is the client's mistake."""
        api.put({})
        path = f"/restapis/{api.id}/resources/{api.resource}/methods/POST"
        answer = fetch(f"{api.endpoint}{path}", "POST", body, {})
        assert (answer.status, answer.json) == (400, {"message": "Invalid request body"})

    def test_what_is_not_there(self, api: Api) -> None:
        """An identifier that nothing has is 404."""
        with pytest.raises(ClientError, match="Invalid Method identifier"):
            api.client.test_invoke_method(**api.where("PATCH"))
        with pytest.raises(ClientError, match="Invalid Resource identifier"):
            api.client.test_invoke_method(**{**api.where(), "resourceId": "nothing"})
