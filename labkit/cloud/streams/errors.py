"""How DynamoDB Streams refuses, in the error types of its API reference."""

from __future__ import annotations

from moto.core.exceptions import JsonRESTError

PREFIX = "com.amazonaws.dynamodb.v20120810#"


class StreamNotFound(JsonRESTError):
    """No such stream or shard, or no longer."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{PREFIX}ResourceNotFoundException", f"Requested resource not found: {what}"
        )


class ExpiredIterator(JsonRESTError):
    """A shard iterator older than 15 minutes."""

    def __init__(self) -> None:
        super().__init__(
            f"{PREFIX}ExpiredIteratorException",
            "The shard iterator has expired and can no longer be used to retrieve stream records. "
            "A shard iterator expires 15 minutes after it is retrieved using the GetShardIterator "
            "action.",
        )


class TrimmedDataAccess(JsonRESTError):
    """A position before the oldest record that is still there."""

    def __init__(self) -> None:
        super().__init__(
            f"{PREFIX}TrimmedDataAccessException",
            "The operation attempted to read past the oldest stream record in a shard.",
        )


class InvalidRequest(JsonRESTError):
    """A parameter that the service cannot take."""

    def __init__(self, message: str) -> None:
        super().__init__("com.amazon.coral.validate#ValidationException", message)
