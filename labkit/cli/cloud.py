"""Commands of the local cloud: run it, and the pipeline in it."""

from __future__ import annotations

import sys

import click

from labkit.cli.options import UP_PORT, target_option


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=UP_PORT,
    show_default=True,
    help="TCP port on 127.0.0.1; 0 for any.",
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


@click.command()
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


@click.command()
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


@click.command()
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
