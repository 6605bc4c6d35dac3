"""JSONPath."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.cloud.gateway.jsonpath import BadPath, find

DOCUMENT = {
    "a": {"b-c": [1, {"d": "x"}], "e f": 2, "": 3},
    "lines": [{"sku": "1", "qty": 5}, {"sku": "2", "qty": 7}],
    "null": None,
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", DOCUMENT),
        ("$.a.b-c[1].d", "x"),
        ("$['a']['e f']", 2),
        ('$.a["b-c"][0]', 1),
        ("a.b-c[-1].d", "x"),
        ("$.lines[*].sku", ["1", "2"]),
        ("$..sku", ["1", "2"]),
        ("$.lines[?(@.qty > 5)].sku", ["2"]),
        ("$.lines[0:1].sku", ["1"]),
        ("$.nothing", None),
        ("$.lines[9]", None),
        ("$.lines.sku", None),
        ("$.null.deeper", None),
        ("$.lines[*].nothing", []),
    ],
)
@pytest.mark.fidelity(
    "API Gateway",
    "A JSONPath to one place gives its value, any other a list.",
    source="API Gateway guide: api-gateway-mapping-template-reference",
)
def test_find(path: str, found: Any) -> None:
    """A path to one place gives its value or None, any other a list."""
    assert find(DOCUMENT, path) == found


@pytest.mark.parametrize("path", ["$[", "$.a[", "$..", "$.a.", "$$", "$.a b c["])
def test_a_bad_path(path: str) -> None:
    """What cannot be read is told."""
    with pytest.raises(BadPath):
        find(DOCUMENT, path)
