"""Commands of a student: a workspace, and how far one has come in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

WORKSPACE = Path("workspace")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=WORKSPACE)
@click.option("--no-browser", is_flag=True, help="Make the workspace, and do not open JupyterLab.")
def start(folder: Path, no_browser: bool) -> None:
    """Make your own copy of the workbook in FOLDER, and open JupyterLab on it.

    Nothing is ever overwritten. Delete a notebook and start again to get a fresh one.

    \b
    Examples:
      labkit start
      labkit start my-lab
      labkit start my-lab --no-browser
    """
    from labkit.course import workspace

    for name in workspace.start(folder):
        click.echo(f"new: {folder / name}")
    if no_browser:
        click.echo(f"Your workspace is {folder}. Open it with: jupyter lab {folder}")
        return
    command, environment = workspace.jupyterlab(folder)
    sys.exit(subprocess.run(command, env=environment, check=False).returncode)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=WORKSPACE)
def progress(folder: Path) -> None:
    """Show which exercises you have solved in the workspace FOLDER.

    \b
    Examples:
      labkit progress
      labkit progress my-lab
    """
    from labkit.course import workspace

    click.echo(workspace.progress_table(folder))
