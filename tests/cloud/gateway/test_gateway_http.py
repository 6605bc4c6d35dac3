"""A deployed API over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from tests.cloud.gateway.apis import Api, fetch, new_function, queue_integration

ENCODED = "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"
ORDER = '{"id":"536365","lines":["CHARLIE & LOLA","GIN + TONIC 100%","\u00a3 caf\u00e9 \u2603"]}'


def messages(sqs: Any, queue_url: str) -> list[dict[str, Any]]:
    """What waits in a queue."""
    received = sqs.receive_message(
        QueueUrl=queue_url,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["All"],
    )
    return received.get("Messages", [])


JSON_PROTOCOL = {
    "uri": "arn:aws:apigateway:us-east-1:sqs:path//",
    "requestParameters": {
        "integration.request.header.Content-Type": "'application/x-amz-json-1.0'",
        "integration.request.header.X-Amz-Target": "'AmazonSQS.SendMessage'",
    },
}


class TestQueue:
    """`AWS` integration with SQS."""

    @pytest.mark.fidelity(
        "API Gateway",
        "With `$util.urlEncode` every character of a body reaches the queue.",
        source="re:Post: api-gateway-rest-api-sqs-errors",
    )
    def test_an_encoded_order_arrives_unharmed(
        self, api: Api, sqs: Any, queue: tuple[str, str]
    ) -> None:
        """With `$util.urlEncode`, every character of the body reaches the queue."""
        api.put(queue_integration(ENCODED, queue[0]))
        api.deploy()
        answer = api.call(ORDER)
        assert answer.status == 200
        sent = answer.json["SendMessageResponse"]["SendMessageResult"]
        [message] = messages(sqs, queue[1])
        assert message["Body"] == ORDER
        assert message["MessageId"] == sent["MessageId"]
        assert message["MD5OfBody"] == sent["MD5OfMessageBody"]

    @pytest.mark.fidelity(
        "API Gateway",
        "SQS's answer in JSON has every member of SendMessage's, null where there is no value.",
        source="report: aws-samples/"
        "multi-language-notification-with-amazon-translate-amazon-pinpoint",
    )
    def test_the_answer_of_the_queue(self, api: Api, queue: tuple[str, str]) -> None:
        """What a caller sees when the integration response has no template."""
        api.put(queue_integration(ENCODED, queue[0]))
        api.deploy()
        answer = api.call(ORDER).json["SendMessageResponse"]
        assert list(answer) == ["ResponseMetadata", "SendMessageResult"]
        sent = answer["SendMessageResult"]
        assert [name for name, value in sent.items() if value is None] == [
            "MD5OfMessageAttributes",
            "MD5OfMessageSystemAttributes",
            "SequenceNumber",
        ]

    @pytest.mark.fidelity(
        "API Gateway",
        "Without it `&` ends the parameter, `+` becomes a space and `%xx` is decoded.",
        source="re:Post: api-gateway-rest-api-sqs-errors",
    )
    def test_an_unencoded_ampersand_cuts_the_message(
        self, api: Api, sqs: Any, queue: tuple[str, str]
    ) -> None:
        """Without it, `&` ends the parameter, `+` becomes a space and `%xx` is decoded."""
        api.put(queue_integration("Action=SendMessage&MessageBody=$input.body", queue[0]))
        api.deploy()
        assert api.call('"%47IN + TONIC 5%25 & MORE"').status == 200
        assert [m["Body"] for m in messages(sqs, queue[1])] == ['"GIN   TONIC 5% ']

    @pytest.mark.fidelity(
        "API Gateway",
        "An integration can speak SQS's JSON protocol.",
        source="recorded: test_sqs_aws_integration",
    )
    def test_json_protocol(self, api: Api, sqs: Any, queue: tuple[str, str]) -> None:
        """The other form: a JSON body and `X-Amz-Target`."""
        template = (
            '{"QueueUrl": "%s", "MessageBody": "$util.escapeJavaScript($input.json(\'$\'))'
            """.replaceAll("\\\\'", "'")"}"""
        )
        api.put(queue_integration(template % queue[1], **JSON_PROTOCOL))
        api.deploy()
        answer = api.call(ORDER.replace("CHARLIE", "CHARLIE'S"))
        assert answer.status == 200 and "MessageId" in answer.json
        [message] = messages(sqs, queue[1])
        assert json.loads(message["Body"]) == json.loads(ORDER.replace("CHARLIE", "CHARLIE'S"))

    def test_a_body_that_is_no_json(self, api: Api, queue: tuple[str, str]) -> None:
        """escapeJavaScript's `\\'` is none: that is what is wrong, and not a permission."""
        template = '{"QueueUrl": "%s", "MessageBody": "$util.escapeJavaScript($input.body)"}'
        api.put(queue_integration(template % queue[1], **JSON_PROTOCOL))
        api.deploy()
        answer = api.call(ORDER.replace("CHARLIE", "CHARLIE'S"))
        assert answer.json["__type"] == "com.amazon.coral.service#SerializationException"

    @pytest.mark.fidelity(
        "API Gateway",
        "`action/SendMessage` takes its parameters from the query string.",
        source="API Gateway API: API_Integration",
    )
    def test_action_form(self, api: Api, sqs: Any, queue: tuple[str, str]) -> None:
        """`action/SendMessage` takes its parameters from the query string."""
        api.put(
            queue_integration(
                "",
                uri="arn:aws:apigateway:us-east-1:sqs:action/SendMessage",
                passthroughBehavior="WHEN_NO_MATCH",
                requestTemplates={},
                requestParameters={
                    "integration.request.querystring.QueueUrl": f"'{queue[1]}'",
                    "integration.request.querystring.MessageBody": "method.request.body",
                },
            )
        )
        api.deploy()
        assert api.call(ORDER).status == 200
        assert [m["Body"] for m in messages(sqs, queue[1])] == [ORDER]

    @pytest.mark.fidelity(
        "API Gateway",
        "Selection patterns match the backend's HTTP status; a lone default turns errors into 200.",
        source="API Gateway guide: api-gateway-integration-settings-integration-response",
    )
    def test_a_missing_queue_is_an_error_of_the_backend(self, api: Api) -> None:
        """The status of SQS is what selection patterns see; a lone default would say 200."""
        failed = {"selectionPattern": r"4\d{2}", "responseTemplates": {"application/json": "{}"}}
        api.put(queue_integration(ENCODED, "no-such-queue"), {"200": {}, "502": failed})
        api.deploy()
        assert api.call("{}").status == 502

    def test_a_refusal_of_the_queue_can_be_told(self, api: Api) -> None:
        """A response template reads SQS's own error."""
        template = {"application/json": "$input.json('$.Error.Code')"}
        refused = {"selectionPattern": r"4\d{2}", "responseTemplates": template}
        api.put(queue_integration(ENCODED, "no-such-queue"), {"200": {}, "400": refused})
        api.deploy()
        answer = api.call("{}")
        assert answer.status == 400
        assert answer.json == "AWS.SimpleQueueService.NonExistentQueue"

    @pytest.mark.fidelity(
        "API Gateway",
        "A misspelled action and a Content-Type left as JSON get SQS's own errors.",
        source="re:Post: api-gateway-rest-api-sqs-errors",
    )
    def test_two_frequent_slips(self, api: Api, queue: tuple[str, str]) -> None:
        """A misspelled action is 400, a `Content-Type` left as JSON 404, as SQS answers them."""
        responses = {
            "200": {},
            "400": {"selectionPattern": "400"},
            "404": {"selectionPattern": "404"},
        }
        api.put(queue_integration("Action=SendMesage&MessageBody=x", queue[0]), responses)
        api.deploy()
        answer = api.call("{}")
        assert (answer.status, answer.json["Error"]["Code"]) == (400, "InvalidAction")
        api.put(queue_integration(ENCODED, queue[0], requestParameters={}), responses)
        api.deploy()
        answer = api.call("{}")
        assert (answer.status, answer.body) == (404, b"<UnknownOperationException/>\n")


