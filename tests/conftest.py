"""What every test may ask for: a running local cloud and clients of it."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from labkit import targets
from labkit.aws_settings import LOCAL_KEYS, REGION
from labkit.lab import Lab
from tests import waiting
from tests.fidelity.hooks import pytest_runtest_makereport
from tests.recordings.normalise import Comparison

__all__ = ["pytest_runtest_makereport"]


# Modules of few tests that take long. They begin, so that all workers end at about the same time.
LONG = (
    "tests/browser/test_jupyterlab.py",
    "tests/course/test_audit.py",
    "tests/notebooks/test_papermill.py",
    "tests/notebooks/test_outputs.py",
    "tests/course/grading/test_hostile.py",
    "tests/reliability/test_ten_thousand_orders.py",
    "tests/course/grading/test_grading.py",
    "tests/course/test_commands.py",
    "tests/course/grading/test_unsandboxed.py",
    "tests/cloud/test_every_operation.py",
    "tests/course/test_release.py",
    "tests/pipeline/test_proof.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long modules first; the others keep their order."""

    def rank(item: pytest.Item) -> int:
        module = item.nodeid.partition("::")[0]
        return LONG.index(module) if module in LONG else len(LONG)

    items.sort(key=rank)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables that tests recorded as their property, also those of xdist's workers."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, table in report.user_properties:
            if name == "table" and report.when == "call":
                terminalreporter.section(report.nodeid.rpartition("::")[2])
                terminalreporter.write_line(str(table))


@pytest.fixture(scope="session", autouse=True)
def no_aws_account() -> Iterator[None]:
    """No test can reach a real account: this process has no AWS settings of its own."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(LOCAL_KEYS)
    yield


@pytest.fixture(scope="session")
def cloud_process() -> Iterator[str]:
    """The endpoint of a real local cloud, in a process of its own."""
    endpoint_url, stop = targets.start_cloud()
    waiting.shared = endpoint_url
    yield endpoint_url
    stop()


@pytest.fixture(autouse=True)
def whole_recording(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that asks for a recording has to compare all of its answers."""
    yield
    recorded = getattr(request.node, "funcargs", {}).get("recorded")
    if isinstance(recorded, Comparison):
        assert not recorded.left, f"recorded, but not compared: {recorded.left}"


@pytest.fixture(scope="module")
def cloud(cloud_process: str) -> str:
    """The endpoint of a local cloud that holds nothing yet."""
    request = urllib.request.Request(f"{cloud_process}/moto-api/reset", method="POST")
    with urllib.request.urlopen(request) as answer:
        answer.read()
    return cloud_process


@pytest.fixture(scope="module")
def lab(cloud: str) -> Iterator[Lab]:
    """A lab on a local cloud that holds nothing yet."""
    session = boto3.Session(region_name=REGION)
    with Lab(session=session, target=cloud, endpoint_url=cloud, region=REGION) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(cloud: str) -> Callable[..., Any]:
    """Makes boto3 clients of the local cloud: `client("sqs")`."""
    session = boto3.Session(region_name=REGION)

    def make(service: str, **options: Any) -> Any:
        return session.client(service, endpoint_url=cloud, **options)

    return make
