"""Invoke over HTTP, as boto3 and curl use it."""

from __future__ import annotations

import base64
import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests import waiting
from tests.cloud.functions.surroundings import ACCOUNT, zipped
from tests.permissions import powerful_role

CODE = """
import json, os
before = os.environ.get("_X_AMZN_TRACE_ID")
def handler(event, context):
    print("said", json.dumps(event))
    if event == "trace":
        print("traced", os.environ["_X_AMZN_TRACE_ID"])
        return [before, os.environ["_X_AMZN_TRACE_ID"]]
    if isinstance(event, dict) and event.get("fail"):
        raise ValueError("as asked")
    return {"event": event, "client": context.client_context and context.client_context.custom}
"""
Clients = Callable[..., Any]


def text_of(size: int) -> bytes:
    """A JSON text of so many bytes."""
    return b'"' + b"x" * (size - 2) + b'"'


@pytest.fixture(scope="module")
def lambda_(client: Clients) -> Any:
    """A Lambda client that never retries, and a function `echo`."""
    role = powerful_role(client("iam"), "runner")
    client = client("lambda", config=Config(retries={"max_attempts": 0}))
    client.create_function(
        FunctionName="echo",
        Runtime="python3.13",
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": zipped(CODE)},
    )
    client.get_waiter("function_active_v2").wait(FunctionName="echo")
    return client


def test_a_request_is_answered(lambda_: Any) -> None:
    """Payload, version and no error."""
    answer = lambda_.invoke(FunctionName="echo", Payload=b'{"a": [1, 2.5]}')
    assert answer["StatusCode"] == 200
    assert answer["ExecutedVersion"] == "$LATEST"
    assert "FunctionError" not in answer
    assert "LogResult" not in answer
    assert json.load(answer["Payload"])["event"] == {"a": [1, 2.5]}


@pytest.mark.fidelity(
    "Lambda",
    "`_X_AMZN_TRACE_ID` is another one at each invocation, of the trace that its caller names.",
    source="LocalStack's recording: lambda_/test_lambda_integration_xray",
)
def test_the_trace_of_an_invocation(lambda_: Any, client: Clients) -> None:
    """No module sees it; one that is not asked for is not sampled; an event's is the same."""

    def traces(**more: Any) -> tuple[str | None, str]:
        answer = lambda_.invoke(FunctionName="echo", Payload=b'"trace"', **more)
        before, during = json.load(answer["Payload"])
        assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-trace-id"] == during
        return before, during

    def name_it(request: Any, **_: Any) -> None:
        request.headers["X-Amzn-Trace-Id"] = f"{root};Parent=7fa8c0f79203be72;Sampled=1"

    (before, first), (_, second) = traces(), traces()
    assert before is None
    assert first != second
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0", first)
    root = "Root=1-3152b799-8954dae64eda91bc9a23a7e8"
    lambda_.meta.events.register("before-send.lambda.Invoke", name_it)
    try:
        assert re.fullmatch(rf"{root};Parent=[0-9a-f]{{16}};Sampled=1", traces()[1])
        lambda_.invoke(FunctionName="echo", InvocationType="Event", Payload=b'"trace"')
    finally:
        lambda_.meta.events.unregister("before-send.lambda.Invoke", name_it)
    asked = {"logGroupName": "/aws/lambda/echo", "filterPattern": f'"traced {root};Parent="'}
    waiting.until(lambda: len(client("logs").filter_log_events(**asked)["events"]) == 2)


@pytest.mark.fidelity(
    "Lambda", "Without a payload the handler gets `{}`.", source="Lambda API: Invoke"
)
def test_no_payload_is_an_empty_event(lambda_: Any) -> None:
    """The handler gets `{}`."""
    assert json.load(lambda_.invoke(FunctionName="echo")["Payload"])["event"] == {}