class TestRecordings:
    """The scenarios that were recorded on AWS for API Gateway with SQS."""

    @pytest.mark.fidelity(
        "API Gateway",
        "A request without a body is sent on as `{}`.",
        source="recorded: test_sqs_aws_integration",
    )
    def test_with_and_without_payload(self, api: Api, sqs: Any, queue: tuple[str, str]) -> None:
        """No payload is sent as `{}`."""
        api.put(
            queue_integration("Action=SendMessage&MessageBody=$input.body", queue[0]),
            {"200": {"responseTemplates": {"application/json": '{"message": "great success!"}'}}},
        )
        api.deploy()
        assert api.call('{"foo": "bar"}').json == {"message": "great success!"}
        assert api.call(None, headers={}).json == {"message": "great success!"}
        bodies = {m["MD5OfBody"]: m["Body"] for m in messages(sqs, queue[1])}
        assert bodies == {
            "94232c5b8fc9272f6f73a1e36eb68fcf": '{"foo": "bar"}',
            "99914b932bd37a50b983c5e7c90ae93b": "{}",
        }

    @pytest.mark.parametrize("name", ["MessageAttribute", "MessageAttributes"])
    @pytest.mark.fidelity(
        "API Gateway",
        "Message attributes come from a template, in either spelling.",
        source="recorded: test_sqs_aws_integration_with_message_attribute",
    )
    def test_message_attribute(self, api: Api, sqs: Any, queue: tuple[str, str], name: str) -> None:
        """A message attribute from a header, in both spellings that SQS takes."""
        template = (
            f"Action=SendMessage&MessageBody=$input.body&{name}.1.Name=user-agent"
            f"&{name}.1.Value.DataType=String"
            f"&{name}.1.Value.StringValue=$input.params('user-agent')"
        )
        api.put(queue_integration(template, queue[0]))
        api.deploy()
        headers = {"Content-Type": "application/json", "User-Agent": "BAR-Header"}
        assert api.call('{"foo":"bar"}', headers=headers).status == 200
        [message] = messages(sqs, queue[1])
        assert json.loads(message["Body"]) == {"foo": "bar"}
        assert message["MessageAttributes"] == {
            "user-agent": {"DataType": "String", "StringValue": "BAR-Header"}
        }

    @pytest.mark.fidelity(
        "API Gateway",
        "SQS answers the gateway in JSON, or in XML when asked.",
        source="recorded: test_sqs_request_and_response_xml_templates_integration",
    )
    def test_response_template_then_xml(self, api: Api, sqs: Any, queue: tuple[str, str]) -> None:
        """Ids from SQS's JSON; after `update_integration` and a deployment, SQS's XML as it is."""
        response = """
            #set($responseBody = $input.path('$.SendMessageResponse'))
            #set($requestId = $input.path('$.SendMessageResponse.ResponseMetadata.RequestId'))
            #set($messageId = $responseBody.SendMessageResult.MessageId)
            {
            "requestId": "$requestId",
            "messageId": "$messageId"
            }
        """
        api.put(
            queue_integration("Action=SendMessage&MessageBody=$input.body", queue[0]),
            {"200": {"responseTemplates": {"application/json": response}}},
        )
        api.deploy()
        answer = api.call("<xml>Hello World</xml>")
        assert set(answer.json) == {"requestId", "messageId"}
        [message] = messages(sqs, queue[1])
        assert answer.json["messageId"] == message["MessageId"]
        assert message["Body"] == "<xml>Hello World</xml>"

        accept = "/requestParameters/integration.request.header.Accept"
        template = "/responseTemplates/application~1json"
        api.client.update_integration(
            **api.where(),
            patchOperations=[{"op": "add", "path": accept, "value": "'application/xml'"}],
        )
        api.client.update_integration_response(
            **api.where(),
            statusCode="200",
            patchOperations=[{"op": "remove", "path": template, "value": "application/json"}],
        )
        deployment = api.client.create_deployment(restApiId=api.id)["id"]
        assert "messageId" in api.call("{}").json, "not live before the stage moves"
        api.client.update_stage(
            restApiId=api.id,
            stageName="lab",
            patchOperations=[{"op": "replace", "path": "/deploymentId", "value": deployment}],
        )
        assert b"<MessageId>" in api.call("{}").body


