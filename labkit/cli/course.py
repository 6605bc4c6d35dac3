"""Commands of an instructor before class: validate, release, audit."""

from __future__ import annotations

from pathlib import Path

import click

from labkit.cli.options import folder_option, jobs_option


@click.command()
@click.argument("notebooks", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "-p",
    "--parameter",
    "parameters",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="A parameter of the notebooks; may be given again.",
)
@click.option("--target", help="Run on this cloud: an endpoint, or 'aws'. Default: one for each.")
@jobs_option
@folder_option("--output", "output", "the executed notebooks, report.html and junit.xml")
@click.option("-x", "--stop-at-first", is_flag=True, help="Stop when a notebook has failed.")
@click.option(
    "--cell-seconds",
    type=click.FloatRange(1),
    default=120,
    show_default=True,
    help="Time for one cell.",
)
@click.option(
    "--notebook-seconds",
    type=click.FloatRange(1),
    default=600,
    show_default=True,
    help="Time for one notebook.",
)
def validate(
    notebooks: tuple[Path, ...],
    parameters: tuple[tuple[str, str], ...],
    target: str | None,
    jobs: int | None,
    output: Path,
    stop_at_first: bool,
    cell_seconds: float,
    notebook_seconds: float,
) -> None:
    """Run notebooks headless, each on a cloud of its own, and print one table.

    Without names, all of the workbook; on one --target one after the other, since they would meet
    there. The last row adds up the seconds of all, also of those that ran side by side. The exit
    status is 0 if every cell ran and every check passed, and 1 otherwise.

    \b
    Examples:
      labkit validate
      labkit validate notebooks/02_queue.ipynb -p student_id s01
      labkit validate --jobs 4 --stop-at-first
      labkit validate --target http://127.0.0.1:4566
    """
    from labkit.course import report, validation

    given = dict(parameters) | ({"target": target} if target else {})
    plan = validation.Plan(output, given, jobs or 0, cell_seconds, notebook_seconds, stop_at_first)
    runs = validation.validate(notebooks, plan)
    report.write_page(runs, output / "report.html")
    report.write_junit(runs, output / "junit.xml")
    click.echo(report.table(runs))
    if not validation.passed_all(runs):
        raise click.ClickException(f"{report.advice(runs)}\nSee {output / 'report.html'}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def release(folder: Path) -> None:
    """Write the students' notebooks into FOLDER: answers blank, checks locked, checksums.

    \b
    Example:
      labkit release handout
    """
    from labkit.course import release as course_release

    for path in course_release.release(folder):
        click.echo(path)


@click.command()
@click.argument("notebooks", nargs=-1, type=click.Path(path_type=Path))
@jobs_option
@folder_option("--output", "output", "the executed notebooks")
def audit(notebooks: tuple[Path, ...], jobs: int | None, output: Path) -> None:
    """Break the solutions in every known way, and prove that each check notices.

    \b
    Examples:
      labkit audit
      labkit audit notebooks/02_queue.ipynb
    """
    from labkit.course import audit as course_audit

    findings = course_audit.audit_all(notebooks, output=output, jobs=jobs or 0)
    click.echo(course_audit.table(findings))
    click.echo(course_audit.summary(findings))
    if not all(finding.ok for finding in findings):
        raise click.ClickException("A check has not said what it should: see MISSED above.")
