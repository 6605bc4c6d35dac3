"""What the exercises have made: every resource whose name is one of `lab.names.practice(...)`.

The exercises' names are no secret of the course, so nothing is remembered; each service is asked
for what begins with the prefix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from labkit.lab import Lab
from labkit.pipeline import function, mapping
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.identity import delete_role


@dataclass(frozen=True)
class Practice:
    """One resource of an exercise, and what removes it."""

    kind: str
    name: str
    remove: Callable[[], Any]


def teardown(lab: Lab) -> None:
    """Delete everything that the exercises have made."""
    for found in list(resources(lab)):
        unless_absent(found.remove)  # a function takes its log group along


def resources(lab: Lab) -> Iterator[Practice]:
    """Everything that the exercises have made; what others lean on comes last."""
    ours, prefix = lab.names.is_practice, lab.names.practice("/").partition("/")[0]
    yield from _functions(lab, ours)
    yield from _log_groups(lab, ours, prefix)
    yield from _apis(lab, ours)
    yield from _topics(lab, ours)
    yield from _queues(lab, ours, prefix)
    yield from _tables(lab, ours)
    yield from _alarms(lab, ours, prefix)
    yield from _roles(lab, ours)


Ours = Callable[[str], bool]


def _functions(lab: Lab, ours: Ours) -> Iterator[Practice]:
    for found in _pages(lab, "lambda", "list_functions", "Functions"):
        if ours(name := found["FunctionName"]):
            yield Practice("function", name, lambda name=name: _remove_function(lab, name))


def _remove_function(lab: Lab, name: str) -> None:
    mapping.disconnect(lab, name)
    function.remove(lab, name)


def _log_groups(lab: Lab, ours: Ours, prefix: str) -> Iterator[Practice]:
    delete = lab.client("logs").delete_log_group
    for start in (function.log_group(prefix), prefix):
        call = {"logGroupNamePrefix": start}
        for found in _pages(lab, "logs", "describe_log_groups", "logGroups", **call):
            name = found["logGroupName"]
            if ours(name.rpartition("/")[2]):
                yield Practice("log group", name, lambda name=name: delete(logGroupName=name))


def _apis(lab: Lab, ours: Ours) -> Iterator[Practice]:
    delete = lab.client("apigateway").delete_rest_api
    for found in _pages(lab, "apigateway", "get_rest_apis", "items"):
        if ours(found["name"]):
            number = found["id"]
            yield Practice("REST API", found["name"], lambda id=number: delete(restApiId=id))


def _topics(lab: Lab, ours: Ours) -> Iterator[Practice]:
    delete = lab.client("sns").delete_topic
    for found in _pages(lab, "sns", "list_topics", "Topics"):
        arn = found["TopicArn"]
        if ours(name := arn.rpartition(":")[2]):
            yield Practice("topic", name, lambda arn=arn: delete(TopicArn=arn))


def _queues(lab: Lab, ours: Ours, prefix: str) -> Iterator[Practice]:
    delete = lab.client("sqs").delete_queue
    for url in _pages(lab, "sqs", "list_queues", "QueueUrls", QueueNamePrefix=prefix):
        if ours(name := url.rpartition("/")[2].removesuffix(".fifo")):
            yield Practice("queue", name, lambda url=url: delete(QueueUrl=url))


def _tables(lab: Lab, ours: Ours) -> Iterator[Practice]:
    delete = lab.client("dynamodb").delete_table
    for name in _pages(lab, "dynamodb", "list_tables", "TableNames"):
        if ours(name):
            yield Practice("table", name, lambda name=name: delete(TableName=name))


def _alarms(lab: Lab, ours: Ours, prefix: str) -> Iterator[Practice]:
    delete = lab.client("cloudwatch").delete_alarms
    call = {"AlarmNamePrefix": prefix}
    for found in _pages(lab, "cloudwatch", "describe_alarms", "MetricAlarms", **call):
        if ours(name := found["AlarmName"]):
            yield Practice("alarm", name, lambda name=name: delete(AlarmNames=[name]))


def _roles(lab: Lab, ours: Ours) -> Iterator[Practice]:
    for found in _pages(lab, "iam", "list_roles", "Roles"):
        if ours(name := found["RoleName"]):
            yield Practice("role", name, lambda name=name: delete_role(lab, name))


def _pages(lab: Lab, service: str, call: str, key: str, **arguments: Any) -> Iterator[Any]:
    for page in lab.client(service).get_paginator(call).paginate(**arguments):
        yield from page.get(key, ())
