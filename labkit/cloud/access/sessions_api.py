"""STS's AssumeRole over HTTP, with the checks that come before a session.

As AWS was recorded to answer: sts/test_sts.snapshot.json of the LocalStack project at 1ed72f1.
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.sts.exceptions import STSValidationError
from moto.sts.responses import TokenResponse

from labkit.cloud.access.identity_answers import ARN

# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
SESSION_NAME = re.compile(r"[\w+=,.@-]*", re.ASCII)
LONGEST_NAME = 64
INVALID = "1 validation error detected: Value '{}' at 'roleSessionName' failed to satisfy "


class LabTokenResponse(TokenResponse):
    """STS's operations."""

    def assume_role(self) -> ActionResult:
        """AssumeRole."""
        role, name = self._get_param("RoleArn"), self._get_param("RoleSessionName") or ""
        if role and not ARN.fullmatch(role):
            raise STSValidationError(f"{role} is invalid")
        if not SESSION_NAME.fullmatch(name):
            raise STSValidationError(
                INVALID.format(name) + "constraint: Member must satisfy regular expression "
                f"pattern: {SESSION_NAME.pattern}"
            )
        if len(name) > LONGEST_NAME:
            raise STSValidationError(
                INVALID.format(name) + "constraint: Member must have length less than or equal to "
                f"{LONGEST_NAME}"
            )
        answer = super().assume_role()
        result: Any = answer.result
        if not self._get_param("Policy"):
            del result["PackedPolicySize"]
        return answer
