"""The lab's own safety, as a whole; its parts are tested with the modules that they belong to.

guard, server      no other host, no web page, no listener beyond loopback, no endless body
functions/package  zip slip and zip bombs
gateway            no header smuggled in by a template
notifications      forged confirmations
access             wrong signatures, foreign and expired tokens
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path

import boto3
import pytest

from labkit import aws_settings, targets
from labkit.cloud.functions import bootstrap
from tests.cloud.access.conftest import Account, allow
from tests.cloud.functions import neighbours
from tests.cloud.functions.surroundings import zipped
from tests.fetching import fetch
from tests.permissions import powerful_role
from tests.processes import children

SECRET = "a-real-secret-of-the-reader"
SNOOP = """
import os, pathlib
def handler(event, context):
    others = []
    for path in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            others.append(path.read_bytes().decode(errors="replace"))
        except OSError:
            pass
    return {"own": dict(os.environ), "others": others}
"""
IS_DUMPABLE = """
import ctypes
def handler(event, context):
    return ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)  # PR_GET_DUMPABLE
"""
FINDS_THE_FRONT_DOOR = """
import boto3
def handler(event, context):
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"}
    sts = boto3.client("sts", endpoint_url=event["url"], **keys)
    return sts.get_caller_identity()["Arn"]
"""


@pytest.fixture
def account(cloud: str, client) -> Account:
    """The cloud's account."""
    return Account(cloud, client)


WATCHED = """
import os, sys
def told(event, arguments):
    if event == "open" and "/.aws/" in str(arguments[0]):
        with os.fdopen(os.open(os.environ["OPENED"], os.O_APPEND | os.O_WRONLY), "w") as file:
            print(arguments[0], file=file)
sys.addaudithook(told)
"""