HANDLER = """
import json

def handler(event, context):
    if event.get("fail"):
        raise ValueError(event["fail"])
    if "resource" not in event:
        return {"total": event["total"] * 2}
    body = json.loads(event["body"])
    return {"statusCode": body["status"], "headers": {"X-Path": event["path"]}, "body": "made"}
"""


@pytest.fixture(scope="module")
def uri(client: Callable[..., Any]) -> str:
    """The integration URI of a function."""
    function = new_function(client, "behind-the-gateway", HANDLER)
    return f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"


class TestFunction:
    """Lambda behind an API."""

    @pytest.mark.fidelity(
        "API Gateway",
        "Lambda proxy: the function gets the request and makes the response.",
        source="API Gateway guide: set-up-lambda-proxy-integrations",
    )
    def test_proxy(self, api: Api, uri: str) -> None:
        """The function gets the request and makes the response."""
        api.put({"type": "AWS_PROXY", "uri": uri, "requestTemplates": {}})
        api.deploy()
        answer = api.call('{"status": 201}')
        assert (answer.status, answer.body) == (201, b"made")
        assert answer.headers["X-Path"] == "/orders"

    @pytest.mark.fidelity(
        "API Gateway",
        "A proxy function that fails or answers nonsense is 502.",
        source="API Gateway guide: set-up-lambda-proxy-integrations",
    )
    def test_a_proxy_function_that_fails_is_502(self, api: Api, uri: str) -> None:
        """An exception and a malformed answer are both `Internal server error`."""
        api.put({"type": "AWS_PROXY", "uri": uri, "requestTemplates": {}})
        api.deploy()
        for body in ("nonsense", '{"status": "many"}'):
            answer = api.call(body)
            assert (answer.status, answer.json) == (502, {"message": "Internal server error"})

    @pytest.mark.fidelity(
        "API Gateway",
        "Lambda custom integration: templates make the event, patterns match `errorMessage`.",
        source="API Gateway guide: set-up-lambda-custom-integrations",
    )
    def test_custom(self, api: Api, uri: str) -> None:
        """Templates make the event and the answer; patterns match `errorMessage`."""
        failed = {
            "selectionPattern": ".*stock.*",
            "responseTemplates": {"application/json": "$input.json('$.errorMessage')"},
        }
        event = (
            "{\"total\": $input.json('$.total')"
            "#if($input.path('$.fail') != \"\"), \"fail\": $input.json('$.fail')#end}"
        )
        api.put(
            {"type": "AWS", "uri": uri, "requestTemplates": {"application/json": event}},
            {"200": {}, "409": failed},
        )
        api.deploy()
        assert api.call('{"total": 21, "fail": ""}').json == {"total": 42}
        answer = api.call('{"total": 1, "fail": "out of stock"}')
        assert (answer.status, answer.json) == (409, "out of stock")

    def test_a_function_that_is_not_there(self, api: Api, uri: str) -> None:
        """500, as for any misconfigured API."""
        missing = uri.replace("behind-the-gateway", "nobody")
        api.put({"type": "AWS_PROXY", "uri": missing, "requestTemplates": {}})
        api.deploy()
        answer = api.call("{}")
        assert (answer.status, answer.json) == (500, {"message": "Internal server error"})


