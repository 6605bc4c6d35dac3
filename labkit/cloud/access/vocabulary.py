"""Which services and actions there are, by botocore's models of their APIs.

Most actions are named as operations are. Those of the services that the course uses are checked one
by one; any action of another service is taken.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import difflib
from functools import cache

import botocore.session

from labkit.cloud.access.actions import RENAMED
from labkit.cloud.access.patterns import matches
from labkit.cloud.protocols import service_model

# The models whose operations are a service's actions.
MODELS = {
    **{name: (name,) for name in ("cloudwatch", "iam", "lambda", "logs", "sns", "sqs", "sts")},
    "dynamodb": ("dynamodb", "dynamodbstreams"),
}
# Actions that are no operation of their own.
PERMISSIONS_ONLY = {
    "apigateway": {"GET", "POST", "PUT", "PATCH", "DELETE"},
    "dynamodb": {
        *("ConditionCheckItem", "PartiQLDelete", "PartiQLInsert", "PartiQLSelect"),
        "PartiQLUpdate",
    },
    "iam": {"PassRole"},
    "lambda": {"InvokeFunctionUrl"},
    "sts": {"SetSourceIdentity", "TagSession", "SetContext"},
}
# Prefixes of actions that no model is signed for.
OTHER_PREFIXES = {"execute-api", "aws-portal"}


@cache
def actions(service: str) -> frozenset[str]:
    """The names of all actions of a service; empty when they are not known here."""
    found = set(PERMISSIONS_ONLY.get(service, ()))
    for name in MODELS.get(service, ()):
        model = service_model(name)
        assert model is not None
        found.update(model.operation_names)
    renamed = RENAMED.get(service, {})
    return frozenset(found - renamed.keys() | set(renamed.values()) if found else ())


@cache
def _services() -> frozenset[str]:
    session = botocore.session.get_session()
    return frozenset(session.get_available_services()) | OTHER_PREFIXES


def has_service(prefix: str) -> bool:
    """Whether actions begin with this prefix; in doubt they do.

    >>> has_service("sqs"), has_service("sqss")
    (True, False)
    """
    return prefix.lower() in _services() or service_model(prefix.lower()) is not None


def has_action(service: str, name: str) -> bool:
    """Whether a service has an action that a name, with wildcards or without, means."""
    known = actions(service.lower())
    return not known or any(matches(name, action, ignore_case=True) for action in known)


def nearest(service: str, name: str) -> str | None:
    """The action that was probably meant."""
    close = difflib.get_close_matches(name, sorted(actions(service.lower())), n=1)
    return f"{service}:{close[0]}" if close else None
