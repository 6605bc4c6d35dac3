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
csv_option = click.option(
    "--csv",
    "csv_file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("grades.csv"),
    show_default=True,
    help="File for the table: one row a student.",
)


def folder_option(name: str, default: str, holds: str) -> Callable[[Command], Command]:
    """An option for the folder that a command writes."""
    return click.option(
        name,
        type=click.Path(path_type=Path, file_okay=False),
        default=Path(default),
        show_default=True,
        help=f"Folder for {holds}.",
    )


html_option = folder_option("--html", "grades", "the pages: the class, and one for each student")
