"""Every context key that a call can have here, in lower case; AWS has more.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from labkit.cloud.access import actions, context, item_actions, items
from labkit.cloud.access.identities import Identity
from labkit.cloud.access.principals import Principal

_SERVICE = "sns.amazonaws.com"
_ARN = "arn:aws:sqs:us-east-1:123456789012:q"
_USER = Identity(Principal(_ARN, "123456789012"))
_SESSION = Identity(Principal(_ARN, "123456789012", _ARN), function_arn=_ARN)

ALL = frozenset(
    {
        *context.of_identity(_USER, _ARN, now=0, source_ip="127.0.0.1"),
        *context.of_identity(_SESSION, _ARN, now=0, source_ip=None),
        *context.of_service(_SERVICE, _ARN, "123456789012", now=0),
        *(key for keys in actions.CONTEXT_KEYS.values() for key in keys.values()),
        *items.KEYS,
        item_actions.ENCLOSING,
        *("iam:passedtoservice", "lambda:functionarn"),
    }
)
