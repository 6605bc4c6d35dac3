"""What parameters of many operations do alike: names, pages, filters by path, and tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from labkit.cloud.refused import REFUSED
from tests.cloud.by_example import CHANGES, FILTERS
from tests.cloud.by_rule import (
    ABSENT,
    NAMES,
    PAGED,
    REMOVING,
    TAGGING,
    is_here,
    names_of,
    paged_by,
    paginators_of,
    shown_by_rule,
)
from tests.cloud.honoured import HONOURED
from tests.cloud.hostile_requests import sample
from tests.cloud.inhabitants import ACCOUNT, POLICY, settle
from tests.cloud.parameters import as_sent, covers, input_of, model_of, parameters_of

Clients = Callable[..., Any]
SIMULATED = {"ActionNames": ["sqs:SendMessage", "sqs:ReceiveMessage"]}
# What an operation needs besides names.
GIVEN: dict[tuple[str, str], dict[str, Any]] = {
    ("iam", "ListPolicies"): {"Scope": "Local"},
    ("lambda", "UpdateFunctionEventInvokeConfig"): {"MaximumRetryAttempts": 2},
    ("iam", "SimulateCustomPolicy"): {**SIMULATED, "PolicyInputList": [POLICY]},
    ("iam", "SimulatePrincipalPolicy"): {
        **SIMULATED,
        "PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:role/one/one",
    },
}
READING = ("Describe", "Get", "List")
NOT_CLEAR = "cannot be understood"


@pytest.fixture(scope="module")
def known(client: Clients) -> dict[str, dict[str, Any]]:
    """Two of everything, and how the first ones are named."""
    return settle(client)


@pytest.fixture(scope="module")
def unchecked(client: Clients) -> Clients:
    """Makes clients that send what they are given, and ask once."""
    options = Config(
        parameter_validation=False,
        retries={"total_max_attempts": 1},
        inject_host_prefix=False,  # as in stream-127.0.0.1
    )
    return lambda service: client(service, config=options)


def arguments(service: str, operation: str, known: dict[str, Any]) -> dict[str, Any]:
    """What a call needs, with the names of what there is."""
    shape = input_of(service, operation)
    if shape is None:
        return {}
    needed = {name: sample(shape.members[name], known, name) for name in shape.required_members}
    named = {name: known[name] for name in names_of(service, operation)}
    return {**needed, **named, **GIVEN.get((service, operation), {})}


def another(name: Any) -> Any:
    """A name that nothing has."""
    if isinstance(name, list):
        return [another(each) for each in name]
    return 77 if isinstance(name, int) else "77" if name == "1" else f"{name}-gone"


def answer_of(call: Callable[..., Any], given: dict[str, Any]) -> Any:
    """What a call answers, a text if it is refused; None for one that is not, or not clearly."""
    try:
        answer = call(**given)
    except ClientError as error:
        return None if NOT_CLEAR in str(error) else str(error)
    del answer["ResponseMetadata"]
    return answer


def operations(service: str) -> list[str]:
    """The operations that are called by names, those that take something away at the end."""
    names = (name for name in model_of(service).operation_names if names_of(service, name))
    here = (name for name in names if is_here(service, name))
    return sorted(here, key=lambda name: (removes(name), name))


def removes(operation: str) -> bool:
    """Whether an operation takes something away."""
    return operation.startswith(REMOVING)


@pytest.mark.parametrize("service", HONOURED)
@pytest.mark.fidelity(
    "The local cloud",
    "Every parameter of the lab's services works or is refused; none is ignored silently.",
    differs="AWS has more than a lab needs; a refusal says so and names this table.",
)
def test_every_parameter_works_or_is_refused(service: str) -> None:
    """Each one in botocore's model has a test that shows it, or is in the refusals.

    Of an operation that the local cloud does not have, none of them has.
    """
    ignored = []
    for operation in model_of(service).operation_names:
        refused = REFUSED.get(service, {}).get(operation, {})
        shown = " ".join(HONOURED[service].get(operation, {}).values()).split()
        shown += [as_sent(service, name) for name in shown_by_rule(service, operation)]
        known = [*shown, *refused]
        left = [name for name in parameters_of(service, operation) if not covers(known, name)]
        if left and is_here(service, operation):
            ignored.append((operation, left))
    assert ignored == []


@pytest.mark.parametrize("service", NAMES)
def test_a_name_means_one_thing(
    service: str, known: dict[str, dict[str, Any]], unchecked: Clients
) -> None:
    """Names of what there is are taken; another one is refused, or changes what is answered."""
    client, wrong = unchecked(service), []
    for operation in operations(service):
        call = getattr(client, xform_name(operation))
        given = arguments(service, operation, known[service])
        reads = operation.startswith(READING)
        special = operation in HONOURED.get(service, ())  # has a test of its own
        before = answer_of(call, given) if reads or not (special or removes(operation)) else None
        if isinstance(before, str) and not special:
            wrong.append((operation, before))
        for name in names_of(service, operation):
            after = answer_of(call, {**given, name: another(given[name])})
            if after is None or (not isinstance(after, str) and (after == before or not reads)):
                wrong.append((operation, name, after))
    assert wrong == []


@pytest.mark.parametrize("service", PAGED)
def test_lists_come_in_pages(
    service: str, known: dict[str, dict[str, Any]], unchecked: Clients
) -> None:
    """Page by page there is what there is at once: one entry on each, in the same order."""
    client = unchecked(service)
    for operation in PAGED[service].split():
        given = arguments(service, operation, known[service])
        given.pop("keyId", None)  # of one there would be one
        method, named = xform_name(operation), paginators_of(service)[operation]["result_key"]
        keys = [named] if isinstance(named, str) else named
        pages = [
            [entry for key in keys for entry in page.get(key, [])]
            for page in client.get_paginator(method).paginate(
                **given, PaginationConfig={"PageSize": 1}
            )
        ]
        whole = getattr(client, method)(**given)
        entries = [entry for key in keys for entry in whole[key]]
        assert len(entries) > 1, operation
        assert pages == [[entry] for entry in entries], operation


@pytest.mark.parametrize(
    ("service", "operation", "given", "key", "field", "left"),
    FILTERS,
    ids=["-".join([row.operation, *row.given]) for row in FILTERS],
)
def test_lists_leave_out_what_is_not_asked_for(
    service: str,
    operation: str,
    given: dict[str, Any],
    key: str,
    field: str,
    left: list[Any],
    known: dict[str, dict[str, Any]],
    client: Clients,
) -> None:
    """By name, path, kind, use, source or version."""
    asked = {**arguments(service, operation, known[service]), **given}
    found = getattr(client(service), xform_name(operation))(**asked)[key]
    assert sorted(entry[field] for entry in found) == sorted(left)


@pytest.mark.parametrize(
    ("service", "operation", "given", "reading", "key"),
    CHANGES,
    ids=[row.operation for row in CHANGES],
)
def test_what_is_changed_is_shown(
    service: str,
    operation: str,
    given: dict[str, Any],
    reading: str,
    key: str,
    known: dict[str, dict[str, Any]],
    client: Clients,
) -> None:
    """Whoever reads it next sees what was given; `NewPath` is a path."""
    called = client(service)
    named = arguments(service, operation, known[service])
    getattr(called, xform_name(operation))(**{**named, **given})
    asked = arguments(service, reading, known[service])
    answer = getattr(called, xform_name(reading))(**asked)
    shown = answer[key] if key else answer
    wanted = {name.removeprefix("New"): value for name, value in given.items()}
    assert {name: shown[name] for name in wanted} == wanted


@pytest.mark.parametrize("service", ABSENT)
def test_what_cannot_be_made_is_not_there(service: str, unchecked: Clients) -> None:
    """Lists are empty, and who names one of them is told that there is none."""
    client, wrong = unchecked(service), []
    for operation in ABSENT[service].split():
        shape = input_of(service, operation)
        given = {
            name: sample(member, {}, name)
            for name, member in shape.members.items()
            if name not in paged_by(service, operation)
        }
        answer = answer_of(getattr(client, xform_name(operation)), given)
        reads = operation.startswith(READING)
        if not isinstance(answer, str) and (answer is None or any(answer.values()) or not reads):
            wrong.append((operation, answer))
    assert wrong == []


TAGGED = [
    (service, operation)
    for service, operations in TAGGING.items()
    for operation in operations.split()
    if operation.startswith("Tag")
]
LISTING = {
    "apigateway": "GetTags",
    "apigatewayv2": "GetTags",
    "dynamodb": "ListTagsOfResource",
    "lambda": "ListTags",
    "sqs": "ListQueueTags",
}


@pytest.mark.parametrize(("service", "tagging"), TAGGED)
def test_tags_are_added_shown_and_taken_away(
    service: str, tagging: str, known: dict[str, dict[str, Any]], client: Clients
) -> None:
    """More than one page of them; one with a key that is there takes the other's place."""
    called, kind = client(service), tagging.removeprefix("Tag")
    default = "ListTagsForResource" if kind == "Resource" else f"List{kind}Tags"
    listing = {"LogGroup": "ListTagsLogGroup"}.get(kind, LISTING.get(service, default))
    for named in tagged(service, tagging, known[service]):
        before = tags_of(called, listing, named)
        for colour in ("red", "blue"):
            tags = {f"colour-{number}": colour for number in range(12)}
            getattr(called, xform_name(tagging))(**named, **written(service, tagging, tags))
            assert tags_of(called, listing, named) == before | tags
        getattr(called, f"un{xform_name(tagging)}")(
            **named, **written(service, f"Unt{tagging[1:]}", tags)
        )
        assert tags_of(called, listing, named) == before


