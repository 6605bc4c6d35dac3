"""Nothing is ignored silently: every parameter works, or is refused."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.model import Shape
from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores

from labkit.cloud.refusals import refusal
from labkit.cloud.refused import REFUSED
from tests.cloud.functions.surroundings import TRUST
from tests.cloud.honoured import HONOURED
from tests.cloud.parameters import ATTRIBUTES, covers, input_of, model_of, parameters_of

UNCHECKED = Config(parameter_validation=False, inject_host_prefix=False)
FOLDER = Path(__file__).parent


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests in a file below tests/cloud."""
    return frozenset(re.findall(r"^ *(?:async )?def (test_\w+)", (FOLDER / file).read_text(), re.M))


def test_every_parameter_that_works_has_a_test() -> None:
    """The tests that the table of what is honoured names exist."""
    named = {test for names in HONOURED.values() for tests in names.values() for test in tests}
    missing = [
        test
        for test in sorted(named)
        if test.partition("::")[2] not in names_in(test.partition("::")[0])
    ]
    assert missing == []


@cache
def words_in(file: str) -> frozenset[str]:
    """The words of a file below tests/cloud, and of the modules of tests that it imports."""
    text = (FOLDER / file).read_text()
    imported = re.findall(r"^from tests\.([\w.]+) import", text, re.M)
    helpers = [FOLDER.parent / f"{name.replace('.', '/')}.py" for name in imported]
    return frozenset(re.findall(r"\w+", text + "".join(helper.read_text() for helper in helpers)))


def test_every_parameter_that_works_is_named_by_its_test() -> None:
    """By the test's own module, as the API spells it or as Python does."""
    unnamed = []
    for operations in HONOURED.values():
        for operation, tests in operations.items():
            for test, parameters in tests.items():
                words = words_in(test.partition("::")[0])
                for parameter in parameters.split():
                    name = parameter.rpartition(".")[2]
                    spellings = {name, name[0].upper() + name[1:], camelcase_to_underscores(name)}
                    if not spellings & words:
                        unnamed.append((operation, parameter, test))
    assert unnamed == []


@pytest.mark.parametrize("service", HONOURED)
def test_what_is_honoured_is_a_parameter(service: str) -> None:
    """Of one of the service's operations, each of which is there: no row is out of date."""
    known = model_of(service).operation_names
    every = {name for operation in known for name in parameters_of(service, operation)}
    rows = {
        parameter
        for tests in HONOURED[service].values()
        for parameters in tests.values()
        for parameter in parameters.split()
    }
    assert HONOURED[service].keys() <= set(known)
    assert sorted(row for row in rows if not covers(every, row)) == []


STATEMENTS = [{"Statement": "x"}]
KNOWN = {
    "IntegrationType": "AWS_PROXY",
    "RoleArn": "arn:aws:iam::123456789012:role/all",
    "Statements": STATEMENTS,
    "TransactStatements": STATEMENTS,
    "statusCode": "200",
}


def sample(shape: Shape) -> Any:
    """Some value of a shape that is not empty."""
    if shape.name == "AttributeValue":  # which may hold itself
        return {"S": "x"}
    match shape.type_name:
        case "structure":
            members = list(shape.members.items())[: 1 if shape.is_tagged_union else None]
            return {name: sample(member) for name, member in members}
        case "list":
            return [sample(shape.member)]
        case "map":
            return {"x": sample(shape.value)}
        case "boolean":
            return True
        case "integer" | "long" | "double":
            return max(7, shape.metadata.get("min", 0))
        case "timestamp":
            return "2026-11-23T00:00:00Z"
        case "blob":
            return b"x"
    return "x"


def member_of(shape: Shape, name: str) -> str | None:
    """What a member is called in the SDK; HTTP APIs have small letters on the wire."""
    names = (name, name[0].upper() + name[1:])
    return next((name for name in names if name in shape.members), None)


def leaf(shape: Shape, path: str) -> Shape | None:
    """The shape that a path of the table leads to; None when this operation has no such thing."""
    for part in path.split("."):
        if shape.type_name == "list":
            shape = shape.member
        if shape.type_name == "map":
            return shape.value
        name = member_of(shape, part)
        if name is None:
            return None
        shape = shape.members[name]
    return shape


def nested(shape: Shape, path: str, value: Any) -> Any:
    """A document of a shape with `value` at the end of the path; list members are complete."""
    if shape.type_name == "list":
        required = getattr(shape.member, "required_members", ())
        complete = {name: sample(shape.member.members[name]) for name in required}
        return [complete | nested(shape.member, path, value)]
    if shape.type_name == "map":
        return {path: value}
    part, _, rest = path.partition(".")
    name = member_of(shape, part)
    return {name: nested(shape.members[name], rest, value) if rest else value}


def call_of(service: str, operation: str, parameter: str) -> dict[str, Any] | None:
    """Arguments that use one refused parameter; None when the operation does not have it."""
    shape = input_of(service, operation)
    members = {name: shape.members[name] for name in shape.required_members}
    required = {
        name: {} if member.type_name == "structure" else KNOWN.get(name) or sample(member)
        for name, member in members.items()
    }
    if not parameter:
        return required
    if "AttributeName" in shape.members:
        attribute = parameter.removeprefix("Attributes.")
        value = {"AttributeName": attribute, "AttributeValue": "x"}
        return required | value if attribute in ATTRIBUTES[operation] else None
    end = leaf(shape, parameter)
    if end is None:
        return None
    only = REFUSED[service][operation][parameter].only
    value = ([only[0]] if end.type_name == "list" else only[0]) if only else sample(end)
    return required | nested(shape, parameter, value)


