"""Commands of an instructor after class: grade, and put the parts of a class together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labkit.cli.options import Command, csv_option, html_option
from labkit.course.grading.limits import Limits

if TYPE_CHECKING:
    from labkit.course.grading.classbook import ClassBook


def _limit(name: str, least: int, text: str) -> Callable[[Command], Command]:
    default = getattr(Limits, name.replace("-", "_"))
    return click.option(
        f"--{name}", type=click.IntRange(least), default=default, show_default=True, help=text
    )


@click.command()
@click.argument("submissions", type=click.Path(path_type=Path, exists=True, file_okay=False))
@csv_option
@html_option
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
@_limit("cell-seconds", 1, "Time for one cell.")
@_limit("notebook-seconds", 1, "Time for one notebook.")
@_limit("memory-mb", 256, "Memory for one notebook.")
@_limit("disk-mb", 16, "Files of one notebook; without a sandbox, the size of each.")
@_limit("output-mb", 1, "Printed output of one notebook.")
@_limit("processes", 16, "Processes of one notebook.")
def grade(
    submissions: Path,
    csv_file: Path,
    html: Path,
    jobs: int | None,
    shard: tuple[int, int],
    sandbox: bool,
    student_ids: bool,
    **limits: int,
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
    from labkit.course.output import make_ready

    make_ready(csv_file.parent, html)
    book = whole_class.grade(
        submissions,
        jobs=jobs,
        shard=shard,
        sandboxed=sandbox,
        student_ids=student_ids,
        limits=Limits(**limits),
        say=click.echo,
    )
    _tell(book, csv_file, html)


@click.command()
@click.argument(
    "folders",
    nargs=-1,
    required=True,
    metavar="DIR...",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
)
@csv_option
@html_option
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
