"""Options that several commands have."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

UP_PORT = 4566  # what other local clouds use, so that existing scripts find this one
DEFAULT_TARGET = f"http://127.0.0.1:{UP_PORT}"

target_option = click.option(
    "--target",
    default=lambda: os.environ.get("LABKIT_TARGET", DEFAULT_TARGET),
    show_default=f"$LABKIT_TARGET or {DEFAULT_TARGET}",
    help="Endpoint of a running `labkit up`, or 'aws'.",
)

jobs_option = click.option(
    "--jobs", type=click.IntRange(1), help="Notebooks at once.  [default: processors]"
)
output_option = click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output"),
    show_default=True,
    help="Folder for the executed notebooks and the reports.",
)


def grades_options(command: Command) -> Command:
    """Where the grades of a class are written: `csv_file` and `html`."""
    html = click.option(
        "--html",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("grades"),
        show_default=True,
        help="Folder for the pages: the class, and one for each student.",
    )
    csv = click.option(
        "--csv",
        "csv_file",
        type=click.Path(path_type=Path, dir_okay=False),
        default=Path("grades.csv"),
        show_default=True,
        help="File for the table: one row a student.",
    )
    return csv(html(command))
