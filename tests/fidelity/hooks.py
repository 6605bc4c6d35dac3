"""What pytest is told about the fidelity marker; tests/conftest.py takes it in."""

from __future__ import annotations

from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that shows a behaviour fails when it is skipped, or expected to fail."""
    report = yield
    if report.skipped and item.get_closest_marker("fidelity"):
        report.outcome = "failed"
        report.longrepr = f"It shows a behaviour and must run: {report.longrepr}"
    return report