@pytest.fixture(scope="module", autouse=True)
def role_of_all(client: Callable[..., Any]) -> None:
    """A role that everybody may take, so that STS reads the other parameters."""
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:*"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    client("iam").create_role(RoleName="all", AssumeRolePolicyDocument=json.dumps(document))


@pytest.fixture(scope="module")
def unchecked(client: Callable[..., Any]) -> Callable[[str], Any]:
    """Makes clients that send what they are given, one of each service."""
    return cache(lambda service: client(service, config=UNCHECKED))


CALLS = [
    (service, operation, parameter, arguments)
    for service, operations in REFUSED.items()
    for operation, rules in operations.items()
    for parameter in rules
    if (arguments := call_of(service, operation, parameter)) is not None
]


@pytest.mark.parametrize(
    ("service", "operation", "parameter", "arguments"),
    CALLS,
    ids=[".".join(call[:3]) for call in CALLS],
)
def test_what_is_in_the_table_is_refused(
    unchecked: Callable[[str], Any],
    service: str,
    operation: str,
    parameter: str,
    arguments: dict[str, Any],
) -> None:
    """400 in the service's own form, with a message that names parameter, reason and table."""
    rule = REFUSED[service][operation][parameter]
    client = unchecked(service)
    methods = {name: method for method, name in client.meta.method_to_api_mapping.items()}
    with pytest.raises(ClientError) as refused:
        getattr(client, methods[operation])(**arguments)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    message = refused.value.response["Error"]["Message"]
    assert f"{parameter or operation} is not in the local cloud: {rule.why}." in message
    assert "The fidelity table, docs/fidelity.md, says what is." in message


def test_every_row_of_the_table_is_a_parameter() -> None:
    """A parameter that no operation of its service has would be a slip of the pen."""
    tried = {(service, parameter) for service, _, parameter, _ in CALLS}
    rows = {
        (service, parameter)
        for service, operations in REFUSED.items()
        for rules in operations.values()
        for parameter in rules
    }
    assert rows == tried


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("lambda", "CreateFunction", {"TracingConfig": {"Mode": "PassThrough"}}),
        ("lambda", "CreateFunction", {"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []}}),
        ("lambda", "CreateFunction", {"KMSKeyArn": "", "ImageConfig": {}}),
        ("dynamodb", "CreateTable", {"SSESpecification": {"Enabled": False}}),
        ("sns", "Subscribe", {"Protocol": "pigeon"}),
        ("apigateway", "CreateRestApi", {"endpointConfiguration": {"types": ["REGIONAL"]}}),
        ("sqs", "SendMessage", {"MessageBody": "x"}),
    ],
)
def test_what_changes_nothing_passes(
    service: str, operation: str, parameters: dict[str, Any]
) -> None:
    """Nothing, a default, or what is the service's own to refuse."""
    assert refusal(service, operation, parameters) is None


def test_moto_answers_through_call_action() -> None:
    """What `install` takes the place of, and what it reads."""
    assert callable(BaseResponse.call_action)
    for name in ("_get_action", "boto3_service_name"):
        assert hasattr(BaseResponse, name)
    assert BaseResponse("sqs").automated_parameter_parsing is False
    assert BaseResponse("lambda").boto3_service_name == "lambda"


CODE = "def handler(event, context):\n    return {answer!r}\n"


def zipped(answer: str) -> bytes:
    """A function that always gives the same answer."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", CODE.format(answer=answer))
    return buffer.getvalue()


@pytest.fixture(scope="module")
def role(client: Callable[..., Any]) -> str:
    """A role that Lambda can assume."""
    iam = client("iam")
    made = iam.create_role(RoleName="kept", AssumeRolePolicyDocument=json.dumps(TRUST))
    return made["Role"]["Arn"]


@pytest.mark.fidelity(
    "Lambda",
    "Code may come from a bucket; a dry run of an update changes nothing.",
    source="Lambda API: UpdateFunctionCode",
)
def test_a_function_may_come_from_a_bucket(client: Callable[..., Any], role: str) -> None:
    """At creation and at an update."""
    s3, functions = client("s3"), client("lambda")
    s3.create_bucket(Bucket="code")
    for answer in ("one", "two"):
        s3.put_object(Bucket="code", Key=f"{answer}.zip", Body=zipped(answer))
    functions.create_function(
        FunctionName="from-s3",
        Runtime="python3.13",
        Role=role,
        Handler="app.handler",
        Code={"S3Bucket": "code", "S3Key": "one.zip"},
    )
    update = {"FunctionName": "from-s3", "S3Bucket": "code", "S3Key": "two.zip"}
    answers = [functions.invoke(FunctionName="from-s3")["Payload"].read()]
    for dry in (True, False):
        functions.update_function_code(**update, DryRun=dry)
        answers.append(functions.invoke(FunctionName="from-s3")["Payload"].read())
    assert answers == [b'"one"', b'"one"', b'"two"']
    layer = {"S3Bucket": "code", "S3Key": "one.zip"}
    made = functions.publish_layer_version(LayerName="from-s3", Content=layer)
    assert made["Content"]["CodeSize"] == len(zipped("one"))
