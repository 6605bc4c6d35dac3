"""`python -m tests.fidelity` writes docs/fidelity.md; with `--check` it only says what is wrong."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from tests.fidelity.rows import faults_of, rows_of
from tests.fidelity.table import DOCUMENT, render
from tests.recordings.replays import missing

TESTS = Path(__file__).parents[1]


class Collector:
    """A pytest plugin that keeps what was collected."""

    items: list[pytest.Item]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Called once all tests are known."""
        self.items = session.items


def main(arguments: list[str]) -> int:
    """Write or check the document; 1 when something is wrong."""
    collector = Collector()
    options = ["--collect-only", "-qq", "-p", "no:cacheprovider", str(TESTS)]
    with redirect_stdout(io.StringIO()) as printed:
        status = pytest.main(options, plugins=[collector])
    if status != pytest.ExitCode.OK:
        print(f"The tests cannot be collected.\n{printed.getvalue()}")
        return 1
    faults = [*faults_of(collector.items), *missing(collector.items)]
    text = "" if faults else render(rows_of(collector.items))
    if not faults and "--check" in arguments:
        written = DOCUMENT.read_text() if DOCUMENT.exists() else ""
        if written != text:
            faults = [f"{DOCUMENT.name} is out of step. Run python -m tests.fidelity."]
    elif not faults:
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(text)
    print("\n".join(faults), end="\n" if faults else "")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
