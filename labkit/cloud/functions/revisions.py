"""The revision that a caller may name, so that nothing is changed over another's change.

A function, a version and an alias have each a revision, which is that of its policy as well.
Source: AWS's answers as LocalStack recorded them, test_lambda_api.snapshot.json,
TestLambdaRevisions; https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html
"""

from __future__ import annotations

import uuid

from moto.awslambda.exceptions import PreconditionFailedException
from moto.awslambda.models import LambdaAlias, LambdaBackend, LambdaFunction


class RevisionsMixin(LambdaBackend):
    """The part of the Lambda backend that tells revisions."""

    def revision_of(self, function_name: str, qualifier: str | None = None) -> str:
        """The revision of a function, or of the one version or alias that is named."""
        meant = self._revised(function_name, qualifier)
        if isinstance(meant, LambdaAlias):
            return meant.revision_id
        return str(meant.get_configuration()["RevisionId"])

    def revise(self, function_name: str, qualifier: str | None = None) -> None:
        """Give it another revision: its policy is another one, or a version was made of it."""
        self._revised(function_name, qualifier).revision_id = str(uuid.uuid4())

    def _revised(self, function_name: str, qualifier: str | None) -> LambdaAlias | LambdaFunction:
        for alias in self.list_aliases(function_name):
            if alias.name == qualifier:
                return alias
        return self.get_function(function_name, qualifier)


def check_revision(asked: str | None, current: str) -> None:
    """Refuse a change of another revision than the one that there is now."""
    if asked and asked != current:
        raise PreconditionFailedException(
            "The Revision Id provided does not match the latest Revision Id. Call the "
            "GetFunction/GetAlias API to retrieve the latest Revision Id"
        )
