"""Where the end of an event is told, over HTTP."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.cloud.functions.surroundings import ACCOUNT, zipped
from tests.permissions import let_send, powerful_role
from tests.waiting import until

CODE = """
def handler(event, context):
    if "record" in context.function_name or event.get("good"):
        return {"ok": event.get("good")}
    raise ValueError("sold out")
"""
COUNTING = """
import os, urllib.request
def handler(event, context):
    url = os.environ["AWS_ENDPOINT_URL"] + "/_lab/webhook/attempts"
    urllib.request.urlopen(urllib.request.Request(url, b"{}", method="POST")).read()
    raise ValueError("sold out")
"""
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function"
Clients = Callable[..., Any]


@pytest.fixture(scope="module")
def lambda_(client: Clients) -> Any:
    """A Lambda client and a function `sells` that fails unless an event is good."""
    role = powerful_role(client("iam"), "runner")
    client = client("lambda", config=Config(retries={"max_attempts": 0}))
    client.create_function(
        FunctionName="sells",
        Runtime="python3.13",
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": zipped(CODE)},
    )
    return client


class Queue:
    """A queue to look into."""

    def __init__(self, sqs: Any, name: str) -> None:
        self._sqs = sqs
        self._url = sqs.create_queue(QueueName=name)["QueueUrl"]
        let_send(sqs, self._url)
        self.arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"

    def next(self) -> dict[str, Any]:
        """The next message; waits until there is one."""
        answer = self._sqs.receive_message(
            QueueUrl=self._url, WaitTimeSeconds=20, MessageAttributeNames=["All"]
        )
        (message,) = answer["Messages"]
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return message


def send(lambda_: Any, **event: Any) -> str:
    """Send an event; return its request id."""
    answer = lambda_.invoke(
        FunctionName="sells", InvocationType="Event", Payload=json.dumps(event).encode()
    )
    return answer["ResponseMetadata"]["RequestId"]


@pytest.mark.fidelity(
    "Lambda",
    "Success and failure of an event have destinations; the record has request and response.",
    source="Lambda guide: invocation-async-retain-records",
)
def test_success_and_failure_have_destinations_of_their_own(lambda_: Any, client: Clients) -> None:
    """A queue and a topic; the record has request and response."""
    good, bad = Queue(client("sqs"), "good"), Queue(client("sqs"), "bad")
    topic_arn = client("sns").create_topic(Name="bad")["TopicArn"]
    client("sns").subscribe(
        TopicArn=topic_arn,
        Protocol="sqs",
        Endpoint=bad.arn,
        Attributes={"RawMessageDelivery": "true"},
    )
    lambda_.put_function_event_invoke_config(
        FunctionName="sells",
        MaximumRetryAttempts=0,
        DestinationConfig={
            "OnSuccess": {"Destination": good.arn},
            "OnFailure": {"Destination": topic_arn},
        },
    )
    request_id = send(lambda_, good=1)
    record = json.loads(good.next()["Body"])
    timestamp = record.pop("timestamp")
    assert timestamp.endswith("Z")
    assert record == {
        "version": "1.0",
        "requestContext": {
            "requestId": request_id,
            "functionArn": f"{ARN}:sells:$LATEST",
            "condition": "Success",
            "approximateInvokeCount": 1,
        },
        "requestPayload": {"good": 1},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
        "responsePayload": {"ok": 1},
    }
    request_id = send(lambda_, order=7)
    record = json.loads(bad.next()["Body"])
    assert record["requestContext"]["requestId"] == request_id
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["responseContext"]["functionError"] == "Unhandled"
    assert record["responsePayload"]["errorMessage"] == "sold out"
    lambda_.delete_function_event_invoke_config(FunctionName="sells")


@pytest.mark.fidelity(
    "Lambda",
    "A dead-letter queue gets the event with RequestID, ErrorCode and ErrorMessage as attributes.",
    source="Lambda guide: invocation-async-retain-records",
)
@pytest.mark.fidelity(
    "Lambda",
    "An empty DeadLetterConfig leaves a function's as it is; an empty TargetArn takes it away.",
    source="LocalStack's recording: lambda_/test_lambda_destinations",
)
def test_a_dead_letter_queue_gets_the_event_itself(lambda_: Any, client: Clients) -> None:
    """With request id and error beside it, in a queue or for a topic's subscribers."""
    dead = Queue(client("sqs"), "dead")
    topic_arn = client("sns").create_topic(Name="dead")["TopicArn"]
    client("sns").subscribe(
        TopicArn=topic_arn,
        Protocol="sqs",
        Endpoint=dead.arn,
        Attributes={"RawMessageDelivery": "true"},
    )
    lambda_.put_function_event_invoke_config(FunctionName="sells", MaximumRetryAttempts=0)
    for target in (topic_arn, dead.arn):
        lambda_.update_function_configuration(
            FunctionName="sells", DeadLetterConfig={"TargetArn": target}
        )
        request_id = send(lambda_, order=8)
        message = dead.next()
        assert json.loads(message["Body"]) == {"order": 8}
        told = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
        assert told == {"RequestID": request_id, "ErrorCode": "200", "ErrorMessage": "sold out"}
    configuration = lambda_.get_function_configuration(FunctionName="sells")
    assert configuration["DeadLetterConfig"] == {"TargetArn": dead.arn}
    unchanged = lambda_.update_function_configuration(FunctionName="sells", DeadLetterConfig={})
    assert unchanged["DeadLetterConfig"] == {"TargetArn": dead.arn}
    without = {"FunctionName": "sells", "DeadLetterConfig": {"TargetArn": ""}}
    assert "DeadLetterConfig" not in lambda_.update_function_configuration(**without)


