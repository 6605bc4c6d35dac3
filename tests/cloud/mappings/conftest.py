"""What the tests of mappings share: functions, queues, tables and the clock of a real cloud."""

from __future__ import annotations

import io
import itertools
import json
import time
import urllib.request
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.permissions import powerful_role

Json = Any


class Aws:
    """Clients of one cloud, and short ways to make what a mapping connects."""

    def __init__(self, endpoint_url: str, client: Callable[..., Any]) -> None:
        self.endpoint_url = endpoint_url
        self.lambda_ = client("lambda")
        self.sqs = client("sqs")
        self.sns = client("sns")
        self.dynamodb = client("dynamodb")
        self.logs = client("logs")
        self._numbers = itertools.count(1)
        self.role = powerful_role(client("iam"), self.name("role"))
        self._zip = zipped(Path(__file__).with_name("handlers.py"))

    def name(self, prefix: str) -> str:
        """A name that nothing else has."""
        return f"{prefix}-{next(self._numbers)}-{uuid.uuid4().hex[:6]}"

    def function(
        self,
        handler: str = "answer",
        *,
        name: str | None = None,
        timeout: int = 3,
        configuration: Json = None,
        **variables: str,
    ) -> str:
        """The name of a new function that runs one of `handlers` with these variables."""
        name = name or self.name("function")
        self.lambda_.create_function(
            FunctionName=name,
            Role=self.role,
            Runtime="python3.13",
            Handler=f"handlers.{handler}",
            Timeout=timeout,
            Environment={"Variables": variables},
            Code={"ZipFile": self._zip},
            **(configuration or {}),
        )
        return name

    def queue(self, name: str | None = None, **attributes: str) -> tuple[str, str]:
        """The URL and ARN of a new queue; `dead_letters` and `receives` make its redrive policy."""
        if "dead_letters" in attributes:
            policy = {
                "deadLetterTargetArn": attributes.pop("dead_letters"),
                "maxReceiveCount": attributes.pop("receives"),
            }
            attributes["RedrivePolicy"] = json.dumps(policy)
        name = name or self.name("queue")
        url = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        asked = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return url, asked["Attributes"]["QueueArn"]

    def fifo_queue(self, **attributes: str) -> tuple[str, str]:
        """The same of a FIFO queue, which tells duplicates by their content."""
        kind = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        return self.queue(self.name("queue") + ".fifo", **kind, **attributes)

    def limit(self, function: str, concurrency: int) -> None:
        """Let a function run so often at once; 0 throttles it."""
        self.lambda_.put_function_concurrency(
            FunctionName=function, ReservedConcurrentExecutions=concurrency
        )

    def table(self, key: str = "id", view: str | None = "NEW_IMAGE") -> tuple[str, Json]:
        """The name and description of a new table, with a stream if a view is given."""
        name = self.name("table")
        stream = {"StreamSpecification": stream_of(view)} if view else {}
        created = self.dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            **stream,
        )
        return name, created

    def enable_stream(self, table: str, view: str = "NEW_IMAGE") -> Json:
        """Give a table a stream."""
        return self.dynamodb.update_table(TableName=table, StreamSpecification=stream_of(view))

    def stream(self, **options: Any) -> tuple[str, str]:
        """The name of a new table and the ARN of its stream."""
        name, created = self.table(**options)
        return name, created["TableDescription"]["LatestStreamArn"]

    def mapping(self, source_arn: str, function: str, **options: Any) -> Json:
        """A new mapping, enabled."""
        created = self.lambda_.create_event_source_mapping(
            EventSourceArn=source_arn, FunctionName=function, **options
        )
        assert self.state(created["UUID"]) in ("Enabled", "Disabled")
        return created

    def state(self, uuid: str) -> str:
        """The state of a mapping."""
        return self.lambda_.get_event_source_mapping(UUID=uuid)["State"]

    def result(self, uuid: str) -> str | None:
        """The last processing result of a mapping."""
        return self.lambda_.get_event_source_mapping(UUID=uuid).get("LastProcessingResult")

    def send(self, queue_url: str, body: Any, **options: Any) -> str:
        """Send one message; return its id."""
        text = body if isinstance(body, str) else json.dumps(body)
        return self.sqs.send_message(QueueUrl=queue_url, MessageBody=text, **options)["MessageId"]

    def receive(self, queue_url: str, wait: int = 10, **options: Any) -> Json:
        """Receive one message, as soon as there is one."""
        return self.sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=wait, **options)

    def counts(self, queue_url: str) -> tuple[int, int]:
        """How many messages of a queue are visible, and how many are in flight."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        asked = self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)
        return tuple(int(asked["Attributes"][name]) for name in names)

    def events(self, function: str, count: int, *, advancing: float = 0, wait: float = 20) -> Json:
        """The first events that a function has seen, once there are `count`.

        The clock is moved by `advancing` seconds for as long as they do not come by themselves.
        """
        seen: list[Json] = []
        deadline = time.monotonic() + wait
        while len(seen) < count and time.monotonic() < deadline:
            path = f"/_lab/webhook/{function}?after={len(seen)}&wait={0.25 if advancing else wait}"
            seen += [json.loads(request["body"]) for request in self.page("GET", path)]
            if advancing and len(seen) < count:
                self.advance(advancing)
        assert len(seen) >= count, f"{function} has seen {len(seen)} of {count} events"
        return seen

    def logged(self, function: str, text: str) -> list[str]:
        """The log events of a function that contain a text."""
        try:
            found = self.logs.filter_log_events(
                logGroupName=f"/aws/lambda/{function}", filterPattern=f'"{text}"'
            )
        except self.logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in found["events"]]

    def answer(self, function: str, **answer: Any) -> None:
        """Make the webhook of a function answer late (`delay` in seconds) or with an error."""
        self.page("PUT", f"/_lab/webhook/{function}/answer", answer)

    def advance(self, seconds: float) -> None:
        """Move the clock."""
        self.page("POST", "/_lab/clock", {"advance": seconds})

    def page(self, method: str, path: str, document: Json = None) -> Json:
        """Call one of the lab's own pages."""
        body = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(self.endpoint_url + path, body, method=method)
        with urllib.request.urlopen(request, timeout=60) as response:
            content = response.read()
        return json.loads(content) if content else None


def stream_of(view: str) -> Json:
    """A stream specification."""
    return {"StreamEnabled": True, "StreamViewType": view}


def zipped(source: Path) -> bytes:
    """A zip file with one module."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.write(source, source.name)
    return archive.getvalue()


@pytest.fixture(scope="module")
def aws(cloud: str, client: Callable[..., Any]) -> Iterator[Aws]:
    """A cloud that holds nothing yet; its mappings are deleted after each module."""
    account = Aws(cloud, client)
    yield account
    for mapping in account.lambda_.list_event_source_mappings()["EventSourceMappings"]:
        account.lambda_.delete_event_source_mapping(UUID=mapping["UUID"])
