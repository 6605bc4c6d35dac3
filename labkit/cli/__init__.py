"""The command line: parses, calls, prints. It holds no logic.

student.py    start, progress
course.py     validate, release, audit
grading.py    grade, report
cloud.py      up, deploy, status, destroy
policy.py     policy check, policy minimal
"""

from __future__ import annotations

import click

from labkit import not_needed
from labkit.cli import cloud, course, grading, policy, student
from labkit.errors import LabError


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
    not_needed.leave_out()


for command in (
    student.start,
    student.progress,
    course.validate,
    course.release,
    course.audit,
    grading.grade,
    grading.report,
    cloud.up,
    cloud.deploy,
    cloud.status,
    cloud.destroy,
    policy.policy,
):
    main.add_command(command)
