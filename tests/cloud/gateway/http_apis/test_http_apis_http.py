"""HTTP APIs over real HTTP."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.gateway.apis import ROLE, Answer, fetch, new_function, new_role

HANDLER = """
def handler(event, context):
    if event.get("rawPath", "").endswith("/fail"):
        raise ValueError("no")
    return {"version": event["version"], "path": event.get("rawPath") or event["path"]}
"""
HANDLER_1 = """
def handler(event, context):
    return {"statusCode": 201, "body": event["version"] + " " + event["path"]}
"""


@dataclass(frozen=True)
class HttpApi:
    """An HTTP API under test."""

    client: Any
    endpoint: str
    id: str

    def integrate(self, **integration: Any) -> str:
        """Make an integration; the target of routes to it."""
        made = self.client.create_integration(
            ApiId=self.id, IntegrationType="AWS_PROXY", **integration
        )
        return f"integrations/{made['IntegrationId']}"

    def send(self, queue_url: str, **parameters: str) -> str:
        """An integration that sends the body to a queue; the target of routes to it."""
        return self.integrate(
            IntegrationSubtype="SQS-SendMessage",
            CredentialsArn=ROLE,
            PayloadFormatVersion="1.0",
            RequestParameters={
                "QueueUrl": queue_url,
                "MessageBody": "$request.body",
                **parameters,
            },
        )

    def route(self, key: str, target: str) -> str:
        """Make a route; its id."""
        return str(self.client.create_route(ApiId=self.id, RouteKey=key, Target=target)["RouteId"])

    def stage(self, name: str = "$default", **settings: Any) -> None:
        """Make a stage with automatic deployment."""
        self.client.create_stage(ApiId=self.id, StageName=name, **{"AutoDeploy": True, **settings})

    def call(
        self,
        path: str = "/orders",
        body: str | None = None,
        *,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call the API."""
        data = None if body is None else body.encode()
        return fetch(
            f"{self.endpoint}/_aws/execute-api/{self.id}{path}",
            method,
            data,
            headers or {"Content-Type": "application/json"},
        )


@pytest.fixture
def api(cloud: str, client: Callable[..., Any]) -> HttpApi:
    """A new HTTP API without routes and stages."""
    gateway = client("apigatewayv2")
    new_role(client)
    made = gateway.create_api(Name=f"orders-{uuid.uuid4().hex[:8]}", ProtocolType="HTTP")
    return HttpApi(gateway, cloud, made["ApiId"])


@pytest.fixture
def queue(client: Callable[..., Any]) -> tuple[Any, str]:
    """A client of SQS, and the URL of a new queue."""
    sqs = client("sqs")
    return sqs, sqs.create_queue(QueueName=f"orders-{uuid.uuid4().hex[:8]}")["QueueUrl"]


@pytest.fixture(scope="module")
def function(client: Callable[..., Any]) -> str:
    """The ARN of a function that answers in format 2.0."""
    return new_function(client, "behind-http-api", HANDLER)