@pytest.mark.fidelity(
    "Lambda",
    "A function error is still HTTP 200, with `X-Amz-Function-Error: Unhandled`.",
    source="LocalStack's recording: lambda_/test_lambda",
)
def test_a_function_error_is_still_200(lambda_: Any) -> None:
    """The error is in a header, its document in the payload."""
    answer = lambda_.invoke(FunctionName="echo", Payload=b'{"fail": true}')
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert json.load(answer["Payload"])["errorMessage"] == "as asked"


@pytest.mark.fidelity(
    "Lambda", "LogType=Tail gives the last 4 KB of the log in Base64.", source="Lambda API: Invoke"
)
def test_the_tail_of_the_log_comes_along(lambda_: Any) -> None:
    """At most 4 KB of it, in Base64, from START to REPORT."""
    answer = lambda_.invoke(FunctionName="echo", LogType="Tail", Payload=b'{"a": 1}')
    tail = base64.b64decode(answer["LogResult"]).decode()
    assert tail.startswith("START RequestId: ")
    assert 'said {"a": 1}\n' in tail
    assert "\nREPORT RequestId: " in tail
    long = json.dumps({"a": "x" * 9000}).encode()
    answer = lambda_.invoke(FunctionName="echo", LogType="Tail", Payload=long)
    assert len(base64.b64decode(answer["LogResult"])) == 4096


@pytest.mark.fidelity(
    "Lambda", "An Event invocation answers 202 at once.", source="Lambda API: Invoke"
)
def test_an_event_is_accepted_and_runs(lambda_: Any, client: Clients) -> None:
    """202 at once, with nothing in the payload."""
    answer = lambda_.invoke(
        FunctionName="echo", InvocationType="Event", Payload=b'{"order": "event-1"}'
    )
    assert answer["StatusCode"] == 202
    assert answer["Payload"].read() == b""
    waiting.until(lambda: said(client, "event-1"))


@pytest.mark.fidelity("Lambda", "InvokeAsync still works.", source="Lambda API: InvokeAsync")
def test_the_old_way_to_send_an_event_works(lambda_: Any, client: Clients) -> None:
    """InvokeAsync, which boto3 still has."""
    answer = lambda_.invoke_async(FunctionName="echo", InvokeArgs=b'{"order": "event-2"}')
    assert answer["Status"] == 202
    waiting.until(lambda: said(client, "event-2"))


@pytest.mark.fidelity(
    "Lambda", "A DryRun answers 204 and runs nothing.", source="Lambda API: Invoke"
)
def test_a_dry_run_runs_nothing(lambda_: Any, client: Clients) -> None:
    """204 when the function exists."""
    answer = lambda_.invoke(FunctionName="echo", InvocationType="DryRun", Payload=b'"dry"')
    assert answer["StatusCode"] == 204
    lambda_.invoke(FunctionName="echo")
    assert not said(client, "dry")


@pytest.mark.fidelity(
    "Lambda", "The client context reaches the handler.", source="Lambda API: Invoke"
)
def test_the_client_context_reaches_the_handler(lambda_: Any) -> None:
    """Base64 of JSON, as mobile apps send it."""
    context = base64.b64encode(b'{"custom": {"shop": "gin + tonic"}}').decode()
    answer = lambda_.invoke(FunctionName="echo", ClientContext=context)
    assert json.load(answer["Payload"])["client"] == {"shop": "gin + tonic"}


@pytest.mark.fidelity(
    "Lambda",
    "A version or alias is named by Qualifier or within the name.",
    source="Lambda API: Invoke",
)
def test_a_version_and_an_alias_can_be_meant(lambda_: Any) -> None:
    """By qualifier, or in the name."""
    version = lambda_.publish_version(FunctionName="echo")["Version"]
    lambda_.create_alias(FunctionName="echo", Name="live", FunctionVersion=version)
    arn = lambda_.get_function_configuration(FunctionName="echo")["FunctionArn"]
    for options in (
        {"FunctionName": "echo", "Qualifier": "live"},
        {"FunctionName": "echo:live"},
        {"FunctionName": f"{arn}:{version}"},
        {"FunctionName": arn, "Qualifier": version},
    ):
        assert lambda_.invoke(**options)["ExecutedVersion"] == version


