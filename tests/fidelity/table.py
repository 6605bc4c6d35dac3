"""docs/fidelity.md, rendered from the rows of the fidelity table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tests.fidelity import sources
from tests.fidelity.rows import Row

DOCUMENT = Path(__file__).parents[2] / "docs" / "fidelity.md"
HEAD = """\
# Fidelity: what is as on AWS, and what is not

One row for each behaviour, generated from the tests that show it (`python -m tests.fidelity`); a
test fails when this page is out of step with them. "As AWS" names the source: a page of AWS's
documentation, AWS's own code or models, a recording of the real service
([tests/recordings](../tests/recordings/README.md), or LocalStack's, which were made in the same
way), or a user's report where AWS is silent. "Differs" gives the reason.

What the local cloud does not honour it refuses, with a message that names this page; it ignores
nothing silently. Services of moto's that the pipeline does not use are as moto makes them.
"""


def render(rows: list[Row]) -> str:
    """The whole document."""
    return "\n".join([HEAD, *_summary(rows), *_sections(rows)]) + "\n"


def _summary(rows: list[Row]) -> Iterator[str]:
    yield "| area | as AWS | differs |"
    yield "|---|---:|---:|"
    for area, part in groupby(rows, key=lambda row: row.area):
        yield _counts(area, list(part))
    yield _counts("**all**", rows)


def _counts(name: str, rows: list[Row]) -> str:
    differing = sum(bool(row.differs) for row in rows)
    return f"| {name} | {len(rows) - differing} | {differing} |"


def _sections(rows: list[Row]) -> Iterator[str]:
    for area, part in groupby(rows, key=lambda row: row.area):
        yield f"\n## {area}\n"
        yield "| behaviour | | shown by |"
        yield "|---|---|---|"
        for row in part:
            yield f"| {_cell(row.behaviour)} | {_verdict(row)} | {_test(row.test)} |"


def _verdict(row: Row) -> str:
    if not row.differs:
        return f"as AWS: {sources.link(row.source)}"
    source = f" ({sources.link(row.source)})" if row.source else ""
    return f"**differs**: {_cell(row.differs)}{source}"


def _test(test: str) -> str:
    path, _, name = test.partition("::")
    return f"[{name.removeprefix('test_')}](../{path})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
