"""Decisions: a table of cases from AWS's documentation, and laws that hold for any policies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.cloud.access.decide import Call, Kind, Policies, decide
from labkit.cloud.access.documents import policy
from labkit.cloud.access.principals import Principal

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/writer"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/writer/order-writer"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"
WRITER = Principal(SESSION, ACCOUNT, ROLE, "AROAWRITER:order-writer")
ANA = Principal(f"arn:aws:iam::{ACCOUNT}:user/ana", ACCOUNT, unique_id="AIDAANA")
SNS = Principal("sns.amazonaws.com", service="sns.amazonaws.com")
LAMBDA = Principal("lambda.amazonaws.com", service="lambda.amazonaws.com")


def statement(effect: str = "Allow", action="sqs:SendMessage", resource=QUEUE, **more) -> dict:
    """A statement of an identity policy, or with `Principal=` of a resource's."""
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def policies(*statements: dict) -> tuple:
    """One policy with these statements."""
    return (policy("p", {"Version": "2012-10-17", "Statement": list(statements)}),)


def by(who) -> dict:
    """A statement that allows `who`."""
    return statement(Principal=who)


ALLOW, DENY = statement(), statement("Deny")
LOGIC = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
EVALUATION = LOGIC + "reference_policies_evaluation-logic_policy-eval-basics.html"
BOUNDARIES = LOGIC + "access_policies_boundaries.html"
SESSIONS = LOGIC + "access_policies.html#policies_session"
PRINCIPALS = LOGIC + "reference_policies_elements_principal.html"
NOT_ACTION = LOGIC + "reference_policies_elements_notaction.html"
NOT_RESOURCE = LOGIC + "reference_policies_elements_notresource.html"
NOT_PRINCIPAL = LOGIC + "reference_policies_elements_notprincipal.html"
DENY_ALLOW = LOGIC + "reference_policies_evaluation-logic_policy-eval-denyallow.html"
DEPUTY = LOGIC + "confused-deputy.html"
FROM_TOPIC = {
    "ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:t"},
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
}
OF_TOPIC = {
    "aws:sourcearn": "arn:aws:sns:us-east-1:123456789012:t",
    "aws:sourceaccount": ACCOUNT,
}

