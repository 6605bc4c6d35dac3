"""Tags of functions, and which of them AWS refuses.

Source: AWS's answers as LocalStack recorded them, test_lambda_api.snapshot.json, TestLambdaTags;
https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
"""

from __future__ import annotations

from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import LambdaBackend
from moto.core.utils import get_service_model

from labkit.cloud.functions.checks import check_pattern

#: What the API's model says that can have tags.
TAGGABLE = get_service_model("lambda").shape_for("TaggableResource").metadata["pattern"]
MOST_TAGS = 50
NAMES_OF_A_FUNCTION = 7  # arn:aws:lambda:REGION:ACCOUNT:function:NAME; an eighth is a qualifier


class TagsMixin(LambdaBackend):
    """The part of the Lambda backend that keeps tags."""

    def tag_resource(self, resource_arn: str, tags: dict[str, str]) -> None:
        """Add tags to a function or a mapping: some, and in the end no more than fifty."""
        _check(resource_arn)
        present = self.list_tags(resource_arn)
        if not tags:
            raise InvalidParameterValueException(
                "An error occurred and the request cannot be processed."
            )
        if len(present | tags) > MOST_TAGS:
            raise InvalidParameterValueException("Number of tags exceeds resource tag limit.")
        super().tag_resource(resource_arn, tags)

    def untag_resource(self, resource_arn: str, tag_keys: list[str]) -> None:
        """Take tags away; those that are not there are no error."""
        _check(resource_arn)
        super().untag_resource(resource_arn, tag_keys)

    def list_tags(self, resource_arn: str) -> dict[str, str]:
        """The tags of a function or a mapping."""
        _check_arn(resource_arn)
        return super().list_tags(resource_arn)


def _check(arn: str) -> None:
    _check_arn(arn)
    if len(arn.split(":")) > NAMES_OF_A_FUNCTION:
        raise InvalidParameterValueException(
            "Tags on function aliases and versions are not supported. Please specify a function "
            "ARN."
        )


def _check_arn(arn: str) -> None:
    check_pattern("resource", arn, TAGGABLE)