def test_the_readers_credentials_are_neither_read_nor_kept(tmp_path: Path):
    """A cloud that starts beside real credentials opens no file of them, and hands none on."""
    opened, home = tmp_path / "opened", tmp_path / "home"
    opened.touch()
    (home / ".aws").mkdir(parents=True)
    (tmp_path / "sitecustomize.py").write_text(WATCHED)
    for name, key in (("credentials", "aws_secret_access_key"), ("config", "region")):
        (home / ".aws" / name).write_text(f"[default]\naws_access_key_id=AKIAREAL\n{key}={SECRET}")
    environment = os.environ | {
        "HOME": str(home),
        "OPENED": str(opened),
        "PYTHONPATH": str(tmp_path),
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_SESSION_TOKEN": "real",
        "AWS_PROFILE": "default",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with (tmp_path / "errors").open("w") as errors:
        cloud = subprocess.Popen(
            [sys.executable, "-m", "labkit.cloud", "--with-parent"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    assert cloud.stdin is not None and cloud.stdout is not None
    try:
        url = json.loads(cloud.stdout.readline())["endpoint_url"]
        account = Account(url, partial(boto3.client, endpoint_url=url, region_name="us-east-1"))
        account.queue()
        account.client("lambda").create_function(
            FunctionName="snoop",
            Runtime="python3.13",
            Role=account.powerful_role(),
            Handler="app.handler",
            Timeout=30,
            Code={"ZipFile": zipped(SNOOP)},
        )
        answer = account.client("lambda").invoke(FunctionName="snoop")["Payload"].read().decode()
    finally:
        cloud.stdin.close()
        cloud.wait(timeout=20)
        cloud.stdout.close()
    own = json.loads(answer)["own"]
    assert own["AWS_ACCESS_KEY_ID"] not in ("AKIAREAL", "") and SECRET not in str(own)
    assert opened.read_text() == ""
    reads = "import pathlib; pathlib.Path('~/.aws/credentials').expanduser().read_text()"
    subprocess.run([sys.executable, "-c", reads], env=environment, check=True)
    assert opened.read_text().strip() == str(home / ".aws" / "credentials"), "it would be noticed"


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_nothing_listens_beyond_loopback():
    """With a function at work, every listening socket of the cloud and its workers is 127.0.0.1."""
    before = _listening()
    endpoint_url, stop = targets.start_cloud()
    session = boto3.Session(region_name=aws_settings.REGION)
    lambda_, iam = (session.client(name, endpoint_url=endpoint_url) for name in ("lambda", "iam"))
    lambda_.create_function(
        FunctionName="listens",
        Runtime="python3.13",
        Role=powerful_role(iam, "listens"),
        Handler="app.handler",
        Code={"ZipFile": zipped(SNOOP)},
    )
    assert "FunctionError" not in lambda_.invoke(FunctionName="listens")
    # The lab's processes hide what they have open: theirs is what nobody else has.
    new = {link: at for link, at in _listening().items() if link not in before}
    clouds = children(os.getpid())
    ours = {*clouds, *(worker for each in clouds for worker in children(each))}
    others = {int(each.name) for each in Path("/proc").glob("[0-9]*")} - ours
    of_others = {link for process in others for link in _links(process)}
    addresses = [address for link, address in new.items() if link not in of_others]
    stop()
    assert len(addresses) >= 4, "the front door, the functions' door, the inbox, a Runtime API"
    loopback = f"{int.from_bytes(socket.inet_aton('127.0.0.1'), 'little'):08X}"
    assert set(addresses) == {loopback}


def _listening() -> dict[str, str]:
    """The address of every listening socket, by what a link to it says."""
    return {
        f"socket:[{fields[9]}]": fields[1].partition(":")[0]
        for table in ("tcp", "tcp6")
        for fields in map(str.split, Path(f"/proc/net/{table}").read_text().splitlines()[1:])
        if fields[3] == "0A"
    }


def _links(process: int) -> list[str]:
    try:
        return [os.readlink(entry) for entry in Path(f"/proc/{process}/fd").iterdir()]  # noqa: PTH115
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return []


def test_a_handler_sees_its_own_credentials_only(account: Account):
    """Two functions, two roles: each has the session of its own role, and no other secret."""
    lambda_, seen = account.client("lambda"), {}
    for _ in range(2):
        name = account.name("snoop")
        lambda_.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=powerful_role(account.client("iam"), name),
            Handler="app.handler",
            Code={"ZipFile": zipped(SNOOP)},
        )
        seen[name] = json.load(lambda_.invoke(FunctionName=name)["Payload"])
    first, second = (answer["own"] for answer in seen.values())
    later = list(seen.values())[1]["others"]  # the first function's worker still runs
    found = any(f"AWS_LAMBDA_FUNCTION_NAME={next(iter(seen))}" in other for other in later)
    assert found is (os.geteuid() == 0), "nobody but root sees another function's environment"
    assert first["AWS_SECRET_ACCESS_KEY"] not in "".join(later)
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        assert first[variable] != second[variable]
        assert second[variable] not in json.dumps(first)
    for name, answer in seen.items():
        environment = answer["own"]
        sts = account.client(
            "sts",
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=environment["AWS_SESSION_TOKEN"],
        )
        assert sts.get_caller_identity()["Arn"].endswith(f":assumed-role/{name}/{name}")


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone can hide memory")
def test_worker_and_cloud_hide_their_memory(account: Account):
    """The kernel keeps both from every process of the same user."""
    name = account.name("hidden")
    lambda_ = account.client("lambda")
    lambda_.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=account.powerful_role(),
        Handler="app.handler",
        Code={"ZipFile": zipped(IS_DUMPABLE)},
    )
    assert json.load(lambda_.invoke(FunctionName=name)["Payload"]) == 0
    look = [sys.executable, neighbours.__file__, bootstrap.__file__]
    for options, unreadable in (([], []), (["hide"], ["environ", "fd"])):
        printed = subprocess.run([*look, *options], capture_output=True, text=True)
        assert (printed.returncode, printed.stdout.split()) == (0, unreadable), printed.stderr


@pytest.mark.fidelity(
    "The local cloud",
    "Functions run as one user of this machine, not in sandboxes of their own.",
    differs=(
        "On Linux no function reads another's memory, environment or open files, unless all run as "
        "root. Files that are open to the user are open to it, and a function that finds the front "
        "door's port, instead of using AWS_ENDPOINT_URL, passes there for a program of the user's."
    ),
)
def test_the_front_door_does_not_know_functions(account: Account):
    """The administrator's powers are one invented key away for who goes looking for them."""
    name = account.name("finds")
    lambda_ = account.client("lambda")
    lambda_.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=account.powerful_role(),
        Handler="app.handler",
        Timeout=20,
        Code={"ZipFile": zipped(FINDS_THE_FRONT_DOOR)},
    )
    payload = json.dumps({"url": account.endpoint})
    answer = lambda_.invoke(FunctionName=name, Payload=payload)
    assert json.load(answer["Payload"]).endswith(":user/administrator")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_web_page_gets_nowhere(cloud: str, method: str, headers: dict[str, str]):
    """By rebinding, by a form or by a script, not even with a preflight; no CORS header comes."""
    preflight = {"Access-Control-Request-Method": "POST"} if method == "OPTIONS" else {}
    for path in ("/", "/_lab/access", "/_lab/inbox", "/moto-api/reset", "/policy/validation"):
        request = urllib.request.Request(
            f"{cloud}{path}", headers=headers | preflight, method=method
        )
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        with caught.value as answer:
            assert answer.status == 403
            assert not any(name.lower().startswith("access-control") for name in answer.headers)


def test_a_key_with_the_clouds_own_mark_is_no_administrators(account: Account):
    """Deleting a key, or inventing one like it, does not make anybody the administrator."""
    actor = account.session(allow("sqs:ListQueues"))
    invented = actor.keys["AccessKeyId"][:12] + "ABCDEFGH"
    sqs = actor.client("sqs", AccessKeyId=invented)
    with pytest.raises(sqs.exceptions.ClientError, match="security token"):
        sqs.list_queues()


def test_the_gate_takes_any_signature_header(cloud: str):
    """Rubbish in Authorization is answered, and with no failure of the cloud's own."""
    for text in (
        "",
        "Credential=",
        "AWS4-HMAC-SHA256 Credential=/////",
        "Credential=a/b\x7f",
        "x" * 9000,
    ):
        request = urllib.request.Request(f"{cloud}/", b"Action=ListTopics", {"Authorization": text})
        assert fetch(request).status < 500
