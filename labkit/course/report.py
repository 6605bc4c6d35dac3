"""What a validation came to: a table for the terminal, a page to look at, JUnit's XML for CI."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import click
from tabulate import tabulate

from labkit.course import pages
from labkit.course.execution import Run
from labkit.course.printable import printable
from labkit.course.text import as_html
from labkit.course.validation import passed_all

HEADERS = ("notebook", "seconds", "checks passed", "")


def table(runs: Sequence[Run]) -> str:
    """One row a notebook: its name, seconds, and checks passed of all; the last row sums up."""
    return tabulate(
        [*map(_row, runs), _total(runs)],
        headers=HEADERS,
        colalign=("left", "right", "right", "left"),
        disable_numparse=True,
    )


def advice(runs: Sequence[Run]) -> str:
    """What went wrong where, one line a problem."""
    return "\n".join(f"{run.notebook}: {line}" for run in runs for line in problems(run)) or (
        "No notebook was run."
    )


def problems(run: Run) -> list[str]:
    """What went wrong in one notebook: checks that failed, and what stopped it."""
    lines = [f"check failed: {result.check}: {result.message}" for result in run.failed]
    lines += [run.error] if run.error else []
    # Errors of a kernel are coloured for a terminal; XML and UTF-8 take not every character.
    return [printable(click.unstyle(line)) for line in lines]


def write_page(runs: Sequence[Run], file: Path) -> None:
    """Write a page with the table, the problems, and a link to each executed notebook."""
    rows = [
        {
            "cells": _row(run),
            "ok": run.ok,
            "problems": problems(run),
            "link": run.output.name if run.output.is_file() else "",
        }
        for run in runs
    ]
    page = pages.render(
        "validation.html", rows=rows, total=_total(runs), ok=passed_all(runs), code=as_html
    )
    file.write_text(page, encoding="utf-8")


def write_junit(runs: Sequence[Run], file: Path) -> None:
    """Write JUnit's XML, which every CI shows: a case for each notebook."""
    suite = ElementTree.Element(
        "testsuite",
        name="labkit",
        tests=str(len(runs)),
        failures=str(sum(not run.ok for run in runs)),
        time=f"{sum(run.seconds for run in runs):.1f}",
    )
    for run in runs:
        case = ElementTree.SubElement(
            suite, "testcase", classname="notebooks", name=run.notebook, time=f"{run.seconds:.1f}"
        )
        if found := problems(run):
            ElementTree.SubElement(case, "failure", message=found[-1]).text = "\n".join(found)
    ElementTree.ElementTree(suite).write(file, encoding="utf-8", xml_declaration=True)


def _row(run: Run) -> tuple[str, str, str, str]:
    checks = f"{run.passed} of {len(run.results)}"
    return run.notebook, f"{run.seconds:.1f}", checks, _verdict(run.ok)


def _total(runs: Sequence[Run]) -> tuple[str, str, str, str]:
    passed = sum(run.passed for run in runs)
    checks = sum(len(run.results) for run in runs)
    seconds = sum(run.seconds for run in runs)
    return "all", f"{seconds:.1f}", f"{passed} of {checks}", _verdict(passed_all(runs))


def _verdict(ok: bool) -> str:
    return "ok" if ok else "FAILED"
