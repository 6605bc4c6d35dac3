"""The seam to moto's Lambda backend."""

from __future__ import annotations

import asyncio
import inspect
import json
from typing import Any

import pytest
from moto.awslambda import models, responses
from moto.awslambda.exceptions import InvalidParameterValueException, ValidationException
from moto.logs.models import LogsBackend, LogStream

from tests.cloud.functions.surroundings import ACCOUNT, WAITING_HANDLER, Gate, surroundings

PASS = "def handler(event, context): return None"


def parameters(function: object) -> list[str]:
    return list(inspect.signature(function).parameters)  # type: ignore[arg-type]


def test_moto_is_still_as_we_know_it() -> None:
    """Everything inside moto that this plane leans on."""
    assert parameters(models.LambdaFunction.__init__)[1:5] == [
        "account_id",
        "spec",
        "region",
        "version",
    ]
    assert parameters(models.LambdaFunction._set_function_code) == ["self", "updated_spec"]
    assert parameters(models.LambdaFunction._get_layers_data)[0] == "self"
    assert parameters(models.LambdaFunction.update_configuration) == ["self", "config_updates"]
    assert parameters(models.LambdaFunction.invoke)[1] == "body"
    assert parameters(models.LambdaStorage.put_function) == ["self", "fn"]
    assert parameters(models.LambdaBackend.get_function)[1:] == [
        "function_name_or_arn",
        "qualifier",
    ]
    assert "payload = fn.invoke(body, " in inspect.getsource(models.LambdaBackend.invoke)
    assert "self.backend.create_function(" in inspect.getsource(responses.LambdaResponse)
    assert parameters(LogsBackend.get_log_events)[1] == "log_group_name"
    assert parameters(LogsBackend.filter_log_events)[1] == "log_group_name"
    assert "self.events: list[LogEvent]" in inspect.getsource(LogStream.__init__)