class TestErrors:
    """What the gateway itself answers."""

    @pytest.mark.parametrize(
        ("method", "path", "stage", "message"),
        [
            ("POST", "/nothing", "lab", "Missing Authentication Token"),
            ("GET", "/orders", "lab", "Missing Authentication Token"),
            ("POST", "/orders", "no-such-stage", "Forbidden"),
        ],
    )
    @pytest.mark.fidelity(
        "API Gateway",
        "An unknown path and a wrong method are 403 `Missing Authentication Token`.",
        source="LocalStack's recording: apigateway/test_apigateway_common",
    )
    def test_nothing_there(
        self, api: Api, method: str, path: str, stage: str, message: str
    ) -> None:
        """An unknown path and a wrong method look alike: 403, never 404 or 405."""
        api.put({})
        api.deploy()
        answer = api.call(method=method, path=path, stage=stage)
        assert (answer.status, answer.json) == (403, {"message": message})
        assert answer.headers["x-amzn-ErrorType"].endswith("Exception")
        assert answer.headers["x-amzn-RequestId"] and answer.headers["x-amz-apigw-id"]

    def test_an_unknown_api(self, cloud: str) -> None:
        """The API that nobody made is forbidden too."""
        answer = fetch(f"{cloud}/_aws/execute-api/abcdefghij/lab/orders", "POST", b"{}", {})
        assert (answer.status, answer.json) == (403, {"message": "Forbidden"})

    @pytest.mark.fidelity(
        "API Gateway", "A payload over 10 MB is 413.", source="API Gateway guide: limits"
    )
    def test_payload_limit(self, api: Api, sqs: Any, queue: tuple[str, str]) -> None:
        """Ten megabytes pass the gateway; one byte more is 413."""
        api.put({"requestTemplates": {"application/json": '{"statusCode": 200}'}})
        api.deploy()
        largest = b'"' + b"x" * (10 * 1024 * 1024 - 2) + b'"'
        assert api.call(largest).status == 200
        answer = api.call(largest + b" ")
        assert (answer.status, answer.json) == (413, {"message": "Request Too Long"})

    @pytest.mark.fidelity(
        "API Gateway",
        "What the gateway passes, SQS may refuse above 1 MiB.",
        source="botocore: sqs",
    )
    def test_ten_megabytes_are_too_much_for_the_queue(
        self, api: Api, queue: tuple[str, str]
    ) -> None:
        """What passes the gateway may still be refused by SQS, whose limit is 1 MiB."""
        api.put(
            queue_integration(ENCODED, queue[0]),
            {"200": {}, "400": {"selectionPattern": r"4\d\d"}},
        )
        api.deploy()
        assert api.call(b"x" * 1_048_576).status == 200
        assert api.call(b"x" * 1_048_577).status == 400
        assert api.call(b"x" * (10 * 1024 * 1024)).status == 400

    @pytest.mark.fidelity(
        "API Gateway",
        "An integration has at most 29 s.",
        source="AWS news: 2024/06/amazon-api-gateway-integration-timeout-limit-29-seconds",
        differs="AWS raises it for Regional APIs on request, at the cost of the account's rate.",
    )
    def test_a_slow_function_is_504(self, api: Api, client: Callable[..., Any]) -> None:
        """Its time is the integration's timeout, in real milliseconds; the function goes on."""
        source = "import time\ndef handler(event, context):\n    time.sleep(2)"
        arn = new_function(client, "slow-behind-the-gateway", source)
        path = f"2015-03-31/functions/{arn}/invocations"
        uri = f"arn:aws:apigateway:us-east-1:lambda:path/{path}"
        slow = {"type": "AWS_PROXY", "uri": uri, "requestTemplates": {}, "timeoutInMillis": 50}
        api.put(slow)
        api.deploy()
        answer = api.call("{}")
        assert (answer.status, answer.json) == (504, {"message": "Endpoint request timed out"})
        assert answer.headers["x-amzn-ErrorType"] == "InternalServerErrorException"
        for wrong in (49, 29_001):
            with pytest.raises(ClientError, match="Timeout should be between 50 ms and 29000 ms"):
                api.put({**slow, "timeoutInMillis": wrong})

    @pytest.mark.fidelity(
        "API Gateway",
        "With passthroughBehavior NEVER a type without a template is 415.",
        source="API Gateway guide: integration-passthrough-behaviors",
    )
    def test_never_passes_another_type(self, api: Api, queue: tuple[str, str]) -> None:
        """`passthroughBehavior` NEVER answers 415 for a type without a template."""
        api.put(queue_integration(ENCODED, queue[0]))
        api.deploy()
        answer = api.call("<order/>", headers={"Content-Type": "application/xml"})
        assert (answer.status, answer.json) == (415, {"message": "Unsupported Media Type"})

    @pytest.mark.fidelity(
        "API Gateway",
        "A mapped status without a method response is 500.",
        source="API Gateway guide: api-gateway-integration-settings-integration-response",
    )
    def test_a_mapped_status_needs_a_method_response(self, api: Api) -> None:
        """A status that the method does not declare is 500."""
        api.put({}, {"200": {}})
        api.client.put_integration_response(**api.where(), statusCode="201", selectionPattern="200")
        api.deploy()
        answer = api.call("{}")
        assert (answer.status, answer.json) == (500, {"message": "Internal server error"})
        assert answer.headers["x-amzn-ErrorType"] == "InternalServerErrorException"

    @pytest.mark.fidelity(
        "API Gateway",
        "A template that cannot be parsed fails the request, not the deployment.",
        source="LocalStack's recording: apigateway/test_apigateway_common",
    )
    def test_a_broken_template_is_500(self, api: Api) -> None:
        """A template that cannot be parsed fails the request, not the deployment."""
        api.put({"requestTemplates": {"application/json": "#if($x"}})
        api.deploy()
        assert api.call("{}").status == 500

    @pytest.mark.fidelity(
        "API Gateway",
        "A template's rendering is bounded by its work, not by its time.",
        differs="AWS bounds time; work is the same on every machine.",
    )
    def test_a_template_that_would_run_for_ever_is_500(self, api: Api) -> None:
        """A rendering has a bound."""
        loop = "#foreach($i in [1..99999])#foreach($j in [1..99999])#end#end"
        api.put({"requestTemplates": {"application/json": loop}})
        api.deploy()
        assert api.call("{}").status == 500

    @pytest.mark.fidelity(
        "API Gateway",
        "PutGatewayResponse gives status, headers and body.",
        source="API Gateway guide: supported-gateway-response-types",
    )
    def test_custom_gateway_response(self, api: Api) -> None:
        """`put_gateway_response` gives status, headers and body, with `$context.error`."""
        api.put({})
        api.client.put_gateway_response(
            restApiId=api.id,
            responseType="MISSING_AUTHENTICATION_TOKEN",
            statusCode="404",
            responseParameters={"gatewayresponse.header.X-Hint": "'read the docs'"},
            responseTemplates={
                "application/json": '{"why": $context.error.messageString,'
                ' "type": "$context.error.responseType", "stage": "$context.stage"}'
            },
        )
        api.deploy()
        answer = api.call(path="/nothing")
        assert answer.status == 404
        assert answer.headers["X-Hint"] == "read the docs"
        assert answer.json == {
            "why": "Missing Authentication Token",
            "type": "MISSING_AUTHENTICATION_TOKEN",
            "stage": "lab",
        }


