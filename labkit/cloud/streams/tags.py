"""The tags of tables; moto tags nothing without a word where there is no table.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html
"""

from __future__ import annotations

from moto.dynamodb.exceptions import ResourceNotFoundException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table


class TagsMixin(DynamoDBBackend):
    """The part of the DynamoDB backend that keeps the tags of tables."""

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        """Add tags; one with a key that is there takes the other's place."""
        table = self._tagged(arn)
        kept = {tag["Key"]: tag["Value"] for tag in table.tags} | tags
        table.tags = [{"Key": key, "Value": value} for key, value in kept.items()]

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        """Take tags away."""
        self._tagged(arn)
        super().untag_resource(arn, tag_keys)

    def list_tags_of_resource(self, table_arn: str) -> list[dict[str, str]]:
        """The tags of a table."""
        return self._tagged(table_arn).tags

    def _tagged(self, arn: str) -> Table:
        for table in self.tables.values():
            if table.table_arn == arn:
                return table
        raise ResourceNotFoundException(
            f"Requested resource not found: ResourcArn: {arn} not found"  # spelled by AWS
        )
