"""Who may talk to the local cloud."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from labkit.cloud import guard
from labkit.cloud.messages import Request

AUTHORITY = "127.0.0.1:4566"


def status(**headers: str) -> int:
    """The status that the guard answers with, 200 when it lets the request pass."""
    named = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    refused = guard.refusal(Request("POST", "/", headers=named), AUTHORITY)
    return 200 if refused is None else refused.status


@pytest.mark.parametrize(
    "host", ["127.0.0.1:4566", "localhost:4566", "[::1]:4566", "bucket.localhost:4566"]
)
def test_programs_of_this_machine_pass(host: str):
    """A loopback host without a browser's headers is served."""
    assert status(Host=host) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:4566", "", "[::1"]
)
def test_another_host_is_refused(host: str):
    """A name that only resolves to loopback (DNS rebinding) is refused."""
    assert status(Host=host) == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:8888", "null"])
@pytest.mark.fidelity(
    "The local cloud",
    "No web page gets an answer, and there is no CORS header.",
    differs="AWS's S3 and API Gateway can allow origins; a page must not reach a laptop's cloud.",
)
def test_a_page_of_another_origin_is_refused(origin: str):
    """A browser that sends another page's Origin is refused, Jupyter's own page included."""
    assert status(Host=AUTHORITY, Origin=origin) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_without_origin_is_refused_too(site: str):
    """A plain GET from a page sends no Origin, but says what site it comes from."""
    assert status(Host=AUTHORITY, Sec_Fetch_Site=site) == 403


def test_a_link_that_the_reader_follows_passes():
    """A confirmation link that is opened from a mail comes from no page."""
    assert status(Host=AUTHORITY, Sec_Fetch_Site="none") == 200
