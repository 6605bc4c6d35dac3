"""What kind of endpoint a REST API has: checked as AWS does, and otherwise of no effect here.

Recorded in LocalStack's test_apigateway_api.snapshot.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.apigateway.exceptions import BadRequestException, ValidationException

from labkit.cloud.constraints import not_one_of, one_of, together, violation

TYPES = ("PRIVATE", "EDGE", "REGIONAL")
ADDRESSES = ("ipv4", "dualstack")
AT = "createRestApiInput.endpointConfiguration"


def check_values(given: Mapping[str, Any]) -> None:
    """Refuse an `endpointConfiguration` with values that there are not."""
    problems = []
    types, address = given.get("types") or [], given.get("ipAddressType")
    if not {*types} <= {*TYPES}:
        value, rule = f"[{', '.join(types)}]", f"Member must satisfy constraint: [{one_of(TYPES)}]"
        problems.append(violation(f"{AT}.types", value, rule))
    if address and address not in ADDRESSES:
        problems.append(not_one_of(f"{AT}.ipAddressType", address, ADDRESSES))
    if problems:
        raise ValidationException(together(problems))


def check_number(given: Mapping[str, Any]) -> None:
    """Refuse an `endpointConfiguration` of no type or of several."""
    if given.get("types") == []:
        raise BadRequestException(
            "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED."
        )
    if len(given.get("types") or []) > 1:
        raise BadRequestException("Cannot create an api with multiple Endpoint Types.")


def patched(before: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """An `endpointConfiguration` after one operation of a patch."""
    part = path.split("/")[2:3]
    if part == ["types"]:
        if value not in TYPES:
            raise BadRequestException(
                "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE"
            )
        return {**before, "types": [value]}
    if part != ["ipAddressType"]:
        raise BadRequestException(f"Invalid patch path {path}")
    if value not in ADDRESSES:
        raise BadRequestException("ipAddressType must be either ipv4 or dualstack.")
    return {**before, "ipAddressType": value}