CASES = [
    # source, principal, policies, context, allowed, deciding kind
    (EVALUATION, ANA, Policies(), {}, False, Kind.IDENTITY),
    (EVALUATION, ANA, Policies(identity=policies(ALLOW)), {}, True, Kind.IDENTITY),
    (EVALUATION, ANA, Policies(identity=policies(ALLOW, DENY)), {}, False, Kind.IDENTITY),
    (EVALUATION, ANA, Policies(resource=policies(by({"AWS": ANA.arn}))), {}, True, Kind.RESOURCE),
    (EVALUATION, WRITER, Policies(resource=policies(by({"AWS": ROLE}))), {}, True, Kind.RESOURCE),
    (
        EVALUATION,
        ANA,
        Policies(identity=policies(ALLOW), resource=policies(by("*") | {"Effect": "Deny"})),
        {},
        False,
        Kind.RESOURCE,
    ),
    (PRINCIPALS, ANA, Policies(resource=policies(by({"AWS": ACCOUNT}))), {}, False, Kind.IDENTITY),
    (
        PRINCIPALS,
        ANA,
        Policies(
            identity=policies(ALLOW),
            resource=policies(by({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
        ),
        {},
        True,
        Kind.IDENTITY,
    ),
    (PRINCIPALS, ANA, Policies(resource=policies(by("*"))), {}, True, Kind.RESOURCE),
    (
        PRINCIPALS,
        WRITER,
        Policies(resource=policies(by({"AWS": SESSION}))),
        {},
        True,
        Kind.RESOURCE,
    ),
    (PRINCIPALS, SNS, Policies(resource=policies(by({"AWS": ACCOUNT}))), {}, False, Kind.RESOURCE),
    (
        BOUNDARIES,
        ANA,
        Policies(identity=policies(ALLOW), boundary=policies(statement(action="s3:*"))),
        {},
        False,
        Kind.BOUNDARY,
    ),
    (
        BOUNDARIES,
        ANA,
        Policies(identity=policies(ALLOW), boundary=policies(ALLOW)),
        {},
        True,
        Kind.IDENTITY,
    ),
    (BOUNDARIES, ANA, Policies(boundary=policies(ALLOW)), {}, False, Kind.IDENTITY),
    (
        BOUNDARIES,
        ANA,
        Policies(resource=policies(by({"AWS": ANA.arn})), boundary=()),
        {},
        True,
        Kind.RESOURCE,
    ),
    (
        BOUNDARIES,
        WRITER,
        Policies(resource=policies(by({"AWS": ROLE})), boundary=()),
        {},
        False,
        Kind.BOUNDARY,
    ),
    (
        BOUNDARIES,
        WRITER,
        Policies(resource=policies(by({"AWS": SESSION})), boundary=()),
        {},
        True,
        Kind.RESOURCE,
    ),
    (
        SESSIONS,
        WRITER,
        Policies(identity=policies(ALLOW), session=policies(statement(action="sqs:Get*"))),
        {},
        False,
        Kind.SESSION,
    ),
    (
        SESSIONS,
        WRITER,
        Policies(identity=policies(ALLOW), session=policies(ALLOW)),
        {},
        True,
        Kind.IDENTITY,
    ),
    (
        NOT_ACTION,
        ANA,
        Policies(identity=policies({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})),
        {},
        True,
        Kind.IDENTITY,
    ),
    (
        NOT_ACTION,
        ANA,
        Policies(identity=policies({"Effect": "Allow", "NotAction": "sqs:*", "Resource": "*"})),
        {},
        False,
        Kind.IDENTITY,
    ),
    (
        NOT_RESOURCE,
        ANA,
        Policies(
            identity=policies(
                {"Effect": "Allow", "Action": "sqs:*", "NotResource": f"{QUEUE}-dead"}
            )
        ),
        {},
        True,
        Kind.IDENTITY,
    ),
    (
        NOT_RESOURCE,
        ANA,
        Policies(identity=policies({"Effect": "Allow", "Action": "sqs:*", "NotResource": QUEUE})),
        {},
        False,
        Kind.IDENTITY,
    ),
    (
        NOT_PRINCIPAL,
        ANA,
        Policies(
            identity=policies(ALLOW),
            resource=policies(statement("Deny", NotPrincipal={"AWS": [ANA.arn, ACCOUNT]})),
        ),
        {},
        True,
        Kind.IDENTITY,
    ),
    (
        NOT_PRINCIPAL,
        ANA,
        Policies(
            identity=policies(ALLOW),
            resource=policies(statement("Deny", NotPrincipal={"AWS": ROLE})),
        ),
        {},
        False,
        Kind.RESOURCE,
    ),
    *(
        (
            NOT_PRINCIPAL,
            caller,
            Policies(
                identity=policies(ALLOW),
                resource=policies(statement("Deny", NotPrincipal={"AWS": excepted})),
            ),
            {},
            allowed,
            Kind.IDENTITY if allowed else Kind.RESOURCE,
        )
        for caller, excepted, allowed in [
            (ANA, f"arn:aws:iam::{ACCOUNT}:root", False),
            (ANA, ACCOUNT, False),
            (ANA, ANA.arn, False),
            (ANA, [ANA.arn, f"arn:aws:iam::{ACCOUNT}:root"], True),
            (ANA, "*", True),
            (WRITER, [ROLE, f"arn:aws:iam::{ACCOUNT}:root"], True),
            (WRITER, [SESSION, ROLE, f"arn:aws:iam::{ACCOUNT}:root"], True),
            (WRITER, [ANA.arn, f"arn:aws:iam::{ACCOUNT}:root"], False),
        ]
    ),
    *(  # "will always deny any IAM principal that has a permissions boundary policy attached"
        (
            BOUNDARIES,
            caller,
            Policies(
                identity=policies(ALLOW),
                resource=policies(
                    statement("Deny", NotPrincipal={"AWS": [caller.identity_arn, ACCOUNT]})
                ),
                boundary=policies(ALLOW),
            ),
            {},
            False,
            Kind.RESOURCE,
        )
        for caller in (ANA, WRITER)
    ),
    *(  # an Allow, which AWS does not support, means nobody who is named
        (
            NOT_PRINCIPAL,
            ANA,
            Policies(resource=policies(statement(NotPrincipal={"AWS": excepted}))),
            {},
            allowed,
            Kind.RESOURCE if allowed else Kind.IDENTITY,
        )
        for excepted, allowed in [(ANA.arn, False), (ACCOUNT, False), (ROLE, True)]
    ),
    *(  # a wildcard with aws:PrincipalArn: no boundary and no session policy limits it
        (
            DENY_ALLOW,
            WRITER,
            Policies(
                resource=policies(by({"AWS": "*"}) | {"Condition": condition}),
                boundary=(),
                session=(),
            ),
            {"aws:principalarn": ROLE},
            allowed,
            Kind.RESOURCE if allowed else Kind.BOUNDARY,
        )
        for condition, allowed in [
            ({"ArnEquals": {"aws:PrincipalArn": ROLE}}, True),
            ({"StringNotEquals": {"aws:PrincipalArn": ANA.arn}}, False),
            ({"Null": {"aws:PrincipalArn": "false"}}, False),
        ]
    ),
    (
        PRINCIPALS,
        ANA,
        Policies(identity=policies(ALLOW), resource=policies(statement("Deny"))),
        {},
        True,
        Kind.IDENTITY,
    ),
    (PRINCIPALS, SNS, Policies(resource=policies(ALLOW)), {}, False, Kind.RESOURCE),
    (
        DEPUTY,
        SNS,
        Policies(
            resource=policies(by({"Service": "sns.amazonaws.com"}) | {"Condition": FROM_TOPIC})
        ),
        OF_TOPIC,
        True,
        Kind.RESOURCE,
    ),
    (
        DEPUTY,
        SNS,
        Policies(
            resource=policies(by({"Service": "sns.amazonaws.com"}) | {"Condition": FROM_TOPIC})
        ),
        OF_TOPIC | {"aws:sourceaccount": "999999999999"},
        False,
        Kind.RESOURCE,
    ),
    (
        DEPUTY,
        LAMBDA,
        Policies(resource=policies(by({"Service": "sns.amazonaws.com"}))),
        {},
        False,
        Kind.RESOURCE,
    ),
    (
        LOGIC + "reference_policies_variables.html",
        ANA,
        Policies(identity=policies(statement(resource="arn:aws:sqs:*:*:${aws:username}"))),
        {"aws:username": "orders"},
        True,
        Kind.IDENTITY,
    ),
]


@pytest.mark.parametrize(("source", "principal", "given", "context", "allowed", "kind"), CASES)
def test_documented_cases(source, principal, given, context, allowed, kind):
    """AWS's page at `source` says that this is allowed or denied, and by which kind of policy."""
    decision = decide(Call(principal, "sqs:SendMessage", QUEUE, context), given)
    assert (decision.allowed, decision.kind) == (allowed, kind), source


OLDER = "2008-10-17"


@pytest.mark.parametrize(
    ("more", "resource", "allowed"),
    [
        ({}, "arn:aws:sqs:us-east-1:123456789012:${aws:username}", False),
        ({"Condition": {"StringEquals": {"aws:username": "${aws:username}"}}}, "*", False),
        ({"Condition": {"StringLike": {"aws:username": "${*}"}}}, "*", False),
        ({"Condition": {"StringEquals": {"aws:username": "orders"}}}, "*", True),
    ],
)
def test_an_older_document_knows_no_variables(more: dict, resource: str, allowed: bool):
    """What looks like one is plain text.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    """
    for version, expected in ((OLDER, allowed), ("2012-10-17", True)):
        if version != OLDER and "${*}" in str(more):
            continue
        own = policy(
            version, {"Version": version, "Statement": [statement(resource=resource, **more)]}
        )
        call = Call(ANA, "sqs:SendMessage", QUEUE, {"aws:username": "orders"})
        assert decide(call, Policies(identity=(own,))).allowed is expected


STRANGER = Principal("arn:aws:iam::999999999999:user/eve", "999999999999", unique_id="AIDAEVE")
CROSS = LOGIC + "reference_policies_evaluation-logic-cross-account.html"
NARROW = policies(statement(action="sqs:ReceiveMessage"))


@pytest.mark.parametrize(
    ("given", "kind", "allowed"),
    [
        (Policies(identity=policies(ALLOW)), Kind.RESOURCE, False),
        (Policies(resource=policies(by({"AWS": STRANGER.arn}))), Kind.IDENTITY, False),
        (Policies(resource=policies(by("*"))), Kind.IDENTITY, False),
        (
            Policies(identity=policies(ALLOW), resource=policies(by({"AWS": STRANGER.arn}))),
            Kind.IDENTITY,
            True,
        ),
        (
            Policies(identity=policies(ALLOW), resource=policies(by({"AWS": "999999999999"}))),
            Kind.IDENTITY,
            True,
        ),
        (
            Policies(
                identity=policies(ALLOW),
                resource=policies(by({"AWS": STRANGER.arn})),
                boundary=NARROW,
            ),
            Kind.BOUNDARY,
            False,
        ),
        (
            Policies(identity=policies(ALLOW, DENY), resource=policies(by("*"))),
            Kind.IDENTITY,
            False,
        ),
    ],
)
def test_another_accounts_resource(given: Policies, kind: Kind, allowed: bool):
    """Both accounts must allow it, within the caller's boundary: see CROSS."""
    decision = decide(Call(STRANGER, "sqs:SendMessage", QUEUE), given)
    assert (decision.allowed, decision.kind) == (allowed, kind), CROSS


@pytest.mark.parametrize(
    ("who", "allowed", "kind"),
    [
        ({"AWS": SESSION}, True, Kind.RESOURCE),
        ({"AWS": ROLE}, False, Kind.SESSION),
        ({"AWS": ACCOUNT}, False, Kind.SESSION),
        ("*", False, Kind.SESSION),
    ],
)
def test_a_session_policy_and_a_resources(who, allowed: bool, kind: Kind):
    """Only a resource's policy that names the session is not limited by the session's policy.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
    """
    given = Policies(identity=policies(ALLOW), resource=policies(by(who)), session=NARROW)
    decision = decide(Call(WRITER, "sqs:SendMessage", QUEUE), given)
    assert (decision.allowed, decision.kind) == (allowed, kind)


def trust(who: dict, **more) -> tuple:
    """A role's trust policy."""
    return policies({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": who, **more})


@pytest.mark.parametrize(
    ("principal", "given", "allowed"),
    [
        (LAMBDA, trust({"Service": "lambda.amazonaws.com"}), True),
        (LAMBDA, trust({"Service": "apigateway.amazonaws.com"}), False),
        (ANA, trust({"AWS": ANA.arn}), True),
        (ANA, trust({"AWS": ACCOUNT}), False),
        (ANA, (), False),
    ],
)
def test_a_roles_trust_must_allow(principal, given, allowed):
    """An identity policy does not open a role; its trust policy does.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html
    """
    decision = decide(Call(principal, "sts:AssumeRole", ROLE), Policies(resource=given, trust=True))
    assert decision.allowed is allowed
    everything = policies(statement(action="*", resource="*"))
    with_identity = decide(
        Call(ANA, "sts:AssumeRole", ROLE),
        Policies(identity=everything, resource=trust({"AWS": ACCOUNT}), trust=True),
    )
    assert with_identity.allowed
    without_trust = decide(
        Call(ANA, "sts:AssumeRole", ROLE), Policies(identity=everything, trust=True)
    )
    assert without_trust.kind is Kind.TRUST


def test_denials_in_awss_words():
    """The end of a denial says which kind of policy denied it, or lacks a statement.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    nothing = decide(Call(ANA, "sqs:SendMessage", QUEUE), Policies())
    denied = decide(Call(ANA, "sqs:SendMessage", QUEUE), Policies(identity=policies(DENY)))
    assert nothing.because("sqs:sendmessage") == (
        "because no identity-based policy allows the sqs:sendmessage action"
    )
    assert denied.because("x") == "with an explicit deny in an identity-based policy"
    assert denied.reason == "denied by the identity-based policy p (statement 1)"
    trust = policies(statement("Deny", action="sts:AssumeRole", resource=ROLE, Principal="*"))
    given = Policies(identity=policies(ALLOW), resource=trust, trust=True)
    for call, limits, words in (
        (Call(ANA, "sts:AssumeRole", ROLE), given, "in the role trust policy"),
        (
            Call(ANA, "sqs:SendMessage", QUEUE),
            Policies(boundary=policies(DENY)),
            "in a permissions",
        ),
        (Call(ANA, "sqs:SendMessage", QUEUE), Policies(session=policies(DENY)), "in a session"),
    ):
        assert f"with an explicit deny {words}" in decide(call, limits).because("x")


def test_a_document_that_cannot_be_read_allows_nothing():
    """No JSON, no list of statements, an unknown operator: no statement."""
    for text in ("{", "[]", '{"Statement": 5}', '{"Statement": {"Condition": {"Like": {}}}}'):
        assert policy("p", text).statements == () or not policy("p", text).statements[0].allows


STATEMENTS = st.lists(
    st.builds(
        statement,
        effect=st.sampled_from(["Allow", "Deny"]),
        action=st.sampled_from(["sqs:*", "SQS:sendmessage", "sns:Publish", "*", "sqs:Send?essage"]),
        resource=st.sampled_from(["*", QUEUE, QUEUE + "-other", "arn:aws:sqs:*:*:*"]),
    ),
    max_size=5,
)
CALL = Call(WRITER, "sqs:SendMessage", QUEUE)


@given(STATEMENTS, STATEMENTS)
def test_a_deny_wins_and_order_does_not_matter(first: list[dict], second: list[dict]):
    """A decision does not depend on the order of statements; with a matching deny it is no."""
    forward = decide(CALL, Policies(identity=policies(*first, *second)))
    backward = decide(CALL, Policies(identity=policies(*second[::-1], *first[::-1])))
    assert forward.allowed == backward.allowed
    assert not decide(CALL, Policies(identity=policies(*first, DENY))).allowed


@given(STATEMENTS, STATEMENTS)
def test_boundaries_and_sessions_only_narrow(identity: list[dict], limit: list[dict]):
    """With a boundary or a session policy, nothing is allowed that was not allowed without it."""
    without = decide(CALL, Policies(identity=policies(*identity)))
    for narrowed in (
        Policies(identity=policies(*identity), boundary=policies(*limit)),
        Policies(identity=policies(*identity), session=policies(*limit)),
    ):
        assert without.allowed or not decide(CALL, narrowed).allowed


@given(STATEMENTS)
def test_taking_an_allow_away_never_allows_more(identity: list[dict]):
    """Fewer allows permit no more, fewer denies forbid no more."""
    whole = decide(CALL, Policies(identity=policies(*identity))).allowed
    for number, removed in enumerate(identity):
        rest = identity[:number] + identity[number + 1 :]
        allowed = decide(CALL, Policies(identity=policies(*rest))).allowed
        assert allowed <= whole if removed["Effect"] == "Allow" else allowed >= whole
