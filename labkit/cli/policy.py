"""Commands about policy documents."""

from __future__ import annotations

import json
from pathlib import Path

import click

from labkit.cli.options import target_option


@click.group()
def policy() -> None:
    """Lint policy documents, and find the smallest one that does.

    \b
    Examples:
      labkit policy check policies
      labkit policy minimal order-writer-role
    """


@policy.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def check(folder: Path) -> None:
    """Check every policy document in FOLDER and explain each finding.

    \b
    Example:
      labkit policy check policies
    """
    from labkit import policy_files

    findings, count = policy_files.check(folder)
    for finding in findings:
        click.echo(finding)
    if findings:
        raise click.ClickException(f"{len(findings)} findings in {count} documents of {folder}.")
    click.echo(f"Nothing to say about the {count} documents of {folder}.")


@policy.command()
@click.argument("role")
@target_option
def minimal(role: str, target: str) -> None:
    """Write the smallest policy that covers what ROLE did in a running local cloud.

    \b
    Examples:
      labkit policy minimal order-writer-role
      labkit policy minimal order-writer-role > minimal.json
    """
    from labkit import connect
    from labkit.errors import PolicyError

    with connect(target) as lab:
        try:
            document = lab.access(role, minimal=True)
        except ValueError as error:
            raise PolicyError(f"{error} Build the pipeline first: labkit deploy.") from None
        if not document["Statement"]:
            raise PolicyError(
                f"Nothing that role '{role}' did is on record. Send an order first; with "
                "LAB_IAM=off nothing is recorded."
            )
        click.echo(json.dumps(document, indent=2))
