"""What the checks of both functions look at: the function and the mapping that calls it."""

from __future__ import annotations

from typing import Any

from labkit.course.judgement import Mistake, require
from labkit.lab import Lab
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import role_arn


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


def reports_failures(mapping: dict[str, Any], otherwise: str) -> None:
    """Require that Lambda reads which items of a batch failed."""
    require(
        "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", []),
        "The function answers batchItemFailures, but its mapping does not ask for them, so Lambda "
        f"ignores the answer: {otherwise}, or failed ones would be taken for done.",
        "Set FunctionResponseTypes=['ReportBatchItemFailures'] on the event source mapping.",
    )