def bodies(queue: tuple[Any, str]) -> list[str]:
    """What waits in the queue."""
    received = queue[0].receive_message(
        QueueUrl=queue[1], MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    return [message["Body"] for message in received.get("Messages", [])]


class TestQueue:
    """`SQS-SendMessage`."""

    @pytest.mark.fidelity(
        "API Gateway",
        "An HTTP API sends a request's body to a queue with `SQS-SendMessage`, unharmed.",
        source="API Gateway guide: http-api-develop-integrations-aws-services-reference",
    )
    @pytest.mark.fidelity(
        "API Gateway",
        "The caller of `SQS-SendMessage` gets SQS's own answer, which is XML.",
        differs="AWS's pages do not say in which form the answer comes.",
    )
    def test_the_body_is_the_message(self, api: HttpApi, queue: tuple[Any, str]) -> None:
        """No template, and no encoding to forget."""
        api.route("POST /orders", api.send(queue[1]))
        api.stage()
        order = '{"id": "536365", "lines": ["CHARLIE & LOLA", "GIN + TONIC 100%"]}'
        answer = api.call(body=order)
        assert answer.status == 200, answer.body
        assert answer.headers["Apigw-Requestid"]
        assert b"<MessageId>" in answer.body
        assert bodies(queue) == [order]

    def test_attributes_and_parts(self, api: HttpApi, queue: tuple[Any, str]) -> None:
        """Parameters take parts of the request."""
        attributes = '{"shop": {"DataType": "String", "StringValue": "${request.header.x-shop}"}}'
        target = api.send(queue[1], MessageBody="$request.body.text", MessageAttributes=attributes)
        api.route("POST /orders", target)
        api.stage()
        headers = {"X-Shop": "berlin", "Content-Type": "application/json"}
        assert api.call(body='{"text": "one"}', headers=headers).status == 200
        [message] = queue[0].receive_message(QueueUrl=queue[1], MessageAttributeNames=["All"])[
            "Messages"
        ]
        assert message["Body"] == "one"
        assert message["MessageAttributes"]["shop"]["StringValue"] == "berlin"

    @pytest.mark.fidelity(
        "API Gateway",
        "A request that lacks what a parameter refers to is 400, naming the parameter.",
        source="report: hashicorp/terraform-provider-aws/issues/19443",
    )
    def test_what_the_request_lacks(self, api: HttpApi, queue: tuple[Any, str]) -> None:
        """Nothing is sent."""
        api.route("POST /orders", api.send(queue[1], MessageBody="$request.body.MessageBody"))
        api.stage()
        answer = api.call(body="{}")
        assert answer.status == 400
        assert answer.json["message"].startswith(
            "Unable to resolve property MessageBody from source $request.body.MessageBody."
        )
        assert bodies(queue) == []

    @pytest.mark.fidelity(
        "API Gateway",
        "A payload of an HTTP API over 10 MB is 413.",
        source="API Gateway guide: http-api-quotas",
    )
    def test_payload_limit(self, api: HttpApi, queue: tuple[Any, str]) -> None:
        """Ten megabytes pass, to be refused by the queue; one byte more does not."""
        api.route("POST /orders", api.send(queue[1]))
        api.stage()
        largest = "x" * (10 * 1024 * 1024)
        assert api.call(body=largest).status == 400
        answer = api.call(body=largest + "x")
        assert (answer.status, answer.json) == (413, {"message": "Request Entity Too Large"})


class TestFunction:
    """Lambda proxy."""

    def test_format_2(self, api: HttpApi, function: str) -> None:
        """The function's answer is the body of a 200."""
        target = api.integrate(
            IntegrationUri=function, IntegrationMethod="POST", PayloadFormatVersion="2.0"
        )
        api.route("ANY /{proxy+}", target)
        api.stage()
        api.stage("lab")
        assert api.call().json == {"version": "2.0", "path": "/orders"}
        assert api.call("/lab/orders").json == {"version": "2.0", "path": "/lab/orders"}
        failed = api.call("/fail")
        assert (failed.status, failed.json) == (500, {"message": "Internal Server Error"})

    def test_format_1(self, api: HttpApi, client: Callable[..., Any]) -> None:
        """The function answers as behind a REST API."""
        arn = new_function(client, "behind-http-api-1", HANDLER_1)
        api.route("POST /orders", api.integrate(IntegrationUri=arn, PayloadFormatVersion="1.0"))
        api.stage("lab")
        answer = api.call("/lab/orders")
        assert (answer.status, answer.body) == (201, b"1.0 /lab/orders")

    @pytest.mark.fidelity(
        "API Gateway",
        "`create_api` with a target makes a `$default` route and a deployed `$default` stage.",
        source="API Gateway guide: http-api-develop",
    )
    def test_quick_create(self, cloud: str, client: Callable[..., Any], function: str) -> None:
        """One call makes an API that answers."""
        gateway = client("apigatewayv2")
        quick = {"Name": "quick", "ProtocolType": "HTTP", "Target": function}
        for more in ({}, {"CredentialsArn": ROLE, "RouteKey": "GET /any/path"}):
            made = gateway.create_api(**quick, **more)
            answer = HttpApi(gateway, cloud, made["ApiId"]).call("/any/path", method="GET")
            assert answer.json == {"version": "2.0", "path": "/any/path"}


class TestStages:
    """Stages and deployments."""

    def test_both_urls(self, api: HttpApi, queue: tuple[Any, str]) -> None:
        """A stage is reached in two ways, `$default` also without its name."""
        api.route("POST /orders", api.send(queue[1]))
        api.stage()
        api.stage("lab")
        base, other = f"/_aws/execute-api/{api.id}", f"/restapis/{api.id}"
        for path in (
            f"{base}/orders",
            f"{base}/$default/orders",
            f"{base}/%24default/orders",
            f"{base}/lab/orders",
            f"{other}/lab/_user_request_/orders",
            f"{other}/$default/_user_request_/orders",
        ):
            answer = fetch(f"{api.endpoint}{path}", "POST", b"x", {})
            assert answer.status == 200, path

    @pytest.mark.fidelity(
        "API Gateway",
        "A stage with automatic deployment has every change at once, another when deployed.",
        source="API Gateway guide: http-api-stages",
    )
    def test_deployments(self, api: HttpApi, queue: tuple[Any, str]) -> None:
        """An edit is live in one stage and not in the other."""
        api.route("POST /orders", api.send(queue[1]))
        api.stage("auto")
        api.stage("manual", AutoDeploy=False)
        assert api.call("/auto/orders", "x").status == 200
        assert api.call("/manual/orders", "x").status == 404
        made = api.client.create_deployment(ApiId=api.id, StageName="manual")
        assert api.call("/manual/orders", "x").status == 200
        api.route("POST /more", api.send(queue[1]))
        assert api.call("/auto/more", "x").status == 200
        assert api.call("/manual/more", "x").status == 404
        again = api.client.create_deployment(ApiId=api.id)
        api.client.update_stage(
            ApiId=api.id, StageName="manual", DeploymentId=again["DeploymentId"]
        )
        assert api.call("/manual/more", "x").status == 200
        assert len(api.client.get_deployments(ApiId=api.id)["Items"]) == 3
        api.client.delete_deployment(ApiId=api.id, DeploymentId=made["DeploymentId"])
        with pytest.raises(ClientError, match="Active stages"):
            api.client.delete_deployment(ApiId=api.id, DeploymentId=again["DeploymentId"])

    def test_updates(self, api: HttpApi, queue: tuple[Any, str]) -> None:
        """Routes and integrations are changed part by part, and are live at once."""
        target = api.send(queue[1])
        route_id = api.route("POST /orders", target)
        api.stage()
        api.client.update_route(ApiId=api.id, RouteId=route_id, RouteKey="PUT /orders")
        assert [api.call(body="a", method=method).status for method in ("POST", "PUT")] == [
            404,
            200,
        ]
        api.client.update_integration(
            ApiId=api.id,
            IntegrationId=target.removeprefix("integrations/"),
            RequestParameters={"QueueUrl": queue[1], "MessageBody": "fixed"},
        )
        assert api.call(body="b", method="PUT").status == 200
        assert sorted(bodies(queue) + bodies(queue)) == ["a", "fixed"]
        api.client.delete_route(ApiId=api.id, RouteId=route_id)
        assert api.call(body="c", method="PUT").status == 404

    @pytest.mark.fidelity(
        "API Gateway",
        "Without a stage or a route an HTTP API answers 404 `Not Found`.",
        source="API Gateway guide: http-api-develop-routes",
    )
    def test_nothing_there(self, api: HttpApi, queue: tuple[Any, str]) -> None:
        """REST APIs answer 403 there."""
        assert (api.call().status, api.call().json) == (404, {"message": "Not Found"})
        api.route("POST /orders", api.send(queue[1]))
        api.stage()
        answer = api.call("/nothing")
        assert (answer.status, answer.json) == (404, {"message": "Not Found"})
        assert api.call(method="GET").status == 404

    @pytest.mark.fidelity(
        "API Gateway",
        "Route settings throttle an HTTP API's routes: 429 `Too Many Requests`.",
        source="API Gateway guide: http-api-throttling",
    )
    def test_throttling(self, api: HttpApi, queue: tuple[Any, str]) -> None:
        """A route's own settings, or the stage's for all routes."""
        target = api.send(queue[1])
        api.route("POST /orders", target)
        api.route("POST /more", target)
        api.stage(
            DefaultRouteSettings={"ThrottlingRateLimit": 100.0, "ThrottlingBurstLimit": 50},
            RouteSettings={
                "POST /orders": {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 1}
            },
        )
        assert [api.call(body="x").status for _ in range(2)] == [200, 429]
        assert api.call(body="x").json == {"message": "Too Many Requests"}
        assert [api.call("/more", "x").status for _ in range(3)] == [200, 200, 200]

    def test_access_logs(
        self, api: HttpApi, queue: tuple[Any, str], client: Callable[..., Any]
    ) -> None:
        """One line for each request, with HTTP APIs' own variables."""
        api.route("POST /orders", api.send(queue[1]))
        group = f"/http/{api.id}"
        arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}"
        layout = "$context.requestId $context.routeKey $context.status $context.stage"
        api.stage(AccessLogSettings={"DestinationArn": arn, "Format": layout})
        answers = [api.call(body="x"), api.call("/nothing")]
        events = client("logs").filter_log_events(logGroupName=group)["events"]
        ids = [answer.headers["Apigw-Requestid"] for answer in answers]
        assert [event["message"] for event in events] == [
            f"{ids[0]} POST /orders 200 $default",
            f"{ids[1]} - 404 $default",
        ]
        api.client.delete_access_log_settings(ApiId=api.id, StageName="$default")
        assert "AccessLogSettings" not in api.client.get_stage(ApiId=api.id, StageName="$default")


