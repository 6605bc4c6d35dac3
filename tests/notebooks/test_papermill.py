"""What instructors run headless: parameters, and the workbook twice in a row on one cloud."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

import labkit
from labkit import pipeline
from labkit.course import report, workbook
from labkit.course.validation import Plan, passed_all, validate
from labkit.lab import Lab

STUDENT = "s01"


@pytest.mark.parametrize("path", workbook.paths(), ids=lambda path: path.stem)
def test_notebook_takes_target_and_student_as_parameters(path: Path):
    """Instructors point a notebook elsewhere with `-p target ...`."""
    cells = nbformat.read(path, as_version=4).cells
    [parameters] = [cell for cell in cells if "parameters" in cell.metadata.get("tags", ())]
    assert parameters.source.splitlines() == ['target = "local"', 'student_id = ""']


# How each kind of resource is listed that the workbook makes, or that a student could.
LISTS = [
    ("sqs", "list_queues", "QueueUrls"),
    ("sns", "list_topics", "Topics"),
    ("sns", "list_subscriptions", "Subscriptions"),
    ("lambda", "list_functions", "Functions"),
    ("lambda", "list_layers", "Layers"),
    ("lambda", "list_event_source_mappings", "EventSourceMappings"),
    ("dynamodb", "list_tables", "TableNames"),
    ("apigateway", "get_rest_apis", "items"),
    ("apigateway", "get_api_keys", "items"),
    ("apigateway", "get_usage_plans", "items"),
    ("apigatewayv2", "get_apis", "Items"),
    ("iam", "list_roles", "Roles"),
    ("iam", "list_users", "Users"),
    ("iam", "list_policies", "Policies"),
    ("logs", "describe_log_groups", "logGroups"),
    ("cloudwatch", "describe_alarms", "MetricAlarms"),
]
OPTIONS = {"list_policies": {"Scope": "Local"}}
MADE = {  # the pipeline has some of each
    "list_queues",
    "list_topics",
    "list_subscriptions",
    "list_functions",
    "list_event_source_mappings",
    "list_tables",
    "get_rest_apis",
    "list_roles",
    "list_policies",
    "describe_alarms",
}


def resources(lab: Lab) -> dict[str, list[Any]]:
    """What there is of each kind in the whole cloud, whoever has made it."""
    return {
        operation: getattr(lab.client(service), operation)(**OPTIONS.get(operation, {})).get(
            key, []
        )
        for service, operation, key in LISTS
    }


def test_what_would_be_left_is_seen(lab: Lab):
    """Every kind of which the pipeline has some is counted while it is up."""
    before = resources(lab)
    pipeline.build(lab, progress=False)
    built = resources(lab)
    assert {name for name in built if len(built[name]) > len(before[name])} >= MADE
    pipeline.teardown(lab, progress=False)
    assert resources(lab) == before


@pytest.mark.timeout(400)
def test_solve_check_and_clean_up_twice_on_one_cloud(cloud: str, tmp_path: Path):
    """With a student's names the whole workbook passes, and leaves nothing behind; and again."""
    plan = Plan(tmp_path, {"target": cloud, "student_id": STUDENT}, jobs=1)
    with labkit.connect(cloud) as lab:
        before = resources(lab)
    for _ in range(2):
        runs = validate([], plan)
        assert passed_all(runs), report.advice(runs)
        assert all(run.passed for run in runs)
        with labkit.connect(cloud, student_id=STUDENT) as lab:
            assert not len(pipeline.remaining(lab))
            assert resources(lab) == before
