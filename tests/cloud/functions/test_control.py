"""Lambda's control plane over HTTP, against what AWS answered to LocalStack's own tests.

The recordings are lambda_/test_lambda_api.snapshot.json of localstack/localstack at 961553a.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cloud.functions.control import CODE, FUNCTION, RECORDING, ROLE, create, refusal, status
from tests.cloud.functions.surroundings import zipped


@pytest.mark.fidelity(
    "Lambda",
    "A version is published once; the next one needs a change of code or configuration.",
    source="Lambda API: PublishVersion",
)
def test_an_unchanged_function_has_no_new_version(lambda_: Any) -> None:
    """Publishing again gives the version that there is."""
    name = create(lambda_, "publishing")
    assert lambda_.publish_version(FunctionName=name)["Version"] == "2"
    versions = lambda_.list_versions_by_function(FunctionName=name)["Versions"]
    assert [version["Version"] for version in versions] == ["$LATEST", "1", "2"]
    assert refusal(lambda_.list_versions_by_function, FunctionName="nobody") == (
        404,
        "ResourceNotFoundException",
        f"Function not found: {FUNCTION}nobody",
    )


@pytest.mark.fidelity(
    "Lambda",
    "An alias is made, read, changed and deleted with AWS's statuses; a version's are listed.",
    source=RECORDING,
)
def test_the_life_of_an_alias(lambda_: Any) -> None:
    """Its function is shown under the alias's ARN."""
    name = create(lambda_, "aliased")
    made = lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    assert status(made) == 201
    shown = lambda_.get_alias(FunctionName=name, Name="live")
    assert (status(shown), shown["FunctionVersion"]) == (200, "1")
    configuration = lambda_.get_function(FunctionName=name, Qualifier="live")["Configuration"]
    assert configuration["FunctionArn"] == f"{FUNCTION}aliased:live"
    assert configuration["Version"] == "1"
    unweighted = {"AdditionalVersionWeights": {}}
    changed = lambda_.update_alias(FunctionName=name, Name="live", RoutingConfig=unweighted)
    assert status(changed) == 200
    assert "RoutingConfig" not in changed
    assert changed["RevisionId"] != made["RevisionId"]
    listed = lambda_.list_aliases(FunctionName=name, FunctionVersion="1")["Aliases"]
    assert [alias["Name"] for alias in listed] == ["live"]
    assert lambda_.list_aliases(FunctionName=name, FunctionVersion="2")["Aliases"] == []
    assert status(lambda_.delete_alias(FunctionName=name, Name="live")) == 204


ALIAS = {"Name": "other", "FunctionVersion": "1"}


@pytest.mark.fidelity(
    "Lambda", "An alias that could not be followed is refused in AWS's words.", source=RECORDING
)
def test_aliases_that_are_refused(lambda_: Any) -> None:
    """The name is taken, or the version is missing."""
    name = create(lambda_, "misaliased")
    lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    for asked, expected in (
        (
            {"Name": "live"},
            (
                409,
                "ResourceConflictException",
                f"Alias already exists: {FUNCTION}misaliased:live",
            ),
        ),
        (
            {"FunctionVersion": "10"},
            (404, "ResourceNotFoundException", f"Function not found: {FUNCTION}misaliased:10"),
        ),
    ):
        assert refusal(lambda_.create_alias, FunctionName=name, **ALIAS | asked) == expected


@pytest.mark.fidelity(
    "Lambda",
    "A version that an alias leads to is not deleted, nor `$LATEST` without its function.",
    source="report: karl-cardenas-coding/go-lambda-cleanup/issues/45",
)
def test_versions_that_stay(lambda_: Any) -> None:
    """A version that is gone already is no error."""
    name = create(lambda_, "deleting")
    lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    assert refusal(lambda_.delete_function, FunctionName=name, Qualifier="$LATEST") == (
        400,
        "InvalidParameterValueException",
        "$LATEST version cannot be deleted without deleting the function.",
    )
    for asked in ({"FunctionName": name, "Qualifier": "1"}, {"FunctionName": f"{name}:1"}):
        assert refusal(lambda_.delete_function, **asked) == (
            409,
            "ResourceConflictException",
            "Unable to delete version because the following aliases reference it: [live]",
        )
    lambda_.delete_function(FunctionName=name, Qualifier="2")
    lambda_.delete_function(FunctionName=name, Qualifier="99")
    lambda_.update_function_configuration(FunctionName=name, Description="third")
    assert lambda_.publish_version(FunctionName=name)["Version"] == "3"  # no number comes twice
    versions = lambda_.list_versions_by_function(FunctionName=name)["Versions"]
    assert [version["Version"] for version in versions] == ["$LATEST", "1", "3"]


