"""The front door, over real HTTP."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from labkit.aws_settings import LOCAL_KEYS
from labkit.cloud.server import LARGEST_BODY


def ask(
    cloud: str, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Status, headers and body of one request."""
    connection = http.client.HTTPConnection(urlsplit(cloud).netloc, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, answer.headers, content


def test_health_says_what_runs(cloud: str):
    """The health page answers when the cloud is ready, with its endpoint and inbox."""
    status, _, body = ask(cloud, "GET", "/_lab/health")
    health = json.loads(body)
    assert status == 200
    assert health["status"] == "ok"
    assert health["endpoint_url"] == cloud
    assert health["smtp"].startswith("127.0.0.1:")
    assert health["moto"] == "5.2.5"


@pytest.mark.fidelity(
    "The local cloud",
    "The cloud listens on 127.0.0.1 only.",
    differs="AWS is public; a laptop's cloud must not be.",
)
def test_the_cloud_listens_on_loopback_only(cloud: str):
    """No address of the machine but 127.0.0.1 accepts a connection."""
    port = urlsplit(cloud).port
    listening = [
        line.split()
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    ]
    addresses = {row[1].split(":")[0] for row in listening if int(row[1].split(":")[1], 16) == port}
    assert addresses == {"0100007F"}


@pytest.mark.parametrize("path", ["/", "/_lab/health", "/_lab/inbox", "/moto-api/reset"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost:8888", "Access_Control_Request_Method": "POST"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
def test_no_web_page_gets_an_answer(cloud: str, path: str, headers: dict[str, str]):
    """Another host or origin is refused everywhere, preflight included, without a CORS header."""
    for method in ("GET", "POST", "OPTIONS"):
        status, answered, _ = ask(cloud, method, path, **headers)
        assert status == 403
        assert not [name for name in answered if name.lower().startswith("access-control")]


def test_motos_reset_and_seed_stay_reachable(client: Callable[..., Any], cloud: str):
    """`/moto-api/reset` forgets everything, without moto's open CORS header."""
    client("sqs").create_queue(QueueName="forgotten")
    status, headers, body = ask(cloud, "POST", "/moto-api/reset")
    assert (status, json.loads(body)) == (200, {"status": "ok"})
    assert "access-control-allow-origin" not in headers
    assert "QueueUrls" not in client("sqs").list_queues()
    assert ask(cloud, "POST", "/moto-api/seed?a=42")[0] == 200


@pytest.mark.fidelity(
    "The local cloud",
    "Keys that the cloud did not issue are the administrator's.",
    differs="A laptop needs no account and no token.",
)
def test_any_access_key_that_the_cloud_did_not_issue_is_the_administrators(cloud: str):
    """As with moto, keys of one's own invention are good."""
    sts = boto3.client(
        "sts",
        endpoint_url=cloud,
        region_name="eu-west-1",
        aws_access_key_id="anything",
        aws_secret_access_key="goes",
    )
    identity = sts.get_caller_identity()
    assert identity["Account"] == "123456789012"
    assert identity["Arn"] == "arn:aws:iam::123456789012:user/administrator"
    assert identity["UserId"].startswith("AIDA")


@pytest.mark.fidelity(
    "The local cloud", "Each region has its own resources.", source="botocore: endpoints.json"
)
def test_regions_do_not_see_each_other(client: Callable[..., Any], cloud: str):
    """The region that a request is signed for is the region that it reaches."""
    client("sqs").create_queue(QueueName="only-here")
    elsewhere = boto3.client("sqs", endpoint_url=cloud, region_name="eu-central-1")
    with pytest.raises(ClientError, match="NonExistentQueue"):
        elsewhere.get_queue_url(QueueName="only-here")


def test_a_page_that_does_not_exist_is_named(cloud: str):
    """A wrong address under /_lab is a 404 that repeats it."""
    status, _, body = ask(cloud, "GET", "/_lab/nothing")
    assert status == 404
    assert "/_lab/nothing" in json.loads(body)["message"]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"advance": -1}', b'{"advance": "soon"}'])
def test_the_clock_refuses_what_is_not_a_time(cloud: str, body: bytes):
    """A wrong advance is a 400 that says what to send."""
    status, _, answer = ask(cloud, "POST", "/_lab/clock", body)
    assert status == 400
    assert '{"advance": seconds}' in json.loads(answer)["message"]


def test_a_body_beyond_all_limits_is_refused(cloud: str):
    """More than the largest zip file is a 413, and the cloud goes on."""
    with socket.create_connection(("127.0.0.1", urlsplit(cloud).port), timeout=30) as raw:
        raw.sendall(
            b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n" % (LARGEST_BODY + 1)
        )
        piece = bytes(1 << 20)
        try:
            for _ in range(LARGEST_BODY // len(piece) + 1):
                raw.sendall(piece)
        except OSError:
            pass
        assert raw.recv(100).startswith(b"HTTP/1.1 413 ")
    assert ask(cloud, "GET", "/_lab/health")[0] == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"GET /\xff\x00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_not_http_does_no_harm(cloud: str, sent: bytes):
    """Garbage, TLS and broken headers are refused, and the cloud goes on."""
    with socket.create_connection(("127.0.0.1", urlsplit(cloud).port), timeout=10) as raw:
        raw.sendall(sent)
        raw.shutdown(socket.SHUT_WR)
        answer = raw.recv(1000)
    assert not answer.startswith(b"HTTP/1.1 5")
    assert ask(cloud, "GET", "/_lab/health")[0] == 200


def test_a_request_in_absolute_form_is_understood(cloud: str):
    """A client that takes the cloud for a proxy sends the whole URL."""
    assert ask(cloud, "GET", f"{cloud}/_lab/health")[0] == 200


def test_an_expecting_client_is_told_to_go_on(cloud: str):
    """`Expect: 100-continue` is answered before the body is sent."""
    with socket.create_connection(("127.0.0.1", urlsplit(cloud).port), timeout=10) as raw:
        raw.sendall(
            b"POST /_lab/webhook/expecting HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
        )
        assert raw.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        raw.sendall(b"ok")
        assert raw.recv(1000).startswith(b"HTTP/1.1 200 ")


@pytest.mark.fidelity(
    "SQS",
    "A long poll whose client has gone takes no message.",
    differs="On AWS the message is hidden until its visibility timeout ends.",
)
def test_a_consumer_that_hangs_up_receives_nothing(client: Callable[..., Any]):
    """A long poll whose client has gone does not take the next message with it."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="hang-up")["QueueUrl"]
    impatient = client("sqs", config=Config(read_timeout=0.3, retries={"max_attempts": 0}))
    with pytest.raises(Exception, match="Read timeout"):
        impatient.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    sqs.send_message(QueueUrl=url, MessageBody="for whoever is there")
    received = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2)
    assert [message["Body"] for message in received["Messages"]] == ["for whoever is there"]


@pytest.mark.parametrize("address", ["nowhere", "host:port", ":25"])
def test_a_malformed_lab_smtp_is_one_clear_line(address: str):
    """LAB_SMTP without a host or a port keeps the cloud from starting, with the reason."""
    answer = subprocess.run(
        [sys.executable, "-m", "labkit.cli", "up", "--port", "0"],
        env=os.environ | LOCAL_KEYS | {"LAB_SMTP": address},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith("Error: LAB_SMTP")
    assert "host:port" in answer.stderr
    assert "Traceback" not in answer.stderr