class TestValidation:
    """Request validators."""

    def with_model(self, api: Api, **request: Any) -> None:
        """Models `Line` and `Order`, a validator of everything, and a deployed method."""
        line = {"type": "object", "required": ["sku"]}
        order = {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "type": "object",
            "required": ["id", "lines"],
            "properties": {
                "id": {"type": "string"},
                "lines": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "$ref": f"https://apigateway.amazonaws.com/restapis/{api.id}/models/Line"
                    },
                },
            },
        }
        for name, schema in {"Line": line, "Order": order}.items():
            api.client.create_model(
                restApiId=api.id,
                name=name,
                contentType="application/json",
                schema=json.dumps(schema),
            )
        validator = api.client.create_request_validator(
            restApiId=api.id,
            name="all",
            validateRequestBody=True,
            validateRequestParameters=True,
        )["id"]
        api.put(
            {},
            request={
                "requestValidatorId": validator,
                "requestModels": {"application/json": "Order"},
                **request,
            },
        )
        api.deploy()

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ('{"id": "1", "lines": [{"sku": "85123A"}]}', 200),
            ('{"id": "1", "lines": [{"qty": 1}]}', 400),
            ('{"id": 1, "lines": [{"sku": "85123A"}]}', 400),
            ('{"id": "1", "lines": []}', 400),
            ("this is not JSON", 400),
            ("", 400),
        ],
    )
    @pytest.mark.fidelity(
        "API Gateway",
        "A body that does not fit its model is 400 `Invalid request body`.",
        source="LocalStack's recording: apigateway/test_apigateway_common",
    )
    def test_body(self, api: Api, body: str, status: int) -> None:
        """The body must fit the model and the models it refers to; no body counts as `{}`."""
        self.with_model(api)
        answer = api.call(body)
        assert answer.status == status
        if status == 400:
            assert answer.body == b'{"message": "Invalid request body"}'
            assert answer.headers["x-amzn-ErrorType"] == "BadRequestException"

    @pytest.mark.fidelity(
        "API Gateway",
        "A content type without a model is not validated.",
        source="API Gateway guide: api-gateway-method-request-validation",
    )
    def test_another_type_is_not_validated(self, api: Api) -> None:
        """A type without a model passes; that is why a mapping says NEVER."""
        self.with_model(api)
        api.client.update_integration(
            **api.where(),
            patchOperations=[
                {
                    "op": "add",
                    "path": "/requestTemplates/text~1plain",
                    "value": '{"statusCode": 200}',
                }
            ],
        )
        api.deploy()
        assert api.call("no order", headers={"Content-Type": "text/plain"}).status == 200

    @pytest.mark.fidelity(
        "API Gateway",
        "Missing parameters are 400 and named.",
        source="LocalStack's recording: apigateway/test_apigateway_common",
    )
    def test_parameters(self, api: Api) -> None:
        """Required parameters are named, sorted by place and name."""
        self.with_model(
            api,
            requestParameters={
                "method.request.querystring.qs1": True,
                "method.request.header.x-till": True,
                "method.request.querystring.optional": False,
            },
        )
        answer = api.call("{}")
        assert answer.status == 400
        assert answer.json == {"message": "Missing required request parameters: [x-till, qs1]"}
        headers = {"Content-Type": "application/json", "X-Till": "1"}
        answer = api.call("{}", path="/orders?qs1=", headers=headers)
        assert answer.json == {"message": "Invalid request body"}

    @pytest.mark.fidelity(
        "API Gateway",
        "A validator set by `update_method` works as one set by `put_method`.",
        source="API Gateway API: patch-operations",
    )
    def test_validator_set_by_update_method(self, api: Api) -> None:
        """`update_method` sets and removes what `put_method` sets; live after a deployment."""
        self.with_model(api)
        change = {"op": "replace", "path": "/requestValidatorId", "value": ""}
        updated = api.client.update_method(**api.where(), patchOperations=[change])
        assert not updated.get("requestValidatorId")
        assert api.call("nonsense").status == 400
        api.deploy()
        assert api.call("nonsense").status == 200
        validator = api.client.get_request_validators(restApiId=api.id)["items"][0]["id"]
        api.client.update_method(
            **api.where(),
            patchOperations=[
                {"op": "replace", "path": "/requestValidatorId", "value": validator},
                {"op": "add", "path": "/requestModels/application~1json", "value": "Line"},
            ],
        )
        api.deploy()
        assert api.call('{"id": "1"}').status == 400
        assert api.call('{"sku": "85123A"}').status == 200