def tagged(service: str, operation: str, known: dict[str, Any]) -> list[dict[str, Any]]:
    """How a call about tags names what it is about, for each kind of it that there is."""
    name, *_ = names_of(service, operation)
    first = known[name]
    match service:
        case "apigateway":
            root = first.partition("/restapis")[0]
            key, plan = f"/apikeys/{known['keyId']}", f"/usageplans/{known['usagePlanId']}"
            several = [first, f"{first}/stages/one", root + key, root + plan]
        case "apigatewayv2":
            several = [first, f"{first}/stages/one"]
        case _:
            several = [first]
    return [{name: each} for each in several]


def written(service: str, operation: str, tags: dict[str, str]) -> dict[str, Any]:
    """Tags, or their keys, as an operation takes them."""
    members = input_of(service, operation).members.items()
    name, shape = next(each for each in members if each[0].lower() in ("tags", "tagkeys"))
    if shape.type_name == "map":
        return {name: tags}
    if shape.member.type_name == "structure":
        return {name: [{"Key": key, "Value": value} for key, value in tags.items()]}
    return {name: list(tags)}


def tags_of(client: Any, listing: str, named: dict[str, Any]) -> dict[str, str]:
    """All tags of something, on as many pages as there are."""
    method = xform_name(listing)
    paged = client.can_paginate(method)
    pages = (
        client.get_paginator(method).paginate(**named)
        if paged
        else [getattr(client, method)(**named)]
    )
    found: dict[str, str] = {}
    for page in pages:
        tags = page.get("Tags", page.get("tags", {}))
        found |= tags if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags}
    return found


def test_topics_come_in_pages_of_a_hundred(client: Clients) -> None:
    """There is no other size. https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html"""
    sns = client("sns")
    for number in range(101):
        sns.create_topic(Name=f"page-{number}")
    first = sns.list_topics()
    second = sns.list_topics(NextToken=first["NextToken"])
    assert len(first["Topics"]) == 100
    assert "NextToken" not in second
    arns = {topic["TopicArn"] for page in (first, second) for topic in page["Topics"]}
    assert len(arns) == 100 + len(second["Topics"])


def test_a_key_is_of_its_account(known: dict[str, dict[str, Any]], client: Clients) -> None:
    """Of the one that there is."""
    key = known["iam"]["AccessKeyId"]
    assert client("sts").get_access_key_info(AccessKeyId=key)["Account"] == ACCOUNT