@pytest.mark.fidelity(
    "Lambda",
    "An event whose function's code cannot be unpacked has failed: it is told of like any other.",
    source="Lambda API: Invoke",
)
def test_code_that_cannot_be_unpacked_is_a_failed_attempt(lambda_: Any, client: Clients) -> None:
    """Its zip file looked sound until it was unpacked; no event is lost."""
    code = zipped("def handler(event, context):\n    return 'a text that is stored as it is'\n")
    spoilt = code.replace(b"as it is", b"as it no")
    assert spoilt != code
    dead, failed = Queue(client("sqs"), "dead-spoilt"), Queue(client("sqs"), "failed-spoilt")
    lambda_.create_function(
        FunctionName="spoilt",
        Runtime="python3.13",
        Role=lambda_.get_function_configuration(FunctionName="sells")["Role"],
        Handler="app.handler",
        Code={"ZipFile": spoilt},
        DeadLetterConfig={"TargetArn": dead.arn},
    )
    lambda_.put_function_event_invoke_config(
        FunctionName="spoilt",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": failed.arn}},
    )
    with pytest.raises(ClientError) as refused:
        lambda_.invoke(FunctionName="spoilt")
    assert refused.value.response["Error"]["Code"] == "InvalidZipFileException"
    lambda_.invoke(FunctionName="spoilt", InvocationType="Event", Payload=b'{"order": 11}')
    record = json.loads(failed.next()["Body"])
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    letter = dead.next()
    assert json.loads(letter["Body"]) == {"order": 11}
    assert letter["MessageAttributes"]["ErrorCode"]["StringValue"] == "502"