@pytest.mark.fidelity(
    "Lambda",
    "The configuration shows LoggingConfig with group and format.",
    source="Lambda API: CreateFunction",
)
def test_the_configuration_names_the_log_group() -> None:
    """moto leaves LoggingConfig out."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("plain", PASS)
            cloud.create("json", PASS, LoggingConfig={"LogFormat": "JSON", "LogGroup": "/shop"})
            functions = {
                function.function_name: function.get_configuration()["LoggingConfig"]
                for function in cloud.backend.list_functions()
            }
            assert functions == {
                "plain": {"LogFormat": "Text", "LogGroup": "/aws/lambda/plain"},
                "json": {
                    "LogFormat": "JSON",
                    "LogGroup": "/shop",
                    "ApplicationLogLevel": "INFO",
                    "SystemLogLevel": "INFO",
                },
            }

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "LogFormat=JSON makes platform lines and the function's own JSON.",
    source="Lambda guide: telemetry-schema-reference",
)
def test_json_logs_are_json_throughout() -> None:
    """Platform events and the function's own; the group is the one that was named."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            code = "import logging\ndef handler(e, c): logging.warning('sold out')"
            cloud.create("json", code, LoggingConfig={"LogFormat": "JSON"})
            await cloud.invoke("json")
            documents = [json.loads(line) for line in cloud.log("json")]
            assert [document.get("type") for document in documents] == [
                "platform.initStart",
                "platform.start",
                None,
                "platform.report",
            ]
            assert (documents[2]["level"], documents[2]["message"]) == ("WARNING", "sold out")
            quiet = {"LogFormat": "JSON", "ApplicationLogLevel": "ERROR"}
            cloud.create("quiet", code, LoggingConfig=quiet)
            await cloud.invoke("quiet")
            assert not any("sold out" in line for line in cloud.log("quiet"))

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"Runtime": "nodejs22.x"}, "runs zip files with a python3.x runtime, not nodejs22.x"),
        ({"PackageType": "Image", "Runtime": ""}, "not PackageType Image"),
        ({"PackageType": "Image", "Handler": None}, "not PackageType Image"),
        ({"Runtime": ""}, "Runtime and Handler are mandatory parameters"),
        ({"Handler": ""}, "Runtime and Handler are mandatory parameters"),
        ({"Code": {"ZipFile": "bm8gemlw"}}, "Could not unzip uploaded file"),
        ({"Code": {}}, "Please provide a source for function code."),
        ({"Code": {"S3Bucket": "none", "S3Key": "x"}}, "S3 Error Code: NoSuchBucket. "),
        ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, "reserved keys"),
        ({"Role": f"arn:aws:iam::{ACCOUNT}:role/nobody"}, "cannot be assumed by Lambda"),
    ],
)
@pytest.mark.fidelity(
    "Lambda",
    "A role that Lambda cannot assume, and code that is no zip, are refused.",
    source="Lambda API: CreateFunction",
)
def test_what_cannot_run_is_not_created(options: dict[str, object], message: str) -> None:
    """AWS's errors, and a clear one for what this cloud does not run."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            with pytest.raises(InvalidParameterValueException) as refused:
                cloud.create("refused", PASS, **options)
            assert message in refused.value.message
            assert not list(cloud.backend.list_functions())

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "A new function has 3 s, 128 MB of memory and 512 MB of scratch space.",
    source="Lambda API: CreateFunction",
)
def test_a_new_function_has_the_defaults_of_aws() -> None:
    """Shown, and kept: after three seconds it is ended."""

    async def scenario() -> None:
        async with surroundings() as cloud, Gate.closed() as gate:
            cloud.create("plain", WAITING_HANDLER)
            shown = cloud.backend.get_function("plain").get_configuration()
            assert (shown["Timeout"], shown["MemorySize"]) == (3, 128)
            assert shown["EphemeralStorage"] == {"Size": 512}
            outcome = await cloud.invoke("plain", {"gate": gate.port})
            message = json.loads(outcome.payload)["errorMessage"]
            assert message.endswith("Task timed out after 3.00 seconds")

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "options", [{"Timeout": 901}, {"MemorySize": 10_241}, {"Handler": "app handler"}]
)
@pytest.mark.fidelity(
    "Lambda",
    "A timeout is at most 900 s, memory at most 10,240 MB.",
    source="Lambda guide: gettingstarted-limits",
)
def test_the_limits_are_those_of_aws(options: dict[str, Any]) -> None:
    """15 minutes, 10 GB, and no blank in a handler."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            with pytest.raises(ValidationException, match="failed to satisfy constraint"):
                cloud.create("large", PASS, **options)
            cloud.create("fits", PASS)
            with pytest.raises(ValidationException):
                cloud.backend.update_function_configuration("fits", None, options)

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda",
    "After a refused update the function runs on as before.",
    source="Lambda API: UpdateFunctionCode",
)
def test_a_bad_update_leaves_the_old_code() -> None:
    """The function runs on as before."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("stays", "def handler(event, context): return 'old'")
            with pytest.raises(InvalidParameterValueException, match="Could not unzip"):
                cloud.backend.update_function_code("stays", None, {"ZipFile": "bm8gemlw"})
            # https://github.com/aws/aws-sdk-php/issues/580
            for spec, message in (
                ({"Publish": True}, "Please provide a source for function code."),
                ({"S3Bucket": "none", "S3Key": "x"}, "S3 Error Code: NoSuchBucket. "),
            ):
                with pytest.raises(InvalidParameterValueException, match=message):
                    cloud.backend.update_function_code("stays", None, spec)
            assert (await cloud.invoke("stays")).payload == b'"old"'

    asyncio.run(scenario())


def test_another_service_of_moto_invokes_in_the_background() -> None:
    """S3 notifications and their like get an answer at once; the function runs soon."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("called", "def handler(event, context): print('got', event['a'])")
            headers: dict[str, str] = {}
            function = cloud.backend.get_function("called")
            assert function.invoke('{"a": 1}', {}, headers) == b""
            (event,) = [task for task in asyncio.all_tasks() if task.get_name().startswith("event")]
            await asyncio.wait_for(event, 20)
            assert "got 1\n" in cloud.log("called")

    asyncio.run(scenario())


def test_a_deleted_function_is_gone() -> None:
    """Its idle worker too."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("short", PASS)
            await cloud.invoke("short")
            (worker,) = [task for task in asyncio.all_tasks() if "worker" in task.get_name()]
            cloud.backend.delete_function("short")
            await asyncio.wait_for(worker, 20)

    asyncio.run(scenario())


@pytest.mark.fidelity(
    "Lambda", "Publish makes version 1.", source="Lambda guide: configuration-versions"
)
def test_a_published_function_is_a_version() -> None:
    """Create with Publish answers with version 1; `$LATEST` can be listed beside it."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("released", PASS, Publish=True)
            versions = cloud.backend.list_functions("ALL")
            assert [str(function.version) for function in versions] == ["$LATEST", "1"]

    asyncio.run(scenario())


def test_a_layer_must_be_a_zip_file() -> None:
    """It is refused when it is published, not when a function starts with it."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            layer = {"LayerName": "tools", "Content": {"ZipFile": "bm8gemlw"}}
            with pytest.raises(InvalidParameterValueException, match="Could not unzip"):
                cloud.backend.publish_layer_version(layer)
            assert not list(cloud.backend.list_layers())

    asyncio.run(scenario())


def test_a_destination_that_is_no_arn_is_refused_as_on_aws() -> None:
    """The pattern comes before the question what this cloud sends events to."""

    async def scenario() -> None:
        async with surroundings() as cloud:
            cloud.create("sender", PASS)
            put = cloud.backend.put_function_event_invoke_config
            with pytest.raises(ValidationException, match="regular expression"):
                put("sender", {"DestinationConfig": {"OnSuccess": {"Destination": "nowhere"}}})

    asyncio.run(scenario())
