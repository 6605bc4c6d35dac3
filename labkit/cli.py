"""The command line: parses, calls, prints. It holds no logic."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labkit.errors import LabError

if TYPE_CHECKING:
    from labkit.course.grading.classbook import ClassBook

UP_PORT = 4566  # what other local clouds use, so that existing scripts find this one
WORKSPACE = Path("workspace")
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
      labkit start                   make your own copy of the workbook and open JupyterLab
      labkit validate                run every notebook headless and print one table
      labkit up                      keep a local cloud running for curl, aws and boto3
      labkit grade submissions       grade a class in sandboxes; a table and a page for each student
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


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True), default=WORKSPACE)
def progress(folder: Path) -> None:
    """Show which exercises you have solved in the workspace FOLDER.

    \b
    Examples:
      labkit progress
      labkit progress my-lab
    """
    from labkit.course import workspace

    click.echo(workspace.progress_table(folder))


@main.command()
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
@click.option("--jobs", type=click.IntRange(1), help="Notebooks at once.  [default: processors]")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output"),
    show_default=True,
    help="Folder for the executed notebooks, report.html and junit.xml.",
)
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

    Without names, all of the workbook. The exit status is 0 if every cell ran and every check
    passed, and 1 otherwise.

    \b
    Examples:
      labkit validate
      labkit validate notebooks/02_queue.ipynb -p student_id s01
      labkit validate --jobs 4 --stop-at-first
      labkit validate --target http://127.0.0.1:4566 --jobs 1
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


@main.command()
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


@main.command()
@click.argument("notebooks", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--jobs", type=click.IntRange(1), help="Notebooks at once.  [default: processors]")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output"),
    show_default=True,
    help="Folder for the executed notebooks.",
)
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


@main.command()
@click.argument("submissions", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("grades.csv"),
    show_default=True,
    help="File for the table: one row a student.",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("grades"),
    show_default=True,
    help="Folder for the pages: the class, and one for each student.",
)
@click.option("--jobs", type=click.IntRange(1), help="Submissions at a time.  [default: cores]")
@click.option(
    "--shard",
    metavar="K/N",
    default="1/1",
    callback=lambda _context, _parameter, value: _shard(value),
    help="Grade part K of N of the class.",
)
@click.option("--sandbox/--no-sandbox", default=True, help="Isolate each with bubblewrap.")
@click.option(
    "--student-ids/--no-student-ids",
    default=True,
    help="Run each with student_id = its folder's name.",
)
@click.option("--cell-seconds", type=click.IntRange(1), help="Time for one cell.")
@click.option("--notebook-seconds", type=click.IntRange(1), help="Time for one notebook.")
@click.option("--memory-mb", type=click.IntRange(256), help="Memory for one notebook.")
@click.option("--disk-mb", type=click.IntRange(16), help="Files of one notebook.")
@click.option("--output-mb", type=click.IntRange(1), help="Printed output of one notebook.")
@click.option("--processes", type=click.IntRange(16), help="Processes of one notebook.")
def grade(
    submissions: Path,
    csv_file: Path,
    html: Path,
    jobs: int | None,
    shard: tuple[int, int],
    sandbox: bool,
    student_ids: bool,
    **limits: int | None,
) -> None:
    """Grade a class: every student's notebooks, each in a sandbox of its own.

    SUBMISSIONS holds a folder for each student, named by the student's id, with the notebooks in
    it; nbgrader's submitted/STUDENT/ASSIGNMENT/ is understood as well. The exit status is 1 when
    something could not be graded.

    \b
    Examples:
      labkit grade submissions
      labkit grade submissions --csv grades.csv --html grades --jobs 8
      labkit grade submissions --shard 2/10 --html shard-2    # then: labkit report shard-*
    """
    from labkit.course.grading import whole_class
    from labkit.course.grading.limits import Limits

    given = {name: amount for name, amount in limits.items() if amount is not None}
    book = whole_class.grade(
        submissions,
        jobs=jobs,
        shard=shard,
        sandboxed=sandbox,
        student_ids=student_ids,
        limits=Limits(**given),
        say=click.echo,
    )
    _tell(book, csv_file, html)


@main.command()
@click.argument(
    "folders",
    nargs=-1,
    required=True,
    metavar="DIR...",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
)
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("grades.csv"),
    show_default=True,
    help="File for the table: one row a student.",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("grades"),
    show_default=True,
    help="Folder for the pages: the class, and one for each student.",
)
def report(folders: tuple[Path, ...], csv_file: Path, html: Path) -> None:
    """Put the shards of a class together: DIR... are what `labkit grade --html DIR` wrote.

    \b
    Example:
      labkit report shard-1 shard-2 shard-3 --csv grades.csv --html grades
    """
    from labkit.course.grading import whole_class

    _tell(whole_class.merge(folders), csv_file, html)


def _shard(value: str) -> tuple[int, int]:
    number, _, count = value.partition("/")
    if number.isdigit() and count.isdigit() and 1 <= int(number) <= int(count):
        return int(number), int(count)
    raise click.BadParameter(f"'{value}' is not a part such as 2/10.")


def _tell(book: ClassBook, csv_file: Path, html: Path) -> None:
    from labkit.course.grading import classbook, whole_class

    whole_class.publish(book, csv_file=csv_file, html=html)
    click.echo(classbook.table(book))
    click.echo(f"\nThe table is in {csv_file}, the pages are in {html / 'index.html'}.")
    if book.failures:
        raise click.ClickException("Not all could be graded.\n" + "\n".join(book.failures))


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
