"""The lab's webhooks: what came is listed, and they fail or hang when told to."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from typing import Any

import pytest

from labkit.cloud.arrivals import MOST_KEPT, Arrivals
from labkit.cloud.clock import Clock
from labkit.cloud.webhooks import Answer, read_answer
from tests.fetching import fetch


def call(cloud: str, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
    """Call a webhook's page: the status and the JSON of the answer."""
    request = urllib.request.Request(f"{cloud}/_lab/webhook/{path}", body, method=method)
    answer = fetch(request)
    return answer.status, json.loads(answer.body) if answer.body else None


@pytest.fixture
def hook() -> str:
    """A webhook's name that no other test uses."""
    return f"hook-{uuid.uuid4().hex[:8]}"


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_request_is_recorded(cloud: str, hook: str, method: str):
    """Method, headers, body and time are listed; deleting forgets them."""
    assert call(cloud, method, hook, "café".encode())[0] == 200
    _, (request,) = call(cloud, "GET", f"{hook}?wait=5")
    assert (request["id"], request["method"], request["body"]) == (1, method, "café")
    assert request["headers"]["Content-Length"] == "5"
    assert isinstance(request["received"], float)
    call(cloud, "DELETE", hook)
    assert call(cloud, "GET", hook) == (200, [])


@pytest.mark.fidelity(
    "The local cloud",
    "A webhook of the lab answers late or with an error when it is told to.",
    differs="AWS has no subscriber to practise on.",
)
def test_it_fails_as_often_as_it_is_told(cloud: str, hook: str):
    """Two 500s on order, then 200 again."""
    call(cloud, "PUT", f"{hook}/answer", b'{"status": 500, "times": 2}')
    assert [call(cloud, "POST", hook, b"x")[0] for _ in range(3)] == [500, 500, 200]
    _, requests = call(cloud, "GET", hook)
    assert [each["answered"] for each in requests] == [500, 500, 200]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"status": 99}', b'{"status": "x"}', b'{"delay": -1}', b'{"colour": "red"}'],
)
def test_a_malformed_answer_is_refused(cloud: str, hook: str, body: bytes):
    """An answer that cannot be given gets 400 and the form that can."""
    status, document = call(cloud, "PUT", f"{hook}/answer", body)
    assert status == 400
    assert '"status": 200 to 599' in document["message"]


def test_other_methods_and_names_are_refused(cloud: str, hook: str):
    """A wrong method gets 405, a name with other characters 404, each with a reason."""
    assert call(cloud, "PATCH", hook)[0] == 405
    assert call(cloud, "POST", f"{hook}/answer")[0] == 405
    assert call(cloud, "POST", "a/b/c")[0] == 404


def test_an_answer_has_defaults():
    """An empty document means 200, always, at once."""
    assert read_answer(b"{}") == Answer()


def test_arrivals_are_bounded():
    """The oldest make room, and numbers go on."""
    arrivals = Arrivals(Clock())
    for _ in range(MOST_KEPT + 5):
        last = arrivals.add({}, size=1)
    kept = [item["id"] for item, _ in arrivals._kept]
    assert (len(kept), kept[0], last["id"]) == (MOST_KEPT, 6, MOST_KEPT + 5)
