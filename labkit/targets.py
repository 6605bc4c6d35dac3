"""Where the lab runs: a local cloud of its own, one that is already up, or AWS.

`connect` makes every boto3 client of the process reach the chosen target, so that a plain
`boto3.client("sqs")` in a cell works. On a local target the reader's own AWS profile, credentials
and endpoints are shadowed for as long as the lab is open.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Timer
from typing import Any

import boto3
import urllib3
from botocore.exceptions import BotoCoreError, ClientError

from labkit import aws_settings
from labkit.aws_settings import REGION
from labkit.errors import CloudNotReady, UnknownStage, UnknownTarget, WrongAccount
from labkit.lab import Lab
from labkit.names import Names

STARTING_SECONDS = 60  # far more than it takes, for a machine that is very busy
HEALTH_SECONDS = 30
LAST_NOTEBOOK = 8


def connect(
    target: str = "local", *, stage: int | None = None, student_id: str = "", **parameters: Any
) -> Lab:
    """Open the lab on a target, with what the notebooks before `stage` build already built.

    `target` is "local" (a fresh local cloud that ends with this process), the endpoint of a cloud
    that `labkit up` runs, or "aws" (your own account, which costs money: the environment variable
    LABKIT_AWS_ACCOUNT must name it). With a `student_id` all names and the orders of the exercises
    are that student's own. `parameters` are kept in `lab.parameters`.

    Raises `UnknownTarget`, `UnknownStage`, `CloudNotReady`, `WrongAccount` or `StudentIdError`,
    each with the next step, before anything is built.

    >>> with connect() as lab:
    ...     lab.client("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"]
    200
    """
    names = Names.of(student_id)
    if stage is not None and stage not in range(LAST_NOTEBOOK + 1):
        raise UnknownStage(
            f"There is no stage {stage!r}. It is the number of the notebook that goes on from "
            f"there, 0 to {LAST_NOTEBOOK}: connect(stage=4) has what notebooks 1 to 3 build."
        )
    lab = _open(target, parameters)
    lab.names, lab.student_id = names, student_id
    if stage is not None:
        from labkit import pipeline

        try:
            if target != "local":  # a cloud that is used again may hold what an earlier run left
                pipeline.teardown(lab, start=stage, progress=False)
                if lab.is_local:
                    lab.forget_arrivals()
            pipeline.build(lab, before=stage, progress=False)
        except BaseException:
            lab.close()
            raise
    return lab


def _open(target: str, parameters: dict[str, Any]) -> Lab:
    require(target)
    if target == "aws":
        return _open_aws(parameters)
    endpoint_url, stop = start_cloud() if target == "local" else (target.rstrip("/"), None)
    restore = aws_settings.shadow(endpoint_url)
    lab = Lab(
        session=boto3.Session(region_name=REGION),
        target=target,
        endpoint_url=endpoint_url,
        region=REGION,
        parameters=parameters,
        on_close=[restore, *([stop] if stop else [])],
    )
    atexit.register(lab.close)
    lab.on_close.append(lambda: atexit.unregister(lab.close))
    return lab


def require(target: str) -> None:
    """Raise `UnknownTarget` for what is no target, `CloudNotReady` where no cloud answers."""
    if target in ("local", "aws"):
        return
    if not target.startswith(("http://", "https://")):
        raise UnknownTarget(
            f"There is no target '{target}'. Use 'local', 'aws' or the endpoint that "
            "`labkit up` prints, such as 'http://127.0.0.1:4566'."
        )
    read_health(target.rstrip("/"))


def _open_aws(parameters: dict[str, Any]) -> Lab:
    session = boto3.Session()
    try:
        account = session.client("sts", session.region_name or REGION).get_caller_identity()[
            "Account"
        ]
    except (BotoCoreError, ClientError) as error:
        raise WrongAccount(
            f"AWS does not tell which account this is: {error} Give boto3 credentials that hold "
            "(aws configure), or choose another target, such as 'local'."
        ) from None
    if os.environ.get("LABKIT_AWS_ACCOUNT") != account:
        raise WrongAccount(
            f"These credentials belong to AWS account {account}. The lab would create resources "
            f"there, which cost money. If you want that, set LABKIT_AWS_ACCOUNT={account}."
        )
    return Lab(
        session=session,
        target="aws",
        endpoint_url=None,
        region=session.region_name or REGION,
        parameters=parameters,
        on_close=[],
    )


def start_cloud() -> tuple[str, Callable[[], None]]:
    """Start a local cloud as a child process; return its endpoint and what stops it."""
    # A session of its own: interrupting a cell must not interrupt the cloud. It ends when its
    # standard input closes, which the system does when this process ends, however it ends.
    process = subprocess.Popen(
        [sys.executable, "-m", "labkit.cloud", "--with-parent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    patience = Timer(STARTING_SECONDS, process.kill)
    patience.daemon = True
    patience.start()
    try:
        line = process.stdout.readline()
    finally:
        patience.cancel()
    facts = json.loads(line or "{}")
    if "endpoint_url" not in facts:
        stop_process(process)
        ended = f"It ended with status {process.returncode}, or took over {STARTING_SECONDS} s."
        reason = facts.get("error", ended)
        raise CloudNotReady(
            f"The local cloud did not start. {reason} "
            "More may be in the terminal; `labkit up` shows the same there."
        )
    return facts["endpoint_url"], lambda: stop_process(process)


def stop_process(process: subprocess.Popen[bytes]) -> None:
    """End a cloud: ask, wait, and insist when it does not answer."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
    for folder in Path(tempfile.gettempdir()).glob(f"labkit-{process.pid}-*"):
        shutil.rmtree(folder, ignore_errors=True)  # what a killed cloud could not remove itself


def read_health(endpoint_url: str) -> dict[str, Any]:
    """What a running cloud says of itself."""
    try:
        # urllib3 goes by no proxy: the cloud is on this machine.
        url = f"{endpoint_url}/_lab/health"
        answer = urllib3.request("GET", url, retries=False, timeout=HEALTH_SECONDS)
        if answer.status != 200:
            raise ValueError(f"HTTP status {answer.status}")
        return dict(answer.json())
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise CloudNotReady(
            f"No local cloud answers at {endpoint_url} ({error}). Start one with `labkit up`, or "
            "leave the target out to get one of your own."
        ) from None