@pytest.mark.fidelity(
    "Lambda",
    "An event that fails is tried three times, then told to the dead-letter queue and on-failure "
    "destination, both.",
    source="Lambda guide: invocation-async-error-handling",
)
def test_three_attempts_then_everybody_is_told(lambda_: Any, client: Clients, cloud: str) -> None:
    """One minute, then two, on the lab's clock; nothing before its time."""

    def page(method: str, path: str, document: Any = None) -> Any:
        body = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(f"{cloud}/_lab/{path}", body, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def attempts(after: int, *, wait: float) -> int:
        return after + len(page("GET", f"webhook/attempts?after={after}&wait={wait}"))

    def ended() -> int:
        reports = client("logs").filter_log_events(
            logGroupName="/aws/lambda/thrice", filterPattern='"REPORT RequestId"'
        )
        return len(reports["events"])

    dead, failed = Queue(client("sqs"), "dead-after-three"), Queue(client("sqs"), "failed")
    lambda_.create_function(
        FunctionName="thrice",
        Runtime="python3.13",
        Role=lambda_.get_function_configuration(FunctionName="sells")["Role"],
        Handler="app.handler",
        Code={"ZipFile": zipped(COUNTING)},
        DeadLetterConfig={"TargetArn": dead.arn},
    )
    lambda_.put_function_event_invoke_config(
        FunctionName="thrice", DestinationConfig={"OnFailure": {"Destination": failed.arn}}
    )
    lambda_.invoke(FunctionName="thrice", InvocationType="Event", Payload=b'{"order": 10}')
    assert attempts(0, wait=10) == 1
    for before, seconds in ((1, 60), (2, 120)):
        until(lambda count=before: ended() == count)
        page("POST", "clock", {"advance": seconds - 10})
        assert attempts(before, wait=0.1) == before, "not before its time"
        page("POST", "clock", {"advance": 15})
        assert attempts(before, wait=10) == before + 1
    assert json.loads(dead.next()["Body"]) == {"order": 10}
    record = json.loads(failed.next()["Body"])
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    page("POST", "clock", {"advance": 3600})
    assert attempts(3, wait=0.1) == 3, "and never again"


@pytest.mark.fidelity(
    "Lambda",
    "With reserved concurrency 0 an event is given up at once.",
    source="Lambda guide: configuration-concurrency",
)
def test_a_function_that_may_not_run_gives_its_events_up_at_once(
    lambda_: Any, client: Clients
) -> None:
    """Reserved concurrency 0: no attempt, no response in the record."""
    unsold = Queue(client("sqs"), "unsold")
    lambda_.put_function_event_invoke_config(
        FunctionName="sells", DestinationConfig={"OnFailure": {"Destination": unsold.arn}}
    )
    lambda_.put_function_concurrency(FunctionName="sells", ReservedConcurrentExecutions=0)
    send(lambda_, order=9)
    record = json.loads(unsold.next()["Body"])
    assert record["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert "responsePayload" not in record
    lambda_.delete_function_concurrency(FunctionName="sells")


@pytest.mark.fidelity(
    "Lambda",
    "An event that is older than MaximumEventAgeInSeconds is told as EventAgeExceeded.",
    source="Lambda guide: invocation-async-error-handling",
)
def test_an_event_grows_too_old(lambda_: Any, client: Clients) -> None:
    """Its first retry would be after a minute, which is all the time that it has."""
    late = Queue(client("sqs"), "late")
    lambda_.put_function_event_invoke_config(
        FunctionName="sells",
        MaximumEventAgeInSeconds=60,
        DestinationConfig={"OnFailure": {"Destination": late.arn}},
    )
    send(lambda_, order=11)
    record = json.loads(late.next()["Body"])
    assert record["requestContext"]["condition"] == "EventAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    assert record["responsePayload"]["errorMessage"] == "sold out"
    lambda_.delete_function_event_invoke_config(FunctionName="sells")


@pytest.mark.fidelity(
    "Lambda",
    "PutFunctionEventInvokeConfig replaces all, Update only what it names.",
    source="Lambda API: PutFunctionEventInvokeConfig",
)
def test_the_configuration_is_replaced_or_changed(lambda_: Any) -> None:
    """Put replaces all of it, update only what it names; it is `$LATEST`'s, and of now."""
    made = lambda_.get_function_configuration(FunctionName="sells")["LastModified"]
    lambda_.put_function_event_invoke_config(
        FunctionName="sells", MaximumRetryAttempts=1, MaximumEventAgeInSeconds=60
    )
    lambda_.update_function_event_invoke_config(FunctionName="sells", MaximumRetryAttempts=0)
    config = lambda_.get_function_event_invoke_config(FunctionName="sells")
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (0, 60)
    assert config["FunctionArn"] == f"{ARN}:sells:$LATEST"
    assert config["LastModified"] > datetime.fromisoformat(made)


@pytest.mark.fidelity(
    "Lambda",
    "Each version and alias of a function handles its events in its own way.",
    source="Lambda API: PutFunctionEventInvokeConfig",
)
def test_a_version_handles_its_events_in_its_own_way(lambda_: Any, client: Clients) -> None:
    """What is put for the function is not the version's, nor the other way."""
    latest, own = Queue(client("sqs"), "latest"), Queue(client("sqs"), "own")
    version = lambda_.publish_version(FunctionName="sells")["Version"]
    lambda_.create_alias(FunctionName="sells", Name="shop", FunctionVersion=version)
    for queue, asked in (
        (latest, {"FunctionName": "sells"}),
        (own, {"FunctionName": "sells", "Qualifier": "shop"}),
    ):
        destination = {"OnSuccess": {"Destination": queue.arn}}
        lambda_.put_function_event_invoke_config(DestinationConfig=destination, **asked)
    for order, qualifier in enumerate((version, "shop", "$LATEST"), start=20):
        lambda_.invoke(
            FunctionName="sells",
            Qualifier=qualifier,
            InvocationType="Event",
            Payload=json.dumps({"good": order}).encode(),
        )
    assert json.loads(own.next()["Body"])["requestPayload"] == {"good": 21}
    assert json.loads(latest.next()["Body"])["requestPayload"] == {"good": 22}
    for asked in ({"FunctionName": "sells"}, {"FunctionName": "sells", "Qualifier": "shop"}):
        lambda_.delete_function_event_invoke_config(**asked)


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default",
        f"arn:aws:sqs:us-east-1:{ACCOUNT}:ordered.fifo",
    ],
)
@pytest.mark.fidelity(
    "Lambda",
    "Destinations are standard queues, topics and functions; others are refused.",
    source="Lambda guide: invocation-async-retain-records",
    differs="There is no EventBridge or S3 event in this pipeline.",
)
def test_a_destination_that_is_never_told_is_refused(lambda_: Any, arn: str) -> None:
    """Nothing is ignored silently."""
    with pytest.raises(ClientError, match="The local cloud sends no events to"):
        lambda_.put_function_event_invoke_config(
            FunctionName="sells", DestinationConfig={"OnFailure": {"Destination": arn}}
        )
