"""The command line, run as a person runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from labkit.cli import main
from labkit.pipeline import policies

LABKIT = [sys.executable, "-m", "labkit.cli"]
NO_SETTINGS = {  # a machine on which nobody has configured AWS
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def labkit(*words: str) -> subprocess.CompletedProcess[str]:
    """One command, as typed."""
    return subprocess.run([*LABKIT, *words], capture_output=True, text=True)


def runner(*words: str) -> Result:
    """One command, in this process."""
    return CliRunner().invoke(main, list(words))


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_with_an_example(name: str):
    """`labkit COMMAND --help` says in one line what it does, and shows how."""
    command = main.commands[name]
    assert command.help and command.get_short_help_str(100).endswith(".")
    shown = CliRunner().invoke(main, [name, "--help"]).output
    assert re.search(rf"Examples?:\s+(labkit {name}|\w+=)", shown)
    for option in command.params:
        assert not isinstance(option, click.Option) or option.help


def test_up_says_what_runs_and_ends_on_ctrl_c():
    """`labkit up` is ready soon, prints all that boto3 needs on a new machine, and ends cleanly."""
    began = time.perf_counter()
    up = subprocess.Popen([*LABKIT, "up", "--port", "0"], stdout=subprocess.PIPE, text=True)
    assert up.stdout is not None
    line = up.stdout.readline()
    seconds = time.perf_counter() - began
    settings = dict(word.split("=") for word in up.stdout.readline().split() if "=" in word)
    assert re.match(r"The local cloud is ready at http://127\.0\.0\.1:\d+ after \d", line)
    assert "Lambda" in line and "smtp://127.0.0.1:" in line
    assert seconds < 10
    reader = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    call = "import boto3; print(boto3.client('sqs').create_queue(QueueName='q')['QueueUrl'])"
    client = [sys.executable, "-c", call]
    seen = subprocess.run(
        client, env=reader | settings | NO_SETTINGS, capture_output=True, text=True
    )
    assert seen.stdout == f"{settings['AWS_ENDPOINT_URL']}/123456789012/q\n", seen.stderr
    up.send_signal(signal.SIGINT)
    assert up.wait(timeout=10) == 0
    up.stdout.close()


def test_a_taken_port_is_named_with_a_way_out():
    """A port in use is one line that says so and what to type instead."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = labkit("up", "--port", str(port))
    assert answer.returncode == 1
    assert f"Port {port} on 127.0.0.1 is taken" in answer.stderr
    assert f"labkit up --port {port + 1}" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_deploy_status_destroy(cloud: str):
    """The pipeline comes up, every resource is listed, and nothing is left at the end."""
    deployed = labkit("deploy", "--target", cloud)
    assert deployed.returncode == 0, deployed.stderr
    assert "POST an order to http://127.0.0.1" in deployed.stdout
    listed = labkit("status", "--target", cloud)
    assert listed.returncode == 0, listed.stderr
    for name in ("orders-api", "orders-dead", "order-writer", "Orders", "order-events"):
        assert name in listed.stdout
    destroyed = labkit("destroy", "--target", cloud)
    assert destroyed.returncode == 0, destroyed.stderr
    assert "Nothing is left." in destroyed.stdout


def test_a_command_without_a_cloud_says_how_to_start_one():
    """An error of the lab is one line, without a traceback."""
    answer = labkit("status", "--target", "http://127.0.0.1:1")
    assert answer.returncode == 1
    assert answer.stderr.startswith("Error: No local cloud answers at http://127.0.0.1:1")
    assert "labkit up" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_validate_refuses_an_unknown_notebook_and_an_unknown_parameter(tmp_path: object):
    """A wrong notebook and a wrong parameter are named, with the ones that exist."""
    answer = labkit("validate", "notebooks/99_nothing.ipynb")
    assert answer.returncode == 1
    assert "There is no notebook" in answer.stderr
    assert "00_" in answer.stderr
    answer = labkit("validate", "-p", "colour", "blue", "--output", str(tmp_path))
    assert answer.returncode == 1
    assert "has no parameter colour. It has: " in answer.stderr


def test_the_environment_of_the_reader_is_left_alone(cloud: str):
    """A command changes nothing in the shell that ran it."""
    before = dict(os.environ)
    labkit("status", "--target", cloud)
    assert dict(os.environ) == before


def test_policy_check_explains_each_finding(tmp_path: Path):
    """Findings with their place, and a status for scripts; the lab's own documents have none."""
    assert runner("policy", "check", str(policies.FOLDER)).exit_code == 0
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sqs:SendMesage", "Resource": "*"}],
    }
    (tmp_path / "Wrong.json").write_text(json.dumps(document))
    result = runner("policy", "check", str(tmp_path))
    assert result.exit_code == 1
    assert "Wrong.json Statement[0].Action[0]: ERROR INVALID_ACTION" in result.output
    assert "Did you mean sqs:SendMessage?" in result.output


def test_policy_minimal_covers_what_was_used(cloud: str):
    """The smallest policy of a role, as JSON; an unknown role is one line."""
    assert runner("deploy", "--target", cloud).exit_code == 0
    result = runner("policy", "minimal", "order-writer-role", "--target", cloud)
    assert result.exit_code == 0, result.output
    actions = {
        action
        for statement in json.loads(result.stdout)["Statement"]
        for action in statement["Action"]
    }
    assert actions == {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}
    idle = runner("policy", "minimal", "orders-api-role", "--target", cloud)
    assert idle.exit_code == 1 and "Send an order first" in idle.output
    unknown = runner("policy", "minimal", "nobody", "--target", cloud)
    assert unknown.exit_code == 1 and "There is no role 'nobody'" in unknown.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["up", "--port", "99999"], "99999 is not in the range 0<=x<=65535"),
        (["audit", "CHANGELOG.md"], "CHANGELOG.md is not a notebook"),
        (["audit", "nothing.ipynb"], "There is no notebook nothing.ipynb. The workbook has: 00_"),
        (["validate", "--target", "foo"], "There is no target 'foo'. Use 'local', 'aws' or"),
        (["validate", "--target", "http://127.0.0.1:1"], "Start one with `labkit up`"),
        (["progress", "nothing"], "Make one with `labkit start`"),
        (["start", "CHANGELOG.md/lab"], "cannot be made (Not a directory). Name another"),
        (["policy", "check", "labkit"], "There is no document (*.json) in labkit. Name a folder"),
    ],
)
def test_wrong_use_is_one_message_with_the_next_step(words: list[str], told: str):
    """What cannot be used is named before anything runs, with what to type instead."""
    result = runner(*words)
    assert result.exit_code in (1, 2), result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert told in " ".join(result.output.split())


def test_aws_without_credentials_says_what_to_do(monkeypatch: pytest.MonkeyPatch):
    """Nobody's credentials are a message, and no traceback."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in NO_SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    result = runner("status", "--target", "aws")
    assert result.exit_code == 1
    assert "Unable to locate credentials" in result.output and "aws configure" in result.output
