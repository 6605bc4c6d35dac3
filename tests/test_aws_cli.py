"""The AWS CLI as a client of the local cloud, with nothing but the endpoint URL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from labkit.aws_settings import LOCAL_KEYS
from tests.permissions import ANYTHING


def aws(cloud: str, *words: str) -> Any:
    """What `aws WORDS` prints, parsed."""
    answer = subprocess.run(
        # Version 1 of the CLI replaces SQS's endpoint by a name of AWS's unless it is given here.
        [Path(sys.executable).with_name("aws"), "--endpoint-url", cloud, *words],
        env=os.environ | LOCAL_KEYS | {"AWS_DEFAULT_OUTPUT": "json"},
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout or "null")


def test_the_cli_sends_and_receives(cloud: str):
    """A queue made, filled and read by the AWS CLI alone."""
    url = aws(cloud, "sqs", "create-queue", "--queue-name", "cli")["QueueUrl"]
    assert url == f"{cloud}/123456789012/cli"
    body = "CHARLIE & LOLA + 100 % £"
    aws(cloud, "sqs", "send-message", "--queue-url", url, "--message-body", body)
    received = aws(cloud, "sqs", "receive-message", "--queue-url", url, "--wait-time-seconds", "5")
    assert [message["Body"] for message in received["Messages"]] == [body]


def test_the_cli_invokes_a_function(cloud: str, tmp_path: Path):
    """A function made from a zip file and invoked by the AWS CLI, with its log at hand."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    role = aws(
        cloud,
        *("iam", "create-role", "--role-name", "cli-role"),
        *("--assume-role-policy-document", json.dumps(trust)),
    )["Role"]["Arn"]
    aws(
        cloud,
        *("iam", "put-role-policy", "--role-name", "cli-role", "--policy-name", "anything"),
        *("--policy-document", json.dumps(ANYTHING)),
    )
    (tmp_path / "app.py").write_text(
        "def handler(event, context):\n"
        "    print('greeting', event['name'])\n"
        "    return f\"Hello, {event['name']}!\"\n"
    )
    subprocess.run(
        [sys.executable, "-m", "zipfile", "-c", "app.zip", "app.py"], cwd=tmp_path, check=True
    )
    aws(
        cloud,
        *("lambda", "create-function", "--function-name", "hello", "--runtime", "python3.13"),
        *("--role", role, "--handler", "app.handler"),
        *("--zip-file", f"fileb://{tmp_path / 'app.zip'}"),
    )
    answer = aws(
        cloud,
        *("lambda", "invoke", "--function-name", "hello", "--payload", '{"name": "Ada"}'),
        str(tmp_path / "answer.json"),
    )
    assert answer["StatusCode"] == 200
    assert json.loads((tmp_path / "answer.json").read_text()) == "Hello, Ada!"
    events = aws(cloud, "logs", "filter-log-events", "--log-group-name", "/aws/lambda/hello")
    assert any(event["message"].strip() == "greeting Ada" for event in events["events"])


def test_the_cli_reads_a_table(cloud: str):
    """A table made and read by the AWS CLI."""
    aws(
        cloud,
        *("dynamodb", "create-table", "--table-name", "Cli", "--billing-mode", "PAY_PER_REQUEST"),
        *("--attribute-definitions", "AttributeName=orderID,AttributeType=S"),
        *("--key-schema", "AttributeName=orderID,KeyType=HASH"),
    )
    item = {"orderID": {"S": "1"}, "total": {"N": "9.50"}}
    aws(cloud, "dynamodb", "put-item", "--table-name", "Cli", "--item", json.dumps(item))
    kept = item | {"total": {"N": "9.5"}}
    assert aws(cloud, "dynamodb", "scan", "--table-name", "Cli")["Items"] == [kept]


def test_the_cli_imports_an_api(cloud: str, tmp_path: Path):
    """An OpenAPI document in YAML, as AWS's tutorials have it, deployed and called."""
    (tmp_path / "api.yaml").write_text(
        """
        swagger: "2.0"
        info: {title: Ping, version: "1"}
        paths:
          /ping:
            get:
              responses: {200: {description: fine}}
              x-amazon-apigateway-integration:
                type: mock
                requestTemplates: {application/json: '{"statusCode": 200}'}
                responses:
                  default: {statusCode: 200, responseTemplates: {application/json: '"pong"'}}
        """
    )
    body = ("--body", f"file://{tmp_path / 'api.yaml'}")
    api = aws(cloud, "apigateway", "import-rest-api", *body)["id"]
    aws(cloud, "apigateway", "create-deployment", "--rest-api-id", api, "--stage-name", "prod")
    url = f"{cloud}/restapis/{api}/prod/_user_request_/ping"
    with urllib.request.urlopen(url) as answer:
        assert json.load(answer) == "pong"
