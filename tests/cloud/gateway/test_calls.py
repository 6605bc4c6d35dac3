"""What a failed function says."""

from __future__ import annotations

from labkit.cloud.gateway.calls import error_message


def test_error_message() -> None:
    """What Lambda's selection patterns match."""
    assert error_message(b'{"errorMessage": "boom"}') == "boom"
    assert error_message(b'{"errorMessage": 5}') is None
    assert error_message(b"[1]") is None
    assert error_message(b"nonsense") is None