@pytest.mark.fidelity(
    "Lambda",
    "A request of 6 MB and an event of 1 MB are taken.",
    source="Lambda guide: gettingstarted-limits",
)
def test_the_largest_payloads_are_taken(lambda_: Any) -> None:
    """To the byte: what is one larger is refused below."""
    asked = lambda_.invoke(FunctionName="echo", InvocationType="DryRun", Payload=text_of(6_291_456))
    assert asked["StatusCode"] == 204
    sent = lambda_.invoke(FunctionName="echo", InvocationType="Event", Payload=text_of(1_048_576))
    assert sent["StatusCode"] == 202


@pytest.mark.parametrize(
    ("options", "code", "status", "message"),
    [
        (
            {"FunctionName": "nobody"},
            "ResourceNotFoundException",
            404,
            "Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody",
        ),
        (
            {"FunctionName": "echo", "Qualifier": "77"},
            "ResourceNotFoundException",
            404,
            "Function not found: arn:aws:lambda:us-east-1:123456789012:function:echo:77",
        ),
        (
            {"FunctionName": "echo", "Payload": b"{no json"},
            "InvalidRequestContentException",
            400,
            "Could not parse request body into json",
        ),
        (
            {"FunctionName": "echo", "Payload": text_of(6_291_457)},
            "RequestTooLargeException",
            413,
            "Request must be smaller than 6291456 bytes for the InvokeFunction operation",
        ),
        (
            {
                "FunctionName": "echo",
                "Payload": text_of(1_048_577),
                "InvocationType": "Event",
            },
            "RequestTooLargeException",
            413,
            "Request must be smaller than 1048576 bytes",
        ),
        (
            {"FunctionName": "echo", "ClientContext": "no base64!"},
            "InvalidRequestContentException",
            400,
            "Client context must be Base64 of JSON",
        ),
    ],
)
@pytest.mark.fidelity(
    "Lambda",
    "A request has at most 6 MB, an event 1 MB.",
    source="Lambda guide: gettingstarted-limits",
)
def test_a_bad_request_is_refused(
    lambda_: Any, options: dict[str, Any], code: str, status: int, message: str
) -> None:
    """AWS's code, status and words."""
    with pytest.raises(ClientError) as refused:
        lambda_.invoke(**options)
    response = refused.value.response
    assert response["Error"]["Code"] == code
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert message in response["Error"]["Message"]


@pytest.mark.parametrize("option", [{"TenantId": "t"}, {"DurableExecutionName": "d"}])
def test_what_lambda_has_and_the_lab_has_not_is_refused(
    lambda_: Any, option: dict[str, str]
) -> None:
    """With a message that names the fidelity table."""
    with pytest.raises(ClientError, match=r"docs/fidelity\.md"):
        lambda_.invoke(FunctionName="echo", **option)


@pytest.mark.fidelity(
    "Lambda",
    "Throttling is `TooManyRequestsException` (429) with its Reason.",
    source="Lambda API: Invoke",
)
def test_a_throttled_function_says_so(lambda_: Any) -> None:
    """429, with the limit that was reached."""
    lambda_.put_function_concurrency(FunctionName="echo", ReservedConcurrentExecutions=0)
    try:
        with pytest.raises(lambda_.exceptions.TooManyRequestsException) as refused:
            lambda_.invoke(FunctionName="echo")
    finally:
        lambda_.delete_function_concurrency(FunctionName="echo")
    assert refused.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert refused.value.response["Error"]["Message"] == "Rate Exceeded."


@pytest.mark.fidelity(
    "The local cloud",
    "An unsigned Invoke is answered, unless it comes from a function.",
    differs="A laptop needs no account; curl stays easy. Other unsigned calls get AWS's refusal.",
)
def test_curl_needs_nothing_but_the_address(lambda_: Any, cloud: str) -> None:
    """An unsigned POST is answered as well."""
    url = f"{cloud}/2015-03-31/functions/echo/invocations"
    request = urllib.request.Request(url, data=b"[1]", method="POST")
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["event"] == [1]
        assert answer.headers["X-Amz-Executed-Version"] == "$LATEST"
        assert answer.headers["x-amzn-RequestId"]


