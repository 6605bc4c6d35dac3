"""The settings of a mapping: what a request asks for over the defaults of its kind of source."""

from __future__ import annotations

import copy
from typing import Any

from labkit.cloud.constraints import null
from labkit.cloud.mappings.errors import InvalidParameter
from labkit.cloud.mappings.kinds import Kind
from labkit.cloud.mappings.patterns import Pattern, parse
from labkit.cloud.mappings.validation import COMMON, check, filters_of

Settings = dict[str, Any]

# Recorded: what AWS shows of a mapping that was made with nothing but its source and function.
_OF_QUEUES: Settings = {
    "BatchSize": 10,
    "MaximumBatchingWindowInSeconds": 0,
    "FunctionResponseTypes": [],
}
_OF_STREAMS: Settings = {
    "BatchSize": 100,
    "MaximumBatchingWindowInSeconds": 0,
    "ParallelizationFactor": 1,
    "DestinationConfig": {"OnFailure": {}},
    "MaximumRecordAgeInSeconds": -1,
    "BisectBatchOnFunctionError": False,
    "MaximumRetryAttempts": -1,
    "TumblingWindowInSeconds": 0,
    "FunctionResponseTypes": [],
}


def create(spec: Settings, kind: Kind) -> Settings:
    """The settings of a new mapping; AWS's error when `spec` asks for what cannot be."""
    if kind is Kind.STREAM and not spec.get("StartingPosition"):
        raise InvalidParameter(f"{null('startingPosition')}.")
    return update(_OF_STREAMS if kind is Kind.STREAM else _OF_QUEUES, spec, kind)


def update(settings: Settings, spec: Settings, kind: Kind) -> Settings:
    """`settings` with the changes that `spec` asks for, checked as a whole."""
    changes = {
        name: value for name, value in spec.items() if name not in COMMON and value is not None
    }
    changed = copy.deepcopy({**settings, **changes})
    check(changed, spec, kind)
    # An empty object in a request takes a setting away: API_UpdateEventSourceMapping.
    for removable in ("FilterCriteria", "ScalingConfig"):
        if removable in changed and not any(changed[removable].values()):
            del changed[removable]
    if "DestinationConfig" in changed:
        changed["DestinationConfig"].setdefault("OnFailure", {})
    return changed


def patterns(settings: Settings) -> list[Pattern]:
    """The parsed filter patterns of a mapping."""
    return [parse(filter_["Pattern"]) for filter_ in filters_of(settings)]
