"""The command line: parses, calls, prints. It holds no logic."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from labkit.errors import LabError

UP_PORT = 4566  # what other local clouds use, so that existing scripts find this one
DEFAULT_TARGET = f"http://127.0.0.1:{UP_PORT}"

target_option = click.option(
    "--target",
    default=lambda: os.environ.get("LABKIT_TARGET", DEFAULT_TARGET),
    show_default=f"$LABKIT_TARGET or {DEFAULT_TARGET}",
    help="Endpoint of a running `labkit up`, or 'aws'.",
)


class Group(click.Group):
    """A group whose LabErrors are one line and no traceback."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except LabError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="labkit")
def main() -> None:
    """An event-driven order pipeline on AWS, learnt on your laptop.

    \b
    Examples:
      labkit run                     run every notebook headless and print one table
      labkit up                      keep a local cloud running for curl, aws and boto3
      labkit deploy && labkit status build the whole pipeline in it and list its resources
    """


@main.command()
@click.option(
    "--port", default=UP_PORT, show_default=True, help="TCP port on 127.0.0.1; 0 for any."
)
def up(port: int) -> None:
    """Run a local cloud in the foreground until Ctrl-C.

    \b
    Examples:
      labkit up
      labkit up --port 5000
      aws --endpoint-url http://127.0.0.1:4566 sqs list-queues
    """
    from labkit.cloud.__main__ import run

    sys.exit(run(port))


@main.command()
@target_option
def deploy(target: str) -> None:
    """Build every stage of the pipeline; what exists already is kept.

    \b
    Examples:
      labkit deploy
      labkit deploy --target http://127.0.0.1:5000
    """
    from labkit import connect, pipeline

    with connect(target) as lab:
        pipeline.build(lab)
        click.echo(f"The pipeline is up. POST an order to {lab.api_url()}")


@main.command()
@target_option
def status(target: str) -> None:
    """List every resource of the pipeline and its state.

    \b
    Example:
      labkit status
    """
    from labkit import connect, pipeline

    with connect(target) as lab:
        click.echo(pipeline.status(lab).to_markdown(index=False, tablefmt="simple"))


@main.command()
@target_option
def destroy(target: str) -> None:
    """Delete the whole pipeline and verify that nothing is left.

    \b
    Example:
      labkit destroy
    """
    from labkit import connect, pipeline

    with connect(target) as lab:
        pipeline.teardown(lab)
        left = pipeline.remaining(lab)
        if len(left):
            click.echo(left.to_markdown(index=False, tablefmt="simple"))
            raise click.ClickException("These resources are left. Run `labkit destroy` again.")
        click.echo("Nothing is left.")


@main.command()
@click.argument("notebooks", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output"),
    show_default=True,
    help="Folder for the executed notebooks.",
)
@click.option("-p", "--parameter", "parameters", nargs=2, multiple=True, metavar="NAME VALUE")
def run(notebooks: tuple[Path, ...], output: Path, parameters: tuple[tuple[str, str], ...]) -> None:
    """Run notebooks headless, each on a cloud of its own, and print one table.

    \b
    Examples:
      labkit run
      labkit run notebooks/02_queue.ipynb
      labkit run -p target http://127.0.0.1:4566
    """
    from labkit.course import runner

    results = runner.run(notebooks, output=output, parameters=dict(parameters))
    click.echo(runner.table(results))
    if not runner.passed_all(results):
        raise click.ClickException(runner.advice(results))


@main.group()
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
        click.echo(json.dumps(document, indent=2))


if __name__ == "__main__":
    main()
