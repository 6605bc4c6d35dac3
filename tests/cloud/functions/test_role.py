"""Trust policies."""

from __future__ import annotations

import pytest

from labkit.cloud.functions.role import trusts

LAMBDA = "lambda.amazonaws.com"


def document(**changes: object) -> dict[str, object]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": LAMBDA},
        "Action": "sts:AssumeRole",
        **changes,
    }
    return {"Statement": [statement]}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Principal": {"Service": ["sqs.amazonaws.com", LAMBDA]}},
        {"Action": ["sts:TagSession", "sts:AssumeRole"]},
        {"Action": "sts:*"},
        {"Principal": "*"},
        {"Principal": {"AWS": "*"}},
    ],
)
@pytest.mark.fidelity(
    "Lambda",
    "A role is accepted when its trust policy names lambda.amazonaws.com.",
    source="Lambda guide: lambda-intro-execution-role",
)
def test_a_role_that_names_the_service_trusts_it(changes: dict[str, object]) -> None:
    """Alone, in a list, or by a wildcard."""
    assert trusts(document(**changes), LAMBDA)


@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": "Deny"},
        {"Principal": {"Service": "apigateway.amazonaws.com"}},
        {"Principal": {"AWS": "123456789012"}},
        {"Action": "sts:TagSession"},
    ],
)
def test_any_other_role_does_not(changes: dict[str, object]) -> None:
    """Lambda cannot assume it."""
    assert not trusts(document(**changes), LAMBDA)


def test_a_single_statement_may_stand_without_a_list() -> None:
    """IAM takes both."""
    assert trusts({"Statement": document()["Statement"][0]}, LAMBDA)  # type: ignore[index]
    assert not trusts({}, LAMBDA)
