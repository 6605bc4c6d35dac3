"""Lambda functions, and the event source mappings that call them."""

from __future__ import annotations

from typing import Any

from labkit.lab import Lab
from labkit.show.frames import Frame, build_frame
from labkit.show.missing import explained
from labkit.show.stable import Aliases, compact, name_of, without_endpoint

FUNCTION_COLUMNS = ["setting", "value"]
MAPPING_COLUMNS = [
    "mapping",
    "source",
    "function",
    "state",
    "batch size",
    "batch window (s)",
    "starts at",
    "reports failures",
    "retries",
    "on failure",
    "filters",
]


def function(lab: Lab, name: str) -> Frame:
    """The configuration of a function: one row for each setting, then one for each variable.

    Columns: setting, value. Settings: name, state, last update, runtime, handler, role, timeout
    (s), memory (MB), log group, and `env NAME` for each environment variable, by name. Raises
    `StageMissing` when the function does not exist.

    >>> show.function(lab, "order-writer")
    setting      value
    name         order-writer
    state        Active
    ...
    """
    with explained("Function", name, *_built_by(lab, name)):
        answer = lab.client("lambda").get_function_configuration(FunctionName=name)
    settings = {
        "name": answer["FunctionName"],
        "state": answer.get("State", ""),
        "last update": answer.get("LastUpdateStatus", ""),
        "runtime": answer.get("Runtime", ""),
        "handler": answer.get("Handler", ""),
        "role": name_of(answer["Role"]),
        "timeout (s)": answer["Timeout"],
        "memory (MB)": answer["MemorySize"],
        "log group": log_group_of(answer),
    }
    variables = answer.get("Environment", {}).get("Variables", {})
    for variable in sorted(variables):
        settings[f"env {variable}"] = without_endpoint(variables[variable], lab.endpoint_url)
    rows = [{"setting": setting, "value": str(value)} for setting, value in settings.items()]
    return build_frame(FUNCTION_COLUMNS, rows)


def mappings(lab: Lab, *, ids: bool = False) -> Frame:
    """The event source mappings of the pipeline's two functions, the queue's before the stream's.

    Columns: mapping (an alias; its UUID with `ids=True`), source (`queue orders` or
    `stream Orders`), function, state, batch size, batch window (s), starts at (TRIM_HORIZON or
    LATEST; empty for a queue), reports failures (whether a batch can fail in part), retries
    (`endless` for -1; empty for a queue, whose own redrive policy decides), on failure (where given
    up records go), filters. An empty frame when there is no mapping.

    >>> show.mappings(lab)
    mapping    source         function      state    batch size  ...
    mapping-1  queue orders   order-writer  Enabled          10  ...
    ...
    """
    aliases = Aliases("mapping", ids=ids)
    found = [mapping for name in _functions(lab) for mapping in read_mappings(lab, name)]
    found.sort(key=lambda mapping: (_source(mapping), mapping["FunctionArn"], mapping["UUID"]))
    return build_frame(MAPPING_COLUMNS, [_row(mapping, aliases) for mapping in found])


def read_mappings(lab: Lab, function_name: str) -> list[dict[str, Any]]:
    """Every event source mapping of a function, over all pages."""
    pages = lab.client("lambda").get_paginator("list_event_source_mappings")
    found = pages.paginate(FunctionName=function_name)
    return [mapping for page in found for mapping in page["EventSourceMappings"]]


def log_group_of(configuration: dict[str, Any]) -> str:
    """The log group of a function: the one it was given, or AWS's name for it."""
    default = f"/aws/lambda/{configuration['FunctionName']}"
    return configuration.get("LoggingConfig", {}).get("LogGroup", default)


def _functions(lab: Lab) -> list[str]:
    return [lab.names.writer, lab.names.notifier]


def _built_by(lab: Lab, name: str) -> tuple[str, str]:
    if name == lab.names.notifier:
        return "06", "notifier.build(lab)"
    return "04", "writer.build(lab)"


def _source(mapping: dict[str, Any]) -> str:
    arn = mapping["EventSourceArn"]
    kind = "queue" if arn.split(":")[2] == "sqs" else "stream"
    return f"{kind} {name_of(arn)}"


def _row(mapping: dict[str, Any], aliases: Aliases) -> dict[str, Any]:
    retries = mapping.get("MaximumRetryAttempts")
    failures = mapping.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
    filters = mapping.get("FilterCriteria", {}).get("Filters", [])
    return {
        "mapping": aliases[mapping["UUID"]],
        "source": _source(mapping),
        "function": mapping["FunctionArn"].split(":function:")[1],
        "state": mapping["State"],
        "batch size": mapping["BatchSize"],
        "batch window (s)": mapping.get("MaximumBatchingWindowInSeconds", 0),
        "starts at": mapping.get("StartingPosition", ""),
        "reports failures": "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", []),
        "retries": "" if retries is None else "endless" if retries < 0 else str(retries),
        "on failure": name_of(failures),
        "filters": compact(" or ".join(entry["Pattern"] for entry in filters)),
    }
