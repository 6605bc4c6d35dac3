"""What Lambda tells of an account: its lists, tags and limits, and what no function has here.

The recordings are lambda_/test_lambda_api.snapshot.json of localstack/localstack at 961553a.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.cloud.functions.control import FUNCTION, RECORDING, create, make, refusal, status

NOT_FOUND = (404, "ResourceNotFoundException")


@pytest.mark.fidelity(
    "Lambda",
    "Tags belong to a function, not to its versions or aliases, and there are fifty at most.",
    source=RECORDING,
)
def test_tags(lambda_: Any) -> None:
    """No tags to add are refused; to take away a tag that is not there is no error."""
    arn = f"{FUNCTION}{create(lambda_, 'tagged')}"
    invalid = "InvalidParameterValueException"
    fifty = {f"{number}_key": f"{number}_value" for number in range(50)}
    too_many = (400, invalid, "Number of tags exceeds resource tag limit.")
    for refused, tags, expected in (
        (
            f"{arn}:1",
            {"a": "b"},
            (
                400,
                invalid,
                "Tags on function aliases and versions are not supported. Please specify a "
                "function ARN.",
            ),
        ),
        (arn, {}, (400, invalid, "An error occurred and the request cannot be processed.")),
        (arn, fifty | {"more": "one"}, too_many),
    ):
        assert refusal(lambda_.tag_resource, Resource=refused, Tags=tags) == expected
    assert lambda_.list_tags(Resource=arn)["Tags"] == {}
    assert status(lambda_.tag_resource(Resource=arn, Tags=fifty)) == 204
    assert refusal(lambda_.tag_resource, Resource=arn, Tags={"more": "one"}) == too_many
    lambda_.tag_resource(Resource=arn, Tags={"0_key": "another"})
    assert lambda_.get_function(FunctionName=arn)["Tags"] == fifty | {"0_key": "another"}
    assert status(lambda_.untag_resource(Resource=arn, TagKeys=["unknown"])) == 204
    assert refusal(lambda_.untag_resource, Resource=arn, TagKeys=[]) == (
        400,
        "ValidationException",
        "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member "
        "must not be null",
    )
    for call, asked in (
        (lambda_.tag_resource, {"Tags": {"a": "b"}}),
        (lambda_.untag_resource, {"TagKeys": ["a"]}),
        (lambda_.list_tags, {}),
    ):
        code, message = refusal(call, Resource="arn:aws:something", **asked)[1:]
        assert code == "ValidationException"
        assert message.startswith(
            "1 validation error detected: Value 'arn:aws:something' at 'resource' failed to "
            "satisfy constraint: Member must satisfy regular expression pattern: arn:(aws"
        )
    lambda_.untag_resource(Resource=arn, TagKeys=list(fifty))
    assert "Tags" not in lambda_.get_function(FunctionName=arn)


@pytest.mark.fidelity(
    "Lambda",
    "Functions, versions and aliases are listed a page at a time, of fifty at most.",
    source="Lambda API: ListFunctions",
)
def test_lists_come_in_pages(lambda_: Any) -> None:
    """A page has a marker while there is more."""
    name = create(lambda_, "paged")
    for alias in ("a", "b", "c"):
        lambda_.create_alias(FunctionName=name, Name=alias, FunctionVersion="1")
    for operation, asked, entries, key in (
        ("list_functions", {"FunctionVersion": "ALL"}, "Functions", "FunctionArn"),
        ("list_versions_by_function", {"FunctionName": name}, "Versions", "FunctionArn"),
        ("list_aliases", {"FunctionName": name}, "Aliases", "Name"),
    ):
        whole = getattr(lambda_, operation)(**asked)
        assert "NextMarker" not in whole
        paginator = lambda_.get_paginator(operation)
        pages = list(paginator.paginate(**asked, PaginationConfig={"PageSize": 2}))
        sizes = [len(page[entries]) for page in pages]
        assert len(sizes) > 1 and set(sizes[:-1]) == {2}
        paged = [each[key] for page in pages for each in page[entries]]
        assert paged == [each[key] for each in whole[entries]]
    assert refusal(lambda_.list_functions, FunctionVersion="invalid") == (
        400,
        "ValidationException",
        "1 validation error detected: Value 'invalid' at 'functionVersion' failed to satisfy "
        "constraint: Member must satisfy enum value set: [ALL]",
    )
    assert refusal(lambda_.list_functions, MaxItems=0)[1] == "ValidationException"
    assert refusal(lambda_.list_aliases, FunctionName=name, Marker="x")[2] == (
        "The provided marker is invalid."
    )


@pytest.mark.fidelity(
    "Lambda",
    "The account has room for 1,000 invocations at once and for 75 GB of code, each version's.",
    source="Lambda API: GetAccountSettings",
)
def test_the_account_settings(lambda_: Any) -> None:
    """What one function reserves the others cannot have."""
    before = lambda_.get_account_settings()
    assert before["AccountLimit"] == {
        "TotalCodeSize": 80_530_636_800,
        "CodeSizeUnzipped": 262_144_000,
        "CodeSizeZipped": 52_428_800,
        "ConcurrentExecutions": 1000,
        "UnreservedConcurrentExecutions": 1000,
    }
    size = make(lambda_, "counted")["CodeSize"]
    lambda_.publish_version(FunctionName="counted")
    lambda_.put_function_concurrency(FunctionName="counted", ReservedConcurrentExecutions=10)
    after = lambda_.get_account_settings()
    assert after["AccountLimit"]["UnreservedConcurrentExecutions"] == 990
    assert after["AccountUsage"] == {
        "TotalCodeSize": before["AccountUsage"]["TotalCodeSize"] + 2 * size,
        "FunctionCount": before["AccountUsage"]["FunctionCount"] + 1,
    }


@pytest.mark.fidelity(
    "Lambda",
    "A function has no URL of its own, and its code is not signed: both are refused.",
    differs="The pipeline's functions are called by an API and by mappings.",
)
def test_what_no_function_has(lambda_: Any) -> None:
    """Who looks for them finds none, as on AWS; who makes one is told why it cannot be."""
    name = make(lambda_, "plain")["FunctionName"]
    none = (*NOT_FOUND, "The resource you requested does not exist.")
    for function in (name, "nobody"):
        assert refusal(lambda_.get_function_url_config, FunctionName=function) == none
        assert refusal(lambda_.delete_function_url_config, FunctionName=function) == none
    assert lambda_.list_function_url_configs(FunctionName=name)["FunctionUrlConfigs"] == []
    assert refusal(lambda_.list_function_url_configs, FunctionName="nobody") == (
        *NOT_FOUND,
        "Function does not exist",
    )
    refused = refusal(lambda_.create_function_url_config, FunctionName=name, AuthType="NONE")
    assert "functions have no URLs of their own. The fidelity table" in refused[2]
    signing = lambda_.get_function_code_signing_config(FunctionName=name)
    assert set(signing) == {"ResponseMetadata"}
    assert refusal(lambda_.get_function_code_signing_config, FunctionName="nobody") == (
        *NOT_FOUND,
        f"Function not found: {FUNCTION}nobody",
    )
    refused = refusal(lambda_.list_code_signing_configs)
    assert refused[0] == 501
    assert refused[2].startswith("The local cloud has no ListCodeSigningConfigs of lambda.")
