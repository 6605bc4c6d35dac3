"""Options that several commands have."""

from __future__ import annotations

import os

import click

UP_PORT = 4566  # what other local clouds use, so that existing scripts find this one
DEFAULT_TARGET = f"http://127.0.0.1:{UP_PORT}"

target_option = click.option(
    "--target",
    default=lambda: os.environ.get("LABKIT_TARGET", DEFAULT_TARGET),
    show_default=f"$LABKIT_TARGET or {DEFAULT_TARGET}",
    help="Endpoint of a running `labkit up`, or 'aws'.",
)
