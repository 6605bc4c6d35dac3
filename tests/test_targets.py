"""Connecting: where the lab runs, what it starts, and that nothing of it stays."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import boto3
import pytest

import labkit
from labkit import aws_settings, targets
from labkit.errors import CloudNotReady, UnknownStage, UnknownTarget, WrongAccount
from tests.processes import await_ends, children

SECRETS = {
    "AWS_ACCESS_KEY_ID": "AKIAREADERSOWNACCESS",
    "AWS_SECRET_ACCESS_KEY": "the reader's own secret",
    "AWS_SESSION_TOKEN": "the reader's own token",
    "AWS_PROFILE": "work",
    "AWS_ENDPOINT_URL_SQS": "https://sqs.example",
    "AWS_REGION": "ap-south-1",
}


def test_plain_boto3_reaches_the_lab():
    """A client made with nothing but boto3, before or after, talks to the local cloud."""
    with labkit.connect() as lab:
        boto3.client("sqs").create_queue(QueueName="plain")
        urls = lab.client("sqs").list_queues()["QueueUrls"]
    assert [url.rpartition("/")[2] for url in urls] == ["plain"]


def test_the_readers_own_aws_settings_are_shadowed_and_come_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """Neither profile, keys nor endpoints of the reader are used; closing restores them."""
    credentials = tmp_path / "credentials"
    credentials.write_text("[work]\naws_access_key_id = AKIAFROMTHEFILE00000\n")
    settings = SECRETS | {"AWS_SHARED_CREDENTIALS_FILE": str(credentials)}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with labkit.connect() as lab:
        used = boto3.Session().get_credentials()
        assert used.access_key == aws_settings.LOCAL_KEYS["AWS_ACCESS_KEY_ID"]
        assert used.token is None
        assert boto3.client("sqs").meta.endpoint_url == lab.endpoint_url
        assert boto3.client("sqs").meta.region_name == "us-east-1"
        assert boto3.Session().profile_name == "default"
    assert {name: os.environ.get(name) for name in settings} == settings


@pytest.mark.parametrize("first_to_close", ["older", "newer"])
def test_two_labs_close_in_either_order(first_to_close: str, monkeypatch: pytest.MonkeyPatch):
    """Plain boto3 reaches a lab that is open, the later one first; then the reader's settings."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", mine := boto3.Session(region_name="eu-west-3"))
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    older, newer = labkit.connect(), labkit.connect()
    assert boto3.client("sqs").meta.endpoint_url == newer.endpoint_url
    labs = [older, newer] if first_to_close == "older" else [newer, older]
    labs[0].close()
    assert boto3.client("sqs").meta.endpoint_url == labs[1].endpoint_url
    assert boto3.Session().profile_name == "default"
    labs[1].close()
    assert {name: os.environ.get(name) for name in SECRETS} == SECRETS
    assert boto3.DEFAULT_SESSION is mine


@pytest.mark.parametrize("stage", ["api", -1, 9])
def test_a_stage_that_no_notebook_has_is_refused(stage: int, monkeypatch: pytest.MonkeyPatch):
    """Before a cloud is started, with what a stage is."""
    monkeypatch.setattr(targets, "start_cloud", None)
    with pytest.raises(UnknownStage, match=f"no stage {stage!r}.*the number of the notebook"):
        labkit.connect(stage=stage)


def test_a_cloud_that_never_gets_ready_is_given_up(monkeypatch: pytest.MonkeyPatch):
    """What hangs while it starts is ended, and the error says so."""
    monkeypatch.setattr(targets, "STARTING_SECONDS", 0)
    with pytest.raises(CloudNotReady, match="status -9, or took over 0 s"):
        labkit.connect()


def test_connecting_twenty_times_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """No process, no port, no file and no descriptor stays after twenty labs."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    processes = set(children(os.getpid()))
    ports = []
    for _ in range(20):
        with labkit.connect() as lab:
            lab.client("sqs").create_queue(QueueName="orders")
            ports.append(int(lab.endpoint_url.rpartition(":")[2]))
    assert set(children(os.getpid())) <= processes
    assert not list(tmp_path.iterdir())
    assert len(list(Path("/proc/self/fd").iterdir())) <= descriptors + 2
    for port in ports:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_cloud_ends_with_its_notebook_however_that_ends(how: signal.Signals, tmp_path: Path):
    """Killing the process that connected ends the cloud and its workers, and clears their files."""
    script = (
        "import labkit, sys, time\n"
        "from labkit import pipeline\n"
        "lab = labkit.connect()\n"
        "pipeline.build(lab, progress=False)\n"
        "lab.client('lambda').invoke(FunctionName=lab.names.writer, Payload=b'{\"Records\": []}')\n"
        "print(lab.endpoint_url, flush=True)\n"
        "time.sleep(600)\n"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    notebook = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert notebook.stdout is not None
    assert notebook.stdout.readline().startswith("http://127.0.0.1:")
    (cloud,) = children(notebook.pid)
    workers = children(cloud)
    assert workers
    assert list(tmp_path.glob("labkit-*"))
    notebook.send_signal(how)
    notebook.wait()
    notebook.stdout.close()
    await_ends([cloud, *workers], timeout=10)
    assert not list(tmp_path.glob("labkit-*"))


def test_killing_the_cloud_leaves_no_worker_and_no_folder(tmp_path: Path):
    """Workers notice that their cloud is gone, remove its folder and end."""
    script = (
        "import labkit, sys\n"
        "from labkit import pipeline\n"
        "lab = labkit.connect()\n"
        "pipeline.build(lab, progress=False)\n"
        "lab.client('lambda').invoke(FunctionName=lab.names.writer, Payload=b'{\"Records\": []}')\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()\n"
    )
    notebook = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert notebook.stdout is not None
    assert notebook.stdout.readline().strip() == "ready"
    (cloud,) = children(notebook.pid)
    workers = children(cloud)
    assert workers
    os.kill(cloud, signal.SIGKILL)
    await_ends(workers, timeout=10)
    assert not list(tmp_path.glob("labkit-*"))
    notebook.communicate()


def test_an_unknown_target_names_the_known_ones():
    """A target that does not exist is refused with those that do."""
    with pytest.raises(UnknownTarget, match=r"no target 'aws-eu'.*'local', 'aws' or the endpoint"):
        labkit.connect("aws-eu")


def test_aws_without_credentials_is_one_message(monkeypatch, tmp_path: Path):
    """Who has no credentials, or no region, is told what to set, before anything is called."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    for region in ({}, {"AWS_DEFAULT_REGION": "us-east-1"}):
        for name, value in region.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(WrongAccount, match=r"does not tell which account.*aws configure"):
            labkit.connect("aws")


def test_an_endpoint_where_nothing_runs_says_how_to_start_one():
    """A silent endpoint is told apart at once, with the command that starts a cloud."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(CloudNotReady, match=rf"127.0.0.1:{port}.*labkit up"):
        labkit.connect(f"http://127.0.0.1:{port}")


def test_one_cloud_serves_several_labs(cloud: str):
    """A lab on a running cloud shares its state, and closing the lab does not end the cloud."""
    with labkit.connect(cloud) as first:
        first.client("sqs").create_queue(QueueName="shared")
    with labkit.connect(cloud) as second:
        assert len(second.client("sqs").list_queues()["QueueUrls"]) == 1
