"""Layers and the functions that have them, against what AWS was recorded to answer.

The recordings are lambda_/test_lambda_api.snapshot.json of localstack/localstack at 961553a.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.cloud.functions.control import RECORDING, make, refusal, status
from tests.cloud.functions.surroundings import zipped

INVALID = (400, "InvalidParameterValueException")
MISSING = (404, "ResourceNotFoundException", "The resource you requested does not exist.")
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:"


def publish(lambda_: Any, name: str, **said: Any) -> dict[str, Any]:
    """A version of a layer with one module."""
    content = {"ZipFile": zipped({"python/tools.py": "answer = 42"})}
    made: dict[str, Any] = lambda_.publish_layer_version(LayerName=name, Content=content, **said)
    assert status(made) == 201
    return {key: made[key] for key in made if key != "ResponseMetadata"}


@pytest.mark.fidelity(
    "Lambda",
    "A layer's versions are made, found and deleted as AWS was recorded to; no number comes twice.",
    source=RECORDING,
)
def test_the_life_of_a_layer(lambda_: Any) -> None:
    """What was said of it is shown, and no more."""
    said = {"CompatibleRuntimes": ["python3.12"], "CompatibleArchitectures": ["x86_64"]}
    first = publish(lambda_, "tools", Description="some", LicenseInfo="MIT", **said)
    assert first["LayerVersionArn"] == f"{LAYER}tools:1"
    assert {**first, **said, "Description": "some", "LicenseInfo": "MIT"} == first
    second = publish(lambda_, "tools", CompatibleRuntimes=[])
    assert (second["Version"], second["Description"]) == (2, "")
    assert second["CompatibleRuntimes"] == []
    assert not {"CompatibleArchitectures", "LicenseInfo"} & set(second)
    by_arn = lambda_.get_layer_version_by_arn(Arn=f"{LAYER}tools:1")
    assert {key: by_arn[key] for key in first} == first
    versions = lambda_.list_layer_versions(LayerName="tools", MaxItems=1)
    assert [each["Version"] for each in versions["LayerVersions"]] == [2]
    rest = lambda_.list_layer_versions(LayerName="tools", Marker=versions["NextMarker"])
    assert [each["Version"] for each in rest["LayerVersions"]] == [1]
    (newest,) = lambda_.list_layers()["Layers"]
    assert newest["LatestMatchingVersion"]["Version"] == 2
    (suiting,) = lambda_.list_layers(CompatibleRuntime="python3.12")["Layers"]
    assert suiting["LatestMatchingVersion"]["Version"] == 1
    assert lambda_.list_layers(CompatibleRuntime="python3.13")["Layers"] == []
    assert lambda_.list_layers(CompatibleArchitecture="arm64")["Layers"] == []
    suiting = lambda_.list_layer_versions(LayerName="tools", CompatibleRuntime="python3.12")
    assert [each["Version"] for each in suiting["LayerVersions"]] == [1]
    suiting = lambda_.list_layer_versions(LayerName="tools", CompatibleArchitecture="arm64")
    assert suiting["LayerVersions"] == []
    for number in (1, 2, 1, 9):
        deleted = lambda_.delete_layer_version(LayerName="tools", VersionNumber=number)
        assert status(deleted) == 204
    assert status(lambda_.delete_layer_version(LayerName="none", VersionNumber=1)) == 204
    assert lambda_.list_layer_versions(LayerName="tools")["LayerVersions"] == []
    assert publish(lambda_, "tools")["Version"] == 3


@pytest.mark.fidelity(
    "Lambda", "A layer that there is not is refused in AWS's words.", source=RECORDING
)
def test_layers_that_there_are_not(lambda_: Any) -> None:
    """Nor can one suit a runtime that there is not."""
    publish(lambda_, "real")
    for name, number in (("none", 1), ("real", 2)):
        asked = {"LayerName": name, "VersionNumber": number}
        assert refusal(lambda_.get_layer_version, **asked) == MISSING
    assert refusal(lambda_.get_layer_version_by_arn, Arn=f"{LAYER}real:2") == MISSING
    for call in (lambda_.get_layer_version, lambda_.delete_layer_version):
        for number in (-1, 0):
            refused = refusal(call, LayerName="real", VersionNumber=number)
            assert refused == (*INVALID, "Layer Version Cannot be less than 1")
    code, message = refusal(lambda_.get_layer_version_by_arn, Arn=f"{LAYER}real")[1:]
    assert code == "ValidationException"
    assert f"Value '{LAYER}real' at 'arn' failed to satisfy constraint" in message
    refused = refusal(
        publish,
        lambda_,
        "unsuited",
        CompatibleRuntimes=["invalidruntime", "python3.13"],
        CompatibleArchitectures=["invalidarch"],
    )
    assert refused[1] == "ValidationException"
    first, second = refused[2].split("; ")
    assert first.startswith(
        "2 validation errors detected: Value '[invalidruntime, python3.13]' at "
        "'compatibleRuntimes' failed to satisfy constraint: Member must satisfy enum value set: ["
    )
    assert second == (
        "Value '[invalidarch]' at 'compatibleArchitectures' failed to satisfy constraint: Member "
        "must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64]]"
    )
    assert refusal(lambda_.list_layers, CompatibleArchitecture="none")[2] == (
        "1 validation error detected: Value 'none' at 'compatibleArchitecture' failed to satisfy "
        "constraint: Member must satisfy enum value set: [x86_64, arm64]"
    )


@pytest.mark.fidelity(
    "Lambda",
    "A function has five layers at most, of its own region, one version of each.",
    source=RECORDING,
)
def test_layers_that_a_function_cannot_have(lambda_: Any) -> None:
    """A change of which a layer is refused changes nothing at all."""
    publish(lambda_, "worn")
    publish(lambda_, "worn")
    worn = f"{LAYER}worn"
    name = make(lambda_, "layered", Layers=[f"{worn}:2"])["FunctionName"]
    for layers, message in (
        (
            [f"{worn}:1", f"{worn}:2"],
            "Two different versions of the same layer are not allowed to be referenced in the same "
            f"function. {worn}:1 and {worn}:2 are versions of the same layer.",
        ),
        (
            [f"{worn}:1", f"{worn}:1"],
            "Two different versions of the same layer are not allowed to be referenced in the same "
            f"function. {worn}:1 and {worn}:1 are versions of the same layer.",
        ),
        ([f"{LAYER}none:1"], f"Layer version {LAYER}none:1 does not exist."),
        ([f"{worn}:9"], f"Layer version {worn}:9 does not exist."),
        ([f"{LAYER}a{number}:1" for number in range(6)], "Cannot reference more than 5 layers."),
        (
            [f"{worn}:1".replace("us-east-1", "eu-west-1")],
            "Layers are not in the same region as the function. Layers are expected to be in "
            "region us-east-1.",
        ),
    ):
        change = {"FunctionName": name, "Description": "changed", "Layers": layers}
        refused = refusal(lambda_.update_function_configuration, **change)
        assert refused == (*INVALID, message)
        assert refusal(make, lambda_, "unlayered", Layers=layers)[2] == message
    theirs = f"{worn}:1".replace("123456789012", "111122223333")
    assert refusal(make, lambda_, "unlayered", Layers=[theirs])[:2] == INVALID
    code, message = refusal(make, lambda_, "unlayered", Layers=[worn])[1:]
    assert code == "ValidationException"
    assert message.startswith(
        f"1 validation error detected: Value '[{worn}]' at 'layers' failed to satisfy constraint: "
        "Member must satisfy constraint: [Member must have length less than or equal to "
    )
    shown = lambda_.get_function_configuration(FunctionName=name)
    assert (shown["Description"], shown["Layers"][0]["Arn"]) == ("", f"{worn}:2")