@pytest.mark.fidelity(
    "Lambda", "A function of another region cannot be reached from this one.", source=RECORDING
)
def test_functions_of_other_regions(lambda_: Any) -> None:
    """Neither read nor invoked, and not deleted in its place."""
    create(lambda_, "here")
    arn = f"{FUNCTION}here".replace("us-east-1", "eu-west-1")
    expected = (
        404,
        "ResourceNotFoundException",
        "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
    )
    for call in (lambda_.get_function, lambda_.delete_function, lambda_.invoke):
        assert refusal(call, FunctionName=arn) == expected
    assert lambda_.get_function(FunctionName="here")


@pytest.mark.fidelity(
    "Lambda",
    "A function's policy has each statement once, about the name that was given.",
    source=RECORDING,
)
def test_permissions(lambda_: Any) -> None:
    """A version's statements are no others' business; who cannot call is no principal."""
    name = create(lambda_, "shared")

    def add(sid: str, principal: str = "s3.amazonaws.com", **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = lambda_.add_permission(
            FunctionName=name,
            StatementId=sid,
            Action="lambda:InvokeFunction",
            Principal=principal,
            **more,
        )
        return answer

    made = add("s3", SourceArn="arn:aws:s3:::bucket")
    statement = {
        "Sid": "s3",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": f"{FUNCTION}shared",
        "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}},
    }
    assert (status(made), json.loads(made["Statement"])) == (201, statement)
    assert made["Statement"].startswith('{"Sid":"s3","Effect":"Allow",')
    account = json.loads(add("account", "111122223333")["Statement"])
    assert account["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}
    add("s3", Qualifier="1")
    assert refusal(add, sid="s3")[:2] == (409, "ResourceConflictException")
    assert refusal(add, sid="nobody", principal="invalid.nonaws.com") == (
        400,
        "InvalidParameterValueException",
        "The provided principal was invalid. Please check the principal and try again.",
    )
    assert refusal(add, sid="a.b")[1] == "ValidationException"
    policy = json.loads(lambda_.get_policy(FunctionName=name)["Policy"])
    assert [each["Sid"] for each in policy["Statement"]] == ["s3", "account"]
    policy = json.loads(lambda_.get_policy(FunctionName=name, Qualifier="1")["Policy"])
    assert [each["Resource"] for each in policy["Statement"]] == [f"{FUNCTION}shared:1"]
    assert refusal(lambda_.remove_permission, FunctionName=name, StatementId="x") == (
        404,
        "ResourceNotFoundException",
        "Statement x is not found in resource policy.",
    )
    of_version = {"FunctionName": name, "StatementId": "s3", "Qualifier": "1"}
    stale = (
        412,
        "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the "
        "GetFunction/GetAlias API to retrieve the latest Revision Id",
    )
    assert refusal(add, sid="late", RevisionId="former") == stale
    assert refusal(lambda_.remove_permission, **of_version, RevisionId="former") == stale
    revision = lambda_.get_policy(FunctionName=name, Qualifier="1")["RevisionId"]
    lambda_.remove_permission(**of_version, RevisionId=revision)
    policy = json.loads(lambda_.get_policy(FunctionName=name)["Policy"])
    assert [each["Sid"] for each in policy["Statement"]] == ["s3", "account"]
    assert refusal(lambda_.remove_permission, **of_version) == (
        404,
        "ResourceNotFoundException",
        "No policy is associated with the given resource.",
    )
    assert refusal(lambda_.remove_permission, **{**of_version, "Qualifier": "none"})[0] == 404


@pytest.mark.fidelity(
    "Lambda",
    "How events are handled is shown with both destinations, and refused when it is nothing.",
    source=RECORDING,
)
def test_event_invoke_configs(lambda_: Any) -> None:
    """A function is no destination of its own, nor is one that there is not; each version has
    its own configuration.
    """
    name = create(lambda_, "evented")
    missing = (404, "ResourceNotFoundException")
    unconfigured = f"The function {FUNCTION}evented:$LATEST doesn't have an EventInvokeConfig"
    put, update = (
        lambda_.put_function_event_invoke_config,
        lambda_.update_function_event_invoke_config,
    )
    get, delete = (
        lambda_.get_function_event_invoke_config,
        lambda_.delete_function_event_invoke_config,
    )
    assert refusal(get, FunctionName=name) == (*missing, unconfigured)
    assert refusal(delete, FunctionName=name) == (*missing, unconfigured)
    assert refusal(update, FunctionName=name, MaximumRetryAttempts=1) == (*missing, unconfigured)
    assert refusal(put, FunctionName="nobody", MaximumRetryAttempts=1) == (
        *missing,
        "The function doesn't exist.",
    )
    for asked, message in (
        ({}, "You must specify at least one of error handling or destination setting."),
        (
            {"DestinationConfig": {"OnSuccess": {"Destination": f"{FUNCTION}evented"}}},
            "You can't specify the function as a destination for itself.",
        ),
        (
            {"DestinationConfig": {"OnFailure": {"Destination": f"{FUNCTION}nobody"}}},
            f"The destination ARN {FUNCTION}nobody is invalid.",
        ),
        (
            {"DestinationConfig": {"OnSuccess": {"Destination": ROLE}}},
            f"The provided destination config DestinationConfig(onSuccess=OnSuccess(destination="
            f"{ROLE}), onFailure=null) is invalid.",
        ),
    ):
        expected = (400, "InvalidParameterValueException", message)
        assert refusal(put, FunctionName=name, **asked) == expected
    nothing = "You must specify at least one of error handling or destination setting."
    assert refusal(put, FunctionName="nobody")[2] == nothing
    made = put(FunctionName=name, MaximumRetryAttempts=1)
    assert made["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {}}
    version = f"The function {FUNCTION}evented:1 doesn't have an EventInvokeConfig"
    for asked in ({"FunctionName": name, "Qualifier": "1"}, {"FunctionName": f"{name}:1"}):
        assert refusal(get, **asked) == (*missing, version)
        assert refusal(delete, **asked) == (*missing, version)
    assert refusal(put, FunctionName=f"{name}:blue", MaximumRetryAttempts=1) == (
        *missing,
        "The function doesn't exist.",
    )
    lambda_.create_alias(FunctionName=name, Name="blue", FunctionVersion="1")
    for asked in ({"FunctionName": name, "Qualifier": "1"}, {"FunctionName": f"{name}:blue"}):
        put(MaximumRetryAttempts=0, **asked)
        assert get(**asked)["MaximumRetryAttempts"] == 0
    changed = update(FunctionName=name, MaximumEventAgeInSeconds=60)
    assert (changed["MaximumRetryAttempts"], changed["MaximumEventAgeInSeconds"]) == (1, 60)
    listed = lambda_.list_function_event_invoke_configs
    assert {
        each["FunctionArn"].removeprefix(f"{FUNCTION}{name}:")
        for each in listed(FunctionName=name)["FunctionEventInvokeConfigs"]
    } == {"$LATEST", "1", "blue"}
    assert status(delete(FunctionName=name)) == 204
    lambda_.delete_alias(FunctionName=name, Name="blue")
    (left,) = listed(FunctionName=name)["FunctionEventInvokeConfigs"]
    assert left["FunctionArn"] == f"{FUNCTION}{name}:1"
    lambda_.delete_function(FunctionName=name, Qualifier="1")
    assert listed(FunctionName=name)["FunctionEventInvokeConfigs"] == []


@pytest.mark.fidelity(
    "Lambda",
    "A function reserves concurrency as long as 100 of 1,000 stay for the others.",
    source="Lambda guide: configuration-concurrency",
)
def test_reserved_concurrency(lambda_: Any) -> None:
    """Only a function as a whole can reserve any."""
    name = create(lambda_, "reserved")
    put = lambda_.put_function_concurrency
    assert put(FunctionName=name, ReservedConcurrentExecutions=900)
    assert refusal(put, FunctionName=name, ReservedConcurrentExecutions=901) == (
        400,
        "InvalidParameterValueException",
        "Specified ReservedConcurrentExecutions for function decreases account's "
        "UnreservedConcurrentExecution below its minimum value of [100].",
    )
    code, message = refusal(put, FunctionName=f"{name}:1", ReservedConcurrentExecutions=1)[1:]
    assert code == "InvalidParameterValueException"
    assert message.startswith("This operation is permitted on Lambda functions only.")
    for reserved in (5, 0):
        put(FunctionName=name, ReservedConcurrentExecutions=reserved)
        shown = lambda_.get_function(FunctionName=name)["Concurrency"]
        assert shown == {"ReservedConcurrentExecutions": reserved}
    lambda_.delete_function_concurrency(FunctionName=name)
    assert "Concurrency" not in lambda_.get_function(FunctionName=name)


@pytest.mark.fidelity(
    "Lambda", "A dry run is 204 with neither a body nor a version.", source=RECORDING
)
def test_a_dry_run(lambda_: Any) -> None:
    """It says only that the caller may invoke."""
    answer = lambda_.invoke(FunctionName=create(lambda_, "dry"), InvocationType="DryRun")
    assert (answer["StatusCode"], answer["Payload"].read()) == (204, b"")
    assert "ExecutedVersion" not in answer
    assert refusal(lambda_.invoke, FunctionName="dry", InvocationType="Dry")[1:] == (
        "ValidationException",
        "1 validation error detected: Value 'Dry' at 'invocationType' failed to satisfy "
        "constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]",
    )


@pytest.mark.fidelity(
    "Lambda",
    "A dry run of new code changes nothing, and a refused change of a function nothing of it.",
    source="Lambda API: UpdateFunctionCode",
)
def test_changes_that_change_nothing(lambda_: Any) -> None:
    """No revision, and no version to publish."""
    name = create(lambda_, "unchanged")
    before = lambda_.get_function_configuration(FunctionName=name)
    code = zipped("def handler(event, context): return 'another'")
    lambda_.update_function_code(FunctionName=name, ZipFile=code, DryRun=True)
    change = {"EphemeralStorage": {"Size": 1024}, "LoggingConfig": {"LogFormat": "XML"}}
    refused = refusal(lambda_.update_function_configuration, FunctionName=name, **change)
    assert refused[1] == "ValidationException"
    after = lambda_.get_function_configuration(FunctionName=name)
    assert {**after, "ResponseMetadata": None} == {**before, "ResponseMetadata": None}
    assert lambda_.publish_version(FunctionName=name)["Version"] == "2"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"Role": "r1"},
            "1 validation error detected: Value 'r1' at 'role' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: "
            "arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+",
        ),
        (
            {"Architectures": ["x86_64", "arm64"]},
            "1 validation error detected: Value '[x86_64, arm64]' at 'architectures' failed to "
            "satisfy constraint: Member must have length less than or equal to 1",
        ),
        (
            {"Architectures": ["sparc"]},
            "1 validation error detected: Value '[sparc]' at 'architectures' failed to satisfy "
            "constraint: Member must satisfy constraint: [Member must satisfy enum value set: "
            "[x86_64, arm64], Member must not be null]",
        ),
        (
            {"Environment": {"Variables": {"LARGE": "x" * 4085}}},
            "Lambda was unable to configure your environment variables because the environment "
            "variables you have provided exceeded the 4KB limit. String measured: "
            f'{{"LARGE":"{"x" * 4085}"}}',
        ),
    ],
)
def test_functions_that_are_not_made(lambda_: Any, asked: dict[str, Any], message: str) -> None:
    """A function has a role, one architecture, and 4 KB of variables as JSON."""
    spec = {
        "FunctionName": "unmade",
        "Runtime": "python3.13",
        "Role": "arn:aws:iam::123456789012:role/control",
        "Handler": "app.handler",
        "Code": {"ZipFile": zipped(CODE)},
    }
    assert refusal(lambda_.create_function, **spec | asked)[2] == message


