"""Statements of functions' policies, and the revisions that they belong to, as AWS has them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.cloud.functions.control import CODE, FUNCTION, RECORDING, create, make, refusal
from tests.cloud.functions.surroundings import zipped

NOT_FOUND = (404, "ResourceNotFoundException")
STALE = (
    412,
    "PreconditionFailedException",
    "The Revision Id provided does not match the latest Revision Id. Call the "
    "GetFunction/GetAlias API to retrieve the latest Revision Id",
)
STATEMENT = {
    "StatementId": "s3",
    "Action": "lambda:InvokeFunction",
    "Principal": "s3.amazonaws.com",
}


@pytest.mark.fidelity(
    "Lambda",
    "Every parameter of AddPermission becomes a condition of the statement.",
    source=RECORDING,
)
@pytest.mark.parametrize(
    ("asked", "conditions"),
    [
        (
            {
                "SourceArn": "arn:aws:s3:::test-bucket",
                "SourceAccount": "111122223333",
                "PrincipalOrgID": "o-1234567890",
                "FunctionUrlAuthType": "NONE",
            },
            {
                "StringEquals": {
                    "AWS:SourceAccount": "111122223333",
                    "lambda:FunctionUrlAuthType": "NONE",
                    "aws:PrincipalOrgID": "o-1234567890",
                },
                "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::test-bucket"},
            },
        ),
        (
            {"EventSourceToken": "amzn1.ask.skill.x"},
            {"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.x"}},
        ),
        # https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
        ({"InvokedViaFunctionUrl": True}, {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}),
    ],
)
def test_a_parameter_is_a_condition(
    lambda_: Any, asked: dict[str, Any], conditions: dict[str, Any]
) -> None:
    """A statement for everybody would be one indeed without its conditions."""
    name = make(lambda_, f"conditions-{len(asked)}-{next(iter(asked))}")["FunctionName"]
    parameters = {**STATEMENT, "Principal": "*", **asked}
    made = json.loads(lambda_.add_permission(FunctionName=name, **parameters)["Statement"])
    assert (made["Principal"], made["Condition"]) == ("*", conditions)
    policy = json.loads(lambda_.get_policy(FunctionName=name)["Policy"])
    assert policy["Statement"] == [made]


@pytest.mark.fidelity(
    "Lambda", "A policy of what there is not is refused in AWS's words for it.", source=RECORDING
)
def test_policies_of_what_there_is_not(lambda_: Any) -> None:
    """A missing alias has other words than a missing version, and each call its own."""
    name = create(lambda_, "unshared")
    arn = f"{FUNCTION}unshared"
    for function, qualifier, message in (
        ("nobody", None, f"Function not found: {FUNCTION}nobody"),
        (name, "none", f"Cannot find alias arn: {arn}:none"),
        (name, "42", f"Function not found: {arn}:42"),
        (name, "with-$", f"Function not found: {arn}:with-$"),
    ):
        asked = {"FunctionName": function} | ({"Qualifier": qualifier} if qualifier else {})
        assert refusal(lambda_.add_permission, **asked, **STATEMENT) == (*NOT_FOUND, message)
    assert refusal(lambda_.add_permission, FunctionName=name, Qualifier="?", **STATEMENT) == (
        400,
        "ValidationException",
        "1 validation error detected: Value '?' at 'qualifier' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: (|[a-zA-Z0-9$_-]+)",
    )
    remove = {"StatementId": "s3"}
    assert refusal(lambda_.remove_permission, FunctionName="nobody", **remove) == (
        *NOT_FOUND,
        f"No policy found for: {FUNCTION}nobody",
    )
    assert refusal(lambda_.remove_permission, FunctionName=f"{name}:none", **remove) == (
        *NOT_FOUND,
        f"Cannot find alias arn: {arn}:none",
    )
    assert refusal(lambda_.get_policy, FunctionName=name, Qualifier="77") == (
        *NOT_FOUND,
        "The resource you requested does not exist.",
    )


@pytest.mark.fidelity(
    "Lambda",
    "Who names a revision changes nothing over another's change; a policy has that of its function "
    "or alias.",
    source=RECORDING,
)
def test_revisions(lambda_: Any) -> None:
    """Code, configuration, publication and each change of a policy have a revision of their own."""
    name = make(lambda_, "revised")["FunctionName"]

    def revision(**qualified: str) -> str:
        shown = lambda_.get_function_configuration(FunctionName=name, **qualified)
        return str(shown["RevisionId"])

    code = {"FunctionName": name, "ZipFile": zipped(CODE)}
    for call, asked in (
        (lambda_.update_function_code, code),
        (lambda_.update_function_configuration, {"FunctionName": name, "Description": "new"}),
        (lambda_.publish_version, {"FunctionName": name}),
        (lambda_.add_permission, {"FunctionName": name, **STATEMENT}),
        (lambda_.remove_permission, {"FunctionName": name, "StatementId": "s3"}),
    ):
        assert refusal(call, **asked, RevisionId="wrong") == STALE
        before = revision()
        call(**asked, RevisionId=before)
        assert revision() != before
    of_version = revision(Qualifier="1")
    alias = lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    assert revision(Qualifier="1") == of_version
    of_alias = {"FunctionName": name, "Qualifier": "live"}
    assert refusal(lambda_.add_permission, **of_alias, **STATEMENT, RevisionId="wrong") == STALE
    lambda_.add_permission(**of_alias, **STATEMENT, RevisionId=alias["RevisionId"])
    changed = lambda_.get_alias(FunctionName=name, Name="live")["RevisionId"]
    assert lambda_.get_policy(**of_alias)["RevisionId"] == changed != alias["RevisionId"]
    update = {"FunctionName": name, "Name": "live", "Description": "something changed"}
    assert refusal(lambda_.update_alias, **update, RevisionId=alias["RevisionId"]) == STALE
    assert lambda_.update_alias(**update, RevisionId=changed)["RevisionId"] != changed
    lambda_.add_permission(FunctionName=name, **STATEMENT)
    assert lambda_.get_policy(FunctionName=name)["RevisionId"] == revision()


@pytest.mark.fidelity(
    "Lambda",
    "A version is made only of the code whose hash is named; one made with its code is Pending.",
    source=RECORDING,
)
def test_the_code_that_is_meant(lambda_: Any) -> None:
    """A version shows when its function was changed last, as the function does."""
    name = make(lambda_, "hashed")["FunctionName"]
    current = lambda_.get_function_configuration(FunctionName=name)["CodeSha256"]
    assert refusal(lambda_.publish_version, FunctionName=name, CodeSha256="other") == (
        400,
        "InvalidParameterValueException",
        f"CodeSHA256 (other) is different from current CodeSHA256 in $LATEST ({current}). Please "
        "try again with the CodeSHA256 in $LATEST.",
    )
    first = lambda_.publish_version(FunctionName=name, CodeSha256=current)
    assert first["Version"] == "1"
    assert re.fullmatch(r"[-0-9]{10}T[:0-9]{8}\.\d{3}\+0000", first["LastModified"])
    code = zipped("def handler(event, context): return 2")
    second = lambda_.update_function_code(FunctionName=name, ZipFile=code, Publish=True)
    assert (second["Version"], second["FunctionArn"]) == ("2", f"{FUNCTION}hashed:2")
    assert (second["State"], second["StateReasonCode"]) == ("Pending", "Creating")
    assert "LastUpdateStatus" not in second
    shown = lambda_.get_function_configuration(FunctionName=name, Qualifier="2")
    assert shown["State"] == "Active"


def test_an_alias_is_no_number(lambda_: Any) -> None:
    """It would stand before the version of that number."""
    name = create(lambda_, "numbered")
    refused = refusal(lambda_.create_alias, FunctionName=name, Name="1", FunctionVersion="2")
    assert refused == (
        400,
        "ValidationException",
        "1 validation error detected: Value '1' at 'name' failed to satisfy constraint: Member "
        "must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
    )
