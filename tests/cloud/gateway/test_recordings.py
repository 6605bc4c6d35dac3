"""API Gateway and SQS: what AWS was recorded to do, done again on the local cloud."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cloud.gateway.apis import Api, queue_integration
from tests.recordings.normalise import Comparison, load

RECORDINGS = load("apigateway-sqs.json")

SEND = "Action=SendMessage&MessageBody=$input.body"
ATTRIBUTE = (
    "&{0}.1.Name=user-agent&{0}.1.Value.DataType=String"
    "&{0}.1.Value.StringValue=$input.params('User-Agent')"
)
READ_ANSWER = """
#set($responseBody = $input.path('$.SendMessageResponse'))
#set($requestId = $input.path('$.SendMessageResponse.ResponseMetadata.RequestId'))
#set($messageId = $responseBody.SendMessageResult.MessageId)
{"requestId": "$requestId", "messageId": "$messageId"}
"""


def test_sqs_aws_integration(
    api: Api, sqs: Any, queue: tuple[str, str], recorded: Comparison
) -> None:
    """A body becomes a message; without a body the message is an empty object."""
    success = {"responseTemplates": {"application/json": '{"message": "great success!"}'}}
    api.put(queue_integration(SEND, queue[0]), {"200": success})
    api.deploy()
    received = []
    for body, name in (('{"foo": "bar"}', "with"), (None, "without")):
        recorded.assert_same(f"sqs-aws-integration-{name}-payload", api.call(body).json)
        received += sqs.receive_message(QueueUrl=queue[1])["Messages"]
    recorded.assert_same("sqs-messages", received)


@pytest.mark.parametrize("spelling", ["MessageAttribute", "MessageAttributes"])
def test_sqs_aws_integration_with_message_attribute(
    api: Api, sqs: Any, queue: tuple[str, str], spelling: str, recorded: Comparison
) -> None:
    """A template makes a message attribute of a header, in either spelling of the parameter."""
    api.put(queue_integration(SEND + ATTRIBUTE.format(spelling), queue[0]))
    api.deploy()
    headers = {"Content-Type": "application/json", "User-Agent": "BAR-Header"}
    assert api.call('{"foo": "bar"}', headers=headers).status == 200
    [message] = sqs.receive_message(QueueUrl=queue[1], MessageAttributeNames=["All"])["Messages"]
    recorded.assert_same("sqs-message-body", message["Body"])
    recorded.assert_same("sqs-message-attributes", message["MessageAttributes"])


def test_sqs_request_and_response_xml_templates_integration(
    api: Api, sqs: Any, queue: tuple[str, str], recorded: Comparison
) -> None:
    """A response template walks SQS's answer; asked for XML, the integration passes that on."""
    read = {"responseTemplates": {"application/json": READ_ANSWER}}
    api.put(queue_integration(SEND, queue[0]), {"200": read})
    api.deploy()
    recorded.assert_same("sqs-json-response", api.call("<xml>Hello World</xml>").json)
    [message] = sqs.receive_message(QueueUrl=queue[1])["Messages"]
    assert message["Body"] == "<xml>Hello World</xml>"
    api.client.update_integration(
        **api.where(),
        patchOperations=[
            {
                "op": "add",
                "path": "/requestParameters/integration.request.header.Accept",
                "value": "'application/xml'",
            }
        ],
    )
    api.client.update_integration_response(
        **api.where(),
        statusCode="200",
        patchOperations=[{"op": "remove", "path": "/responseTemplates/application~1json"}],
    )
    api.deploy()
    answer = api.call("<xml>Hello World</xml>").body.decode()
    for name in ("MessageId", "MD5OfMessageBody", "RequestId"):
        assert f"<{name}>" in answer
