"""What the checks of both functions look at: the function and the mapping that calls it."""

from __future__ import annotations

from typing import Any

from labkit.course.judgement import Mistake, require
from labkit.course.probes.permissions import allows, read_documents
from labkit.lab import Lab
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import role_arn

# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
TO_READ = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


def find_function(lab: Lab, name: str, role: str) -> dict[str, Any]:
    """The configuration of a function, which works under `role`."""
    found = unless_absent(lab.client("lambda").get_function_configuration, FunctionName=name)
    if found is None:
        raise Mistake(f"There is no function '{name}'.", "Make it with lambda's create_function.")
    require(
        found["Role"] == role_arn(lab, role),
        f"Function '{name}' works under {found['Role']}.",
        f"Its role is '{role}': pass that role's ARN as Role.",
    )
    return found


def find_mapping(lab: Lab, function: str, source_arn: str, source: str) -> dict[str, Any]:
    """The one mapping from a source to a function, which is enabled."""
    pages = lab.client("lambda").get_paginator("list_event_source_mappings")
    found = [
        mapping
        for page in pages.paginate(FunctionName=function)
        for mapping in page["EventSourceMappings"]
    ]
    ours = [mapping for mapping in found if mapping["EventSourceArn"] == source_arn]
    if found and not ours:
        table = "/stream/" in source_arn and found[0]["EventSourceArn"].startswith(
            source_arn.split("/stream/")[0]
        )
        raise Mistake(
            f"Function '{function}' is mapped to {found[0]['EventSourceArn']}, not to {source}.",
            "A stream that is switched off and on again is a new one with a new ARN: delete the "
            "mapping and make it anew."
            if table
            else f"EventSourceArn should be {source_arn}.",
        )
    if not ours:
        raise Mistake(
            f"Nothing calls function '{function}': no event source mapping leads to it.",
            f"Make one with create_event_source_mapping, from {source}.",
        )
    mapping = ours[0]
    require(
        mapping["State"] == "Enabled",
        f"The mapping from {source} is {mapping['State']}.",
        "Enable it with update_event_source_mapping(UUID=..., Enabled=True).",
    )
    return mapping


def can_be_mapped(lab: Lab, function: str, role: str, queue_url: str, queue_arn: str) -> None:
    """Require what Lambda asks for before it maps a queue to a function."""
    documents = list(read_documents(lab, role).values())
    missing = [action for action in TO_READ if not allows(documents, action, queue_arn)]
    answer = lab.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])
    require(
        not missing or "Policy" in answer["Attributes"],
        f"Role '{role}' may not call {', '.join(missing)} on the queue, so Lambda refuses to map "
        "it.",
        "The poller works under the role of the function: extend that role.",
    )
    hidden = int(answer["Attributes"]["VisibilityTimeout"])
    timeout = lab.client("lambda").get_function_configuration(FunctionName=function)["Timeout"]
    require(
        hidden >= timeout,
        f"The queue hides a message for {hidden} s, but the function may take {timeout} s, so "
        "Lambda refuses to map it.",
        "AWS advises six times the function's timeout.",
    )


def reports_failures(mapping: dict[str, Any], otherwise: str) -> None:
    """Require that Lambda reads which items of a batch failed."""
    require(
        "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", []),
        "The function answers batchItemFailures, but its mapping does not ask for them, so Lambda "
        f"ignores the answer: {otherwise}, or failed ones would be taken for done.",
        "Set FunctionResponseTypes=['ReportBatchItemFailures'] on the event source mapping.",
    )
