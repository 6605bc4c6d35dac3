"""What the project hands to others' machines: workflows of a class, a devcontainer, Binder."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from labkit.cli import main
from labkit.course import workbook
from labkit.course.grading.limits import Limits

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TOOLS = {"make", "labkit", "pytest", "sudo"}


def commands(workflow: Path) -> Iterator[list[str]]:
    """The words of each command that a workflow runs."""
    for job in yaml.safe_load(workflow.read_text())["jobs"].values():
        for step in job["steps"]:
            for line in step.get("run", "").splitlines():
                yield shlex.split(re.sub(r"\$\{\{.*?\}\}", "1", line))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_uses_only_what_there_is(workflow: Path):
    """Its commands are make, labkit and nbval; each labkit command and option exists."""
    found = list(commands(workflow))
    assert found
    for program, *words in found:
        name = program.rpartition("/")[2]
        assert name in TOOLS
        if name == "labkit":
            command = main.commands[words[0]]
            known = {name for option in command.params for name in option.opts}
            assert {word for word in words[1:] if word.startswith("-")} <= known
            with click.Context(command) as context:
                command.make_parser(context).parse_args(list(words[1:]))
        if name == "pytest":
            assert "--nbval" in words
            assert (ROOT / words[words.index("--nbval-sanitize-with") + 1]).is_file()


def test_validation_and_grading_are_both_there():
    """One on push, one on a schedule, each with a time limit for every job."""
    read = {path.stem: yaml.safe_load(path.read_text()) for path in WORKFLOWS}
    # YAML 1.1 reads the word `on` as true.
    assert "push" in read["validate"][True]
    assert "schedule" in read["grade"][True]
    for workflow in read.values():
        assert all("timeout-minutes" in job for job in workflow["jobs"].values())
    hanging = len(workbook.paths()) * Limits().notebook_seconds / 60
    assert hanging < read["grade"]["jobs"]["grade"]["timeout-minutes"]  # and the others count


def test_what_a_command_has_written_is_kept_when_it_fails():
    """Uploads run in any case: a status of 1 says that somebody has to look at the report."""
    for workflow in WORKFLOWS:
        for job in yaml.safe_load(workflow.read_text())["jobs"].values():
            uploads = [step for step in job["steps"] if "upload-artifact" in step.get("uses", "")]
            assert uploads and all(step["if"] == "always()" for step in uploads)


def test_the_devcontainer_makes_what_the_makefile_makes():
    """It is JSON, and its commands exist."""
    settings = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    assert "make .venv/installed && .venv/bin/labkit start" in settings["postCreateCommand"]
    assert ".venv/installed:" in (ROOT / "Makefile").read_text()
    assert "bubblewrap" in settings["onCreateCommand"]