@pytest.mark.fidelity(
    "Lambda",
    "A function acts as `assumed-role/ROLE/FUNCTION`.",
    source="Lambda guide: lambda-intro-execution-role",
)
def test_a_function_calls_this_cloud_as_its_role(lambda_: Any, client: Clients) -> None:
    """boto3 in a handler needs no settings; STS knows the session by the function's name."""
    code = (
        "import boto3\n"
        "def handler(event, context):\n"
        "    return boto3.client('sts').get_caller_identity()['Arn']\n"
    )
    role = client("iam").get_role(RoleName="runner")["Role"]["Arn"]
    lambda_.create_function(
        FunctionName="who",
        Runtime="python3.13",
        Role=role,
        Handler="app.handler",
        Timeout=30,
        Code={"ZipFile": zipped(code)},
    )
    answer = lambda_.invoke(FunctionName="who")
    arn = "arn:aws:sts::123456789012:assumed-role/runner/who"
    assert json.load(answer["Payload"]) == arn


def said(client: Clients, what: str) -> bool:
    """Whether `echo` has printed something."""
    events = client("logs").filter_log_events(logGroupName="/aws/lambda/echo")["events"]
    return any(what in event["message"] for event in events)


@pytest.mark.fidelity(
    "Lambda",
    "A function is Pending in the answer that creates it, an update InProgress in its own.",
    source="LocalStack's recording: lambda_/test_lambda",
)
def test_a_functions_states_and_revisions(lambda_: Any) -> None:
    """At the next look it is Active and Successful; each state is a revision of its own."""
    role = lambda_.get_function_configuration(FunctionName="echo")["Role"]
    created = lambda_.create_function(
        FunctionName="states",
        Runtime="python3.13",
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": zipped("def handler(event, context): pass")},
    )
    found = lambda_.get_function_configuration(FunctionName="states")
    updated = lambda_.update_function_configuration(FunctionName="states", Timeout=9)
    assert (created["State"], created["StateReasonCode"]) == ("Pending", "Creating")
    assert "LastUpdateStatus" not in created and "Layers" not in created
    assert (found["State"], found["LastUpdateStatus"]) == ("Active", "Successful")
    assert "StateReason" not in found
    assert updated["LastUpdateStatus"] == "InProgress"
    assert len({each["RevisionId"] for each in (created, found, updated)}) == 3
    assert found["RuntimeVersionConfig"]["RuntimeVersionArn"].startswith(
        "arn:aws:lambda:us-east-1::runtime:"
    )
    assert re.fullmatch(r"[-0-9]{10}T[:0-9]{8}\.\d{3}\+0000", updated["LastModified"])


@pytest.mark.fidelity(
    "Lambda",
    "A missing function is told with Type and Message, any other slip with Type and message.",
    source="LocalStack's recording: lambda_/test_lambda",
)
def test_errors_have_their_fields(lambda_: Any) -> None:
    """The SDK shows them beside code and text."""
    with pytest.raises(ClientError) as missing:
        lambda_.get_function(FunctionName="nowhere")
    text = f"Function not found: arn:aws:lambda:us-east-1:{ACCOUNT}:function:nowhere"
    assert missing.value.response["Error"] == {
        "Code": "ResourceNotFoundException",
        "Message": text,
    }
    assert missing.value.response["Message"] == text
    assert missing.value.response["Type"] == "User"
    with pytest.raises(ClientError) as twice:
        lambda_.create_function(
            FunctionName="echo",
            Runtime="python3.13",
            Role=lambda_.get_function_configuration(FunctionName="echo")["Role"],
            Handler="app.handler",
            Code={"ZipFile": zipped("def handler(event, context): pass")},
        )
    assert twice.value.response["Error"]["Code"] == "ResourceConflictException"
    assert twice.value.response["message"] == "Function already exist: echo"
    assert twice.value.response["Type"] == "User"