@pytest.mark.fidelity(
    "Lambda",
    "Lists of functions and versions tell neither states nor the version of the runtime.",
    source=RECORDING,
)
def test_lists_tell_no_states(lambda_: Any) -> None:
    """What one function's configuration tells, a list leaves out."""
    name = create(lambda_, "listed")
    told = set(lambda_.get_function_configuration(FunctionName=name)) - {"ResponseMetadata"}
    unlisted = {"State", "LastUpdateStatus", "RuntimeVersionConfig"}
    assert unlisted < told
    functions = lambda_.list_functions()["Functions"]
    (function,) = [each for each in functions if each["FunctionName"] == name]
    assert set(function) == told - unlisted
    for version in lambda_.list_versions_by_function(FunctionName=name)["Versions"]:
        assert set(version) == told - unlisted
    everything = lambda_.list_functions(FunctionVersion="ALL")["Functions"]
    arns = [each["FunctionArn"] for each in everything if each["FunctionName"] == name]
    assert arns == [f"{FUNCTION}listed:{version}" for version in ("$LATEST", "1", "2")]
    assert all("State" not in each for each in everything)


@pytest.mark.fidelity(
    "Lambda", "An environment without variables is shown where one was given.", source=RECORDING
)
def test_an_empty_environment(lambda_: Any) -> None:
    """A function that was created without one has none, until an update gives it one."""
    asked = {
        "Runtime": "python3.13",
        "Role": "arn:aws:iam::123456789012:role/control",
        "Handler": "app.handler",
        "Code": {"ZipFile": zipped(CODE)},
    }
    empty = {"Variables": {}}
    made = lambda_.create_function(FunctionName="given", Environment=empty, **asked)
    assert made["Environment"] == empty
    assert lambda_.get_function_configuration(FunctionName="given")["Environment"] == empty
    assert lambda_.publish_version(FunctionName="given")["Environment"] == empty
    assert "Environment" not in lambda_.create_function(FunctionName="bare", **asked)
    lambda_.update_function_configuration(FunctionName="bare", Environment=empty)
    assert lambda_.get_function_configuration(FunctionName="bare")["Environment"] == empty