class TestRefusals:
    """What cannot be, and what this cloud does not have."""

    @pytest.mark.parametrize(
        ("call", "given", "message"),
        [
            ("create_api", {"Name": "x", "ProtocolType": "WEBSOCKET"}, "fidelity table"),
            (
                "create_api",
                {"Name": "x", "ProtocolType": "HTTP", "CorsConfiguration": {"MaxAge": 1}},
                "fidelity table",
            ),
            (
                "create_api",
                {"Name": "x", "ProtocolType": "HTTP", "Target": "https://shop.example"},
                "fidelity table",
            ),
            ("create_domain_name", {"DomainName": "x.example"}, "fidelity table"),
            ("create_vpc_link", {"Name": "x", "SubnetIds": ["s"]}, "fidelity table"),
        ],
    )
    @pytest.mark.fidelity(
        "API Gateway",
        "WebSocket APIs, CORS, authorizers, HTTP integrations and domain names are refused.",
        differs="Outside what this pipeline teaches; no web page can reach the cloud.",
    )
    def test_apis(
        self, client: Callable[..., Any], call: str, given: dict[str, Any], message: str
    ) -> None:
        """They are refused when they are made."""
        with pytest.raises(ClientError, match=message) as raised:
            getattr(client("apigatewayv2"), call)(**given)
        assert raised.value.response["Error"]["Code"] == "BadRequestException"

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"IntegrationSubtype": "Kinesis-PutRecord"}, "fidelity table"),
            ({"RequestParameters": {"QueueUrl": "u"}}, "MessageBody"),
            (
                {"RequestParameters": {"QueueUrl": "u", "MessageBody": "b", "delay": "1"}},
                "Parameter: delay does not fit schema for Operation: SQS-SendMessage",
            ),
            (
                {"RequestParameters": {"QueueUrl": "u", "MessageBody": "$input.body"}},
                "Invalid source",
            ),
            ({"TimeoutInMillis": 31_000}, "Timeout should be"),
            ({"PayloadFormatVersion": "2.0"}, "PayloadFormatVersion"),
            ({"CredentialsArn": ""}, "Credentials"),
            ({"IntegrationMethod": "GET"}, "fidelity table"),
        ],
    )
    def test_integrations(self, api: HttpApi, change: dict[str, Any], message: str) -> None:
        """A mistake is refused when it is made."""
        given = {
            "IntegrationSubtype": "SQS-SendMessage",
            "CredentialsArn": ROLE,
            "RequestParameters": {"QueueUrl": "u", "MessageBody": "$request.body"},
            **change,
        }
        with pytest.raises(ClientError, match=message):
            api.integrate(**given)

    def test_routes(self, api: HttpApi, queue: tuple[Any, str]) -> None:
        """A key is there once; its target exists and stays."""
        target = api.send(queue[1])
        route_id = api.route("POST /orders", target)
        with pytest.raises(ClientError, match="Route with key POST /orders already exists"):
            api.route("POST /orders", target)
        with pytest.raises(ClientError, match="route key is not formatted properly"):
            api.route("orders", target)
        with pytest.raises(ClientError, match="Invalid Integration identifier"):
            api.route("GET /orders", "integrations/nothing")
        with pytest.raises(ClientError, match="fidelity table"):
            api.client.update_route(ApiId=api.id, RouteId=route_id, AuthorizationType="JWT")
        with pytest.raises(ClientError, match="is referenced by Route"):
            api.client.delete_integration(
                ApiId=api.id, IntegrationId=target.removeprefix("integrations/")
            )

    def test_stages(self, api: HttpApi) -> None:
        """Settings that HTTP APIs do not have are refused."""
        with pytest.raises(ClientError, match="Execution logs are not supported"):
            api.stage(DefaultRouteSettings={"LoggingLevel": "INFO"})
        with pytest.raises(ClientError, match="Unable to deploy API because no routes exist"):
            api.client.create_deployment(ApiId=api.id)
        with pytest.raises(ClientError, match="Unable to find Route by key"):
            api.stage(RouteSettings={"GET /x": {"ThrottlingBurstLimit": 1}})