class TestDeployments:
    """Deployments are snapshots."""

    def answering(self, word: str) -> dict[str, Any]:
        """An integration response that says `word`."""
        return {"200": {"responseTemplates": {"application/json": f'"{word}"'}}}

    @pytest.mark.fidelity(
        "API Gateway",
        "An edit is live only after it is deployed.",
        source="API Gateway guide: how-to-deploy-api",
    )
    def test_an_edit_is_live_after_the_next_deployment(self, api: Api) -> None:
        """The stage goes on as deployed, until it is deployed again or sent back."""
        api.put({}, self.answering("one"))
        first = api.deploy()
        api.put({}, self.answering("two"))
        assert api.call("{}").json == "one"
        api.deploy()
        assert api.call("{}").json == "two"
        back = {"op": "replace", "path": "/deploymentId", "value": first}
        api.client.update_stage(restApiId=api.id, stageName="lab", patchOperations=[back])
        assert api.call("{}").json == "one"

    @pytest.mark.fidelity(
        "API Gateway",
        "A stage's variables outlive a deployment.",
        source="API Gateway guide: how-to-deploy-api",
    )
    def test_deploying_to_a_stage_keeps_its_variables(self, api: Api) -> None:
        """A stage's own settings outlive a deployment."""
        template = {"application/json": '"$stageVariables.till"'}
        api.put({}, {"200": {"responseTemplates": template}})
        deployment = api.client.create_deployment(restApiId=api.id)["id"]
        api.client.create_stage(
            restApiId=api.id, stageName="lab", deploymentId=deployment, variables={"till": "7"}
        )
        api.deploy()
        assert api.call("{}").json == "7"

    @pytest.mark.fidelity(
        "API Gateway",
        "A stage answers under this cloud's address, by two conventions of local tools.",
        differs="AWS gives each API a host name; a laptop has one.",
    )
    def test_both_urls(self, api: Api, cloud: str) -> None:
        """Both conventions of local tools reach the stage, and its root resource too."""
        api.put({}, self.answering("here"))
        api.deploy()
        for url in (
            f"{cloud}/_aws/execute-api/{api.id}/lab/orders",
            f"{cloud}/restapis/{api.id}/lab/_user_request_/orders",
            f"{cloud}/restapis/{api.id}/lab/_user_request_/orders?x=1",
        ):
            assert fetch(url, "POST", b"{}", {"Content-Type": "application/json"}).json == "here"

    @pytest.mark.fidelity(
        "API Gateway",
        "A deployment that a stage uses cannot be deleted.",
        source="API Gateway API: API_DeleteDeployment",
    )
    def test_a_used_deployment_stays(self, api: Api) -> None:
        """A deployment that a stage points at cannot be deleted."""
        api.put({})
        first = api.deploy()
        with pytest.raises(ClientError, match="Active stages"):
            api.client.delete_deployment(restApiId=api.id, deploymentId=first)
        api.deploy()
        api.client.delete_deployment(restApiId=api.id, deploymentId=first)


class TestAnswers:
    """What the caller sees of an answer."""

    @pytest.mark.fidelity(
        "API Gateway",
        "Response parameters come from the backend, the context, the stage or a literal.",
        source="API Gateway guide: request-response-data-mappings",
    )
    def test_headers_and_parameters(self, api: Api) -> None:
        """Response parameters come from the context, the stage, a literal or the backend."""
        api.put(
            {},
            {
                "200": {
                    "responseParameters": {
                        "method.response.header.X-Literal": "'a literal'",
                        "method.response.header.X-Request": "context.requestId",
                        "method.response.header.X-Missing": "integration.response.header.Nothing",
                    },
                    "responseTemplates": {
                        "application/json": '{"ip": "$context.identity.sourceIp",'
                        ' "path": "$context.path", "resource": "$context.resourcePath"}'
                    },
                }
            },
        )
        api.deploy()
        answer = api.call("{}")
        assert answer.json == {"ip": "127.0.0.1", "path": "/lab/orders", "resource": "/orders"}
        assert answer.headers["X-Literal"] == "a literal"
        assert answer.headers["X-Request"] == answer.headers["x-amzn-RequestId"]
        assert "X-Missing" not in answer.headers
        assert "X-Amzn-Trace-Id" not in answer.headers
        assert len(answer.headers["x-amz-apigw-id"]) == 16

    @pytest.mark.fidelity(
        "API Gateway",
        "A line break in a mapped value cannot make a header.",
        source="API Gateway guide: request-response-data-mappings",
    )
    def test_no_header_can_be_smuggled_in(self, api: Api) -> None:
        """A line break in a value that a caller supplies stays inside its header."""
        api.put(
            {},
            {
                "200": {
                    "responseTemplates": {
                        "application/json": "#set($context.responseOverride.header.X-Echo ="
                        " $input.params('echo'))#set($context.responseOverride.status = 202){}"
                    },
                }
            },
        )
        api.deploy()
        answer = api.call("{}", path="/orders?echo=a%0d%0aX-Evil:%20yes%0d%0a%0d%0abody")
        assert answer.status == 202
        assert "X-Evil" not in answer.headers
        assert answer.headers["X-Echo"] == "aX-Evil: yesbody"
        assert answer.body == b"{}"

    @pytest.mark.fidelity(
        "API Gateway",
        "A method that requires a key is 403 `Forbidden` without a good one.",
        source="API Gateway guide: api-gateway-api-usage-plans",
    )
    def test_api_key(self, api: Api) -> None:
        """A method that requires a key is forbidden without one of the stage's usage plan."""
        api.put({}, request={"apiKeyRequired": True})
        api.deploy()
        key = api.client.create_api_key(name="till", enabled=True)
        plan = api.client.create_usage_plan(
            name="tills", apiStages=[{"apiId": api.id, "stage": "lab"}]
        )
        api.client.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
        assert api.call("{}").status == 403
        headers = {"Content-Type": "application/json", "x-api-key": key["value"]}
        assert api.call("{}", headers=headers).status == 200
        off = [{"op": "replace", "path": "/enabled", "value": "false"}]
        api.client.update_api_key(apiKey=key["id"], patchOperations=off)
        answer = api.call("{}", headers=headers)
        assert (answer.status, answer.json) == (403, {"message": "Forbidden"})

    @pytest.mark.fidelity(
        "API Gateway",
        "Over HTTP, `$context` has the ids of request, API, deployment and resource, who calls and "
        "by which key.",
        source="API Gateway guide: api-gateway-mapping-template-reference",
    )
    def test_context(self, api: Api) -> None:
        """Each as the caller and the control plane know it."""
        known = (
            *("accountId", "apiId", "awsEndpointRequestId", "deploymentId", "domainName"),
            *("domainPrefix", "extendedRequestId", "httpMethod", "identity.apiKey"),
            *("identity.apiKeyId", "identity.caller", "identity.sourceIp", "identity.userAgent"),
            *("path", "protocol", "requestId", "requestTime", "requestTimeEpoch", "resourceId"),
            *("resourcePath", "stage"),
        )
        template = json.dumps({name: f"$context.{name}" for name in known})
        api.put(
            {},
            {"200": {"responseTemplates": {"application/json": template}}},
            request={"apiKeyRequired": True},
        )
        deployment = api.deploy()
        key = api.client.create_api_key(name="till", enabled=True)
        plan = api.client.create_usage_plan(
            name="tills", apiStages=[{"apiId": api.id, "stage": "lab"}]
        )
        api.client.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "till/1.0",
            "x-api-key": key["value"],
        }
        answer = api.call("{}", headers=headers)
        seen = answer.json
        requested = datetime.strptime(seen.pop("requestTime"), "%d/%b/%Y:%H:%M:%S %z")
        assert int(requested.timestamp()) == int(seen.pop("requestTimeEpoch")) // 1000
        assert seen == {
            "accountId": "123456789012",
            "apiId": api.id,
            "awsEndpointRequestId": "",  # of a mock, no endpoint has been asked
            "deploymentId": deployment,
            "domainName": urlsplit(api.endpoint).netloc,
            "domainPrefix": api.id,
            "extendedRequestId": answer.headers["x-amz-apigw-id"],
            "httpMethod": "POST",
            "identity.apiKey": key["value"],
            "identity.apiKeyId": key["id"],
            "identity.caller": "",
            "identity.sourceIp": "127.0.0.1",
            "identity.userAgent": "till/1.0",
            "path": "/lab/orders",
            "protocol": "HTTP/1.1",
            "requestId": answer.headers["x-amzn-RequestId"],
            "resourceId": api.resource,
            "resourcePath": "/orders",
            "stage": "lab",
        }


