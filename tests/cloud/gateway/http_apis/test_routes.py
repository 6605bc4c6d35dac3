"""Which route takes a request."""

from __future__ import annotations

import pytest

from labkit.cloud.gateway.http_apis.routes import KEY, Router

# The example of AWS's page.
ROUTES = [
    "GET /pets/dog/1",
    "GET /pets/dog/{id}",
    "GET /pets/{proxy+}",
    "ANY /{proxy+}",
    "$default",
]


@pytest.mark.parametrize(
    ("method", "path", "key", "variables"),
    [
        ("GET", "/pets/dog/1", "GET /pets/dog/1", {}),
        ("GET", "/pets/dog/2", "GET /pets/dog/{id}", {"id": "2"}),
        ("GET", "/pets/cat/1", "GET /pets/{proxy+}", {"proxy": "cat/1"}),
        ("POST", "/test/5", "ANY /{proxy+}", {"proxy": "test/5"}),
        ("POST", "/pets/dog/1", "ANY /{proxy+}", {"proxy": "pets/dog/1"}),
        ("GET", "/", "$default", {}),
    ],
)
@pytest.mark.fidelity(
    "API Gateway",
    "A full match of an HTTP API's route wins over a greedy variable, that over `$default`.",
    source="API Gateway guide: http-api-develop-routes",
)
def test_the_most_specific_route(
    method: str, path: str, key: str, variables: dict[str, str]
) -> None:
    """The example in AWS's guide."""
    found = Router.of((key, key) for key in ROUTES).find(method, path)
    assert found is not None
    assert (found.key, found.target, found.variables) == (key, key, variables)


def test_any_takes_what_no_method_does() -> None:
    """A method of the same path wins over ANY."""
    router = Router.of([("ANY /orders", "any"), ("POST /orders", "post")])
    targets = [router.find(method, "/orders").target for method in ("POST", "GET")]  # type: ignore[union-attr]
    assert targets == ["post", "any"]


def test_no_route() -> None:
    """Without `$default` a request may find none."""
    router = Router.of([("POST /orders", 1)])
    assert router.find("GET", "/orders") is None
    assert router.find("POST", "/other") is None


@pytest.mark.parametrize(
    ("key", "valid"),
    [
        ("POST /orders", True),
        ("GET /", True),
        ("ANY /orders/{id}/lines/{proxy+}", True),
        ("ANY /{proxy+}", True),
        ("post /orders", False),
        ("/orders", False),
        ("POST orders", False),
        ("POST /{proxy+}/more", False),
        ("POST /a{b}", False),
        ("", False),
    ],
)
def test_keys(key: str, valid: bool) -> None:
    """A key is a method and a path."""
    assert bool(KEY.fullmatch(key)) is valid