@pytest.mark.fidelity(
    "API Gateway",
    "An update of an HTTP API's map keeps what it does not name; an empty text takes away.",
    source="report: hashicorp/terraform-provider-aws",
)
def test_updates_of_maps(api: HttpApi, queue: tuple[Any, str]) -> None:
    """Parameters of an integration, variables and routes' settings of a stage."""
    target = api.send(queue[1], DelaySeconds="1")
    for key in ("GET /a", "GET /b"):
        api.route(key, target)
    where = {"ApiId": api.id, "IntegrationId": target.removeprefix("integrations/")}
    made = api.client.get_integration(**where)
    assert (made["PayloadFormatVersion"], made["ConnectionType"]) == ("1.0", "INTERNET")
    changed = {"MessageBody": "x", "DelaySeconds": ""}
    answer = api.client.update_integration(**where, RequestParameters=changed)
    assert answer["RequestParameters"] == {"QueueUrl": queue[1], "MessageBody": "x"}
    slow, stage = {"ThrottlingBurstLimit": 1}, {"ApiId": api.id, "StageName": "lab"}
    api.stage("lab", StageVariables={"a": "1", "b": "2"}, RouteSettings={"GET /a": slow})
    changed = {"b": "", "c": "3"}
    answer = api.client.update_stage(
        **stage, StageVariables=changed, RouteSettings={"GET /b": slow}
    )
    assert answer["StageVariables"] == {"a": "1", "c": "3"}
    assert answer["RouteSettings"] == {"GET /a": slow, "GET /b": slow}