class TestRefusals:
    """What is refused when it is made."""

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"type": "HTTP", "uri": "http://example.com"}, "fidelity table"),
            ({"connectionType": "VPC_LINK"}, "fidelity table"),
            ({"contentHandling": "CONVERT_TO_TEXT"}, "fidelity table"),
            (
                {"requestParameters": {"integration.request.header.Content-Type": "text/plain"}},
                "Invalid mapping expression specified: text/plain",
            ),
            (
                {
                    "requestParameters": {
                        "integration.request.header.X": "method.request.header.Undeclared"
                    }
                },
                "Invalid mapping expression parameter specified: method.request.header.Undeclared",
            ),
            ({"timeoutInMillis": 49}, "Timeout should be between"),
            (
                {"type": "AWS_PROXY", "uri": "arn:aws:apigateway:us-east-1:sqs:path/1/q"},
                "currently only supports Lambda function",
            ),
            (
                {"type": "AWS", "uri": "arn:aws:apigateway:us-east-1:kinesis:action/PutRecord"},
                "fidelity table",
            ),
        ],
    )
    @pytest.mark.fidelity(
        "API Gateway",
        "HTTP integrations, VPC links and binary conversion are refused.",
        source="API Gateway API: API_Integration",
        differs="The pipeline calls AWS services; a laptop's API calls nobody outside.",
    )
    def test_integration(self, api: Api, change: dict[str, Any], message: str) -> None:
        """A feature that would be ignored, and a mapping that AWS refuses."""
        with pytest.raises(ClientError) as refused:
            api.put(change)
        assert refused.value.response["Error"]["Code"] == "BadRequestException"
        assert message in refused.value.response["Error"]["Message"]

    @pytest.mark.fidelity(
        "API Gateway",
        "Authorizers are refused.",
        source="API Gateway API: API_PutMethod",
        differs="Who may call is another lesson's subject; API keys are there.",
    )
    def test_method(self, api: Api) -> None:
        """Authorizers, and a validator or model that the API does not have."""
        for request, message in (
            ({"authorizationType": "AWS_IAM"}, "fidelity table"),
            ({"requestValidatorId": "abcdef"}, "Invalid Request Validator identifier"),
            ({"requestModels": {"application/json": "Nope"}}, "Invalid model identifier"),
        ):
            with pytest.raises(ClientError, match=message):
                api.put({}, request=request)

    def test_model(self, api: Api) -> None:
        """A schema that is none, and a name with other characters than letters and digits."""
        for name, schema in (("Order", '{"type": "nonsense"}'), ("Order", "{"), ("an-order", "{}")):
            with pytest.raises(ClientError, match=r"Invalid model|alphanumeric"):
                api.client.create_model(
                    restApiId=api.id, name=name, contentType="application/json", schema=schema
                )

    @pytest.mark.fidelity(
        "API Gateway",
        "Caches, canaries, X-Ray, client certificates, resource policies and binary media types "
        "are refused.",
        differs="A lab needs none of them; nothing is ignored silently.",
    )
    def test_options(self, api: Api) -> None:
        """What a call of the control plane would drop."""
        api.put({})
        calls = [
            (api.client.create_rest_api, {"name": "a", "binaryMediaTypes": ["image/png"]}),
            (api.client.create_rest_api, {"name": "a", "policy": "{}"}),
            (api.client.create_rest_api, {"name": "a", "minimumCompressionSize": 0}),
            (api.client.create_rest_api, {"name": "a", "apiKeySource": "AUTHORIZER"}),
            (api.client.create_rest_api, {"name": "a", "disableExecuteApiEndpoint": True}),
            (api.client.test_invoke_method, {**api.where(), "clientCertificateId": "x"}),
            (
                api.client.create_deployment,
                {"restApiId": api.id, "stageName": "a", "canarySettings": {"percentTraffic": 10}},
            ),
        ] + [
            (
                api.client.update_rest_api,
                {
                    "restApiId": api.id,
                    "patchOperations": [
                        {"op": "replace", "path": path, **({"value": value} if value else {})}
                    ],
                },
            )
            for path, value in (
                ("/policy", "{}"),
                ("/minimumCompressionSize", "0"),
                ("/apiKeySource", "AUTHORIZER"),
                ("/binaryMediaTypes/image~1png", None),
                ("/endpointConfiguration/types/EDGE", "PRIVATE"),
            )
        ]
        calls += [
            (api.client.update_stage, {"restApiId": api.id, "stageName": "lab", **patch})
            for path, value in (
                ("/cacheClusterEnabled", "true"),
                ("/tracingEnabled", "true"),
                ("/canarySettings/percentTraffic", "10"),
                ("/clientCertificateId", "c1"),
            )
            for patch in [{"patchOperations": [{"op": "replace", "path": path, "value": value}]}]
        ]
        for call, arguments in calls:
            with pytest.raises(ClientError, match="fidelity table"):
                call(**arguments)
        api.client.update_rest_api(
            restApiId=api.id,
            patchOperations=[{"op": "replace", "path": "/apiKeySource", "value": "HEADER"}],
        )

    @pytest.mark.fidelity(
        "API Gateway",
        "A second resource or method of the same name is a conflict.",
        source="API Gateway API: API_CreateResource",
    )
    def test_what_is_there_already(self, api: Api) -> None:
        """A second resource or method of the same name is a conflict, as on AWS."""
        api.put({})
        with pytest.raises(ClientError, match="Method already exists for this resource"):
            api.client.put_method(**api.where(), authorizationType="NONE")
        with pytest.raises(ClientError, match="same parent already has this name: orders"):
            api.client.create_resource(restApiId=api.id, parentId=api.root, pathPart="orders")

    @pytest.mark.fidelity(
        "API Gateway",
        "Deleting a resource deletes what is below it.",
        source="API Gateway API: API_DeleteResource",
    )
    def test_deleting_a_resource_deletes_what_is_below(self, api: Api) -> None:
        """And the API can still be deployed."""
        below = api.client.create_resource(
            restApiId=api.id, parentId=api.resource, pathPart="{id}"
        )["id"]
        api.put({})
        api.client.delete_resource(restApiId=api.id, resourceId=api.resource)
        left = [r["id"] for r in api.client.get_resources(restApiId=api.id)["items"]]
        assert left == [api.root] and below not in left

    @pytest.mark.fidelity(
        "API Gateway", "An unknown identifier is 404.", source="API Gateway API: API_GetResource"
    )
    def test_what_is_not_there(self, api: Api) -> None:
        """An identifier that nothing has is 404, not a failure."""
        for call, arguments in (
            (api.client.delete_rest_api, {"restApiId": "nothing"}),
            (api.client.get_deployment, {"restApiId": api.id, "deploymentId": "nothing"}),
            (api.client.delete_deployment, {"restApiId": api.id, "deploymentId": "nothing"}),
            (api.client.delete_resource, {"restApiId": api.id, "resourceId": "nothing"}),
            (
                api.client.delete_request_validator,
                {"restApiId": api.id, "requestValidatorId": "nothing"},
            ),
            (api.client.update_integration, api.where()),
        ):
            with pytest.raises(ClientError) as missing:
                call(**arguments)
            assert missing.value.response["Error"]["Code"] == "NotFoundException"

    def test_gateway_response(self, api: Api) -> None:
        """A type or status that does not exist."""
        for kind, status in (("NONSENSE", "404"), ("DEFAULT_4XX", "teapot")):
            with pytest.raises(ClientError, match=r"enum value set|Invalid status"):
                api.client.put_gateway_response(
                    restApiId=api.id, responseType=kind, statusCode=status
                )

    @pytest.mark.fidelity(
        "API Gateway", "An unknown patch path is named.", source="API Gateway API: patch-operations"
    )
    def test_a_patch_that_makes_no_sense(self, api: Api) -> None:
        """An unknown patch path is named."""
        api.put({})
        with pytest.raises(ClientError, match="Invalid patch path /nonsense"):
            api.client.update_method(
                **api.where(), patchOperations=[{"op": "add", "path": "/nonsense", "value": "1"}]
            )

    @pytest.mark.fidelity(
        "API Gateway",
        "An API with a method without integration cannot be deployed.",
        source="API Gateway guide: how-to-deploy-api",
    )
    def test_a_method_without_integration(self, api: Api) -> None:
        """Such an API cannot be deployed."""
        api.client.put_method(**api.where(), authorizationType="NONE")
        with pytest.raises(ClientError, match="No integration defined for method"):
            api.deploy()
