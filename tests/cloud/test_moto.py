"""The bridge to moto, and the parts of moto that it leans on."""

from __future__ import annotations

import asyncio
import json

import pytest
from moto import backend_index
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.request import Request as MotoRequest
from multidict import CIMultiDict

from labkit.cloud import moto as bridge
from labkit.cloud.clock import Clock, Signal
from labkit.cloud.faults import Faults
from labkit.cloud.messages import Request, Response

SIGNED = "AWS4-HMAC-SHA256 Credential=AKIALABKITLOCALADMIN/20261123/eu-west-1/{}/aws4_request, Sig"


def call(request: Request, **options: str) -> Response:
    """One call through a bridge of its own."""
    moto = bridge.Moto(Clock(), "127.0.0.1:4566", Faults(Clock()))
    return asyncio.run(moto.call(request, **options))


def signed(service: str, **fields: object) -> Request:
    """A request signed for a service in eu-west-1."""
    headers = CIMultiDict({"Authorization": SIGNED.format(service)})
    headers.update(fields.pop("headers", {}))
    return Request(**{"method": "POST", "path": "/", "headers": headers, **fields})


def test_the_parts_of_moto_that_the_bridge_leans_on_are_where_they_were():
    """Fails when a new moto moves what the bridge reaches into."""
    assert {"sqs", "awslambda"} <= {service for service, _ in backend_index.backend_url_patterns}
    assert isinstance(BaseBackend.urls, property)
    assert MotoRequest.from_wsgi_server is False
    assert {"raw_path", "raw_url"} <= set(dir(MotoRequest))
    assert callable(BackendDict.reset)


@pytest.mark.fidelity(
    "The local cloud",
    "A service that moto lacks is 501, and named.",
    differs="moto has no such service.",
)
def test_an_unknown_service_is_named_in_the_answer():
    """A service or an address that moto lacks is refused with a word on what there is."""
    answer = call(signed("telepathy"))
    assert answer.status == 501
    assert "no telepathy" in json.loads(answer.body)["message"]
    assert "fidelity table" in json.loads(answer.body)["message"]


def test_a_call_reaches_moto_and_comes_back():
    """STS answers with the account, as moto does."""
    request = signed(
        "sts",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=b"Action=GetCallerIdentity&Version=2011-06-15",
    )
    answer = call(request)
    assert answer.status == 200
    assert b"<Account>123456789012</Account>" in answer.body


@pytest.mark.fidelity(
    "The local cloud",
    "An operation that moto lacks is 501 `NotImplemented`, and named.",
    differs="moto has no such operation.",
)
def test_an_action_that_moto_lacks_is_not_a_crash():
    """An unimplemented action is a 501 with its name."""
    request = signed(
        "sts",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=b"Action=DecodeAuthorizationMessage&EncodedMessage=x&Version=2011-06-15",
    )
    answer = call(request)
    assert answer.status == 501
    assert b"decode_authorization_message" in answer.body


def test_a_waiting_handler_is_asked_again_and_keeps_its_deadline(monkeypatch: pytest.MonkeyPatch):
    """A handler that raises Wait is called again after the ring; its deadline does not move."""
    signal, deadlines = Signal(), []

    def handler(request: object, url: str, headers: object) -> tuple[int, dict[str, str], str]:
        deadlines.append(bridge.deadline(20))
        if len(deadlines) == 1:
            asyncio.get_running_loop().call_soon(signal.ring)
            raise bridge.Wait(signal, deadlines[0])
        return 200, {"status": "200", "Content-Length": "999"}, "now"

    monkeypatch.setattr(bridge, "find_handler", lambda host, path: handler)
    answer = call(signed("sqs"))
    assert (answer.status, dict(answer.headers), answer.body) == (200, {}, b"now")
    assert len(deadlines) == 2
    assert deadlines[0] == deadlines[1]


def test_json_from_a_query_service_has_a_request_id_of_its_own():
    """API Gateway passes it on to its callers."""
    request = signed(
        "sts",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        },
        body=b"Action=GetCallerIdentity&Version=2011-06-15",
    )
    ids = {
        json.loads(call(request).body)["GetCallerIdentityResponse"]["ResponseMetadata"]["RequestId"]
        for _ in range(2)
    }
    assert len(ids) == 2
    assert all(len(request_id) == 36 for request_id in ids)