@pytest.mark.fidelity(
    "API Gateway",
    "What an HTTP API does not have is not deleted.",
    source="API Gateway guide: http-api",
)
def test_deleting_what_is_not_there(api: HttpApi) -> None:
    """Each is 404; a name that no URL has is no stage's."""
    for what, given in (
        ("route", {"RouteId": "x"}),
        ("integration", {"IntegrationId": "x"}),
        ("stage", {"StageName": "x"}),
    ):
        with pytest.raises(ClientError, match="NotFoundException"):
            getattr(api.client, f"delete_{what}")(ApiId=api.id, **given)
    with pytest.raises(ClientError, match="NotFoundException"):
        api.client.delete_api(ApiId="x")
    api.stage()
    with pytest.raises(ClientError, match="Unable to find Route by key GET /x"):
        api.client.delete_route_settings(ApiId=api.id, StageName="$default", RouteKey="GET /x")
    with pytest.raises(ClientError, match="Stage name only allows"):
        api.stage("a b")


def test_json_of_a_stage(api: HttpApi, queue: tuple[Any, str]) -> None:
    """`get_stage` names the deployment."""
    api.route("POST /orders", api.send(queue[1]))
    api.stage("lab", StageVariables={"a": "1"})
    stage = api.client.get_stage(ApiId=api.id, StageName="lab")
    assert stage["DeploymentId"] and stage["AutoDeploy"] and stage["StageVariables"] == {"a": "1"}
    assert json.dumps(stage, default=str)


def test_lists_come_in_pages(api: HttpApi) -> None:
    """A token leads from one to the next.

    https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html
    """
    made = [api.client.create_route(ApiId=api.id, RouteKey=f"GET /{n}")["RouteId"] for n in "abc"]

    def page(**asked: str) -> dict[str, Any]:
        return api.client.get_routes(ApiId=api.id, **asked)  # type: ignore[no-any-return]

    first = page(MaxResults="2")
    last = page(MaxResults="2", NextToken=first["NextToken"])
    assert [each["RouteId"] for each in (*first["Items"], *last["Items"])] == made
    assert (len(first["Items"]), "NextToken" in last) == (2, False)
    for wrong in ({"MaxResults": "many"}, {"NextToken": "soon"}, {"NextToken": "9" * 5_000}):
        with pytest.raises(ClientError, match="Invalid") as refused:
            page(**wrong)
        assert refused.value.response["Error"]["Code"] == "BadRequestException"
