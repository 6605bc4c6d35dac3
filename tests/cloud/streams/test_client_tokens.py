"""What a client may send again."""

from __future__ import annotations

import pytest
import time_machine

from labkit.cloud.streams.client_tokens import ClientTokens, IdempotentParameterMismatch

ASKED = [{"Put": {"TableName": "Orders", "Item": {"id": {"S": "1"}, "mark": {"B": b"\xff"}}}}]


@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A transaction's token stands for one request, for ten minutes.",
    source="LocalStack's recording: dynamodb/test_dynamodb",
)
def test_a_token_is_valid_for_ten_minutes(clock: time_machine.Traveller) -> None:
    """Another request by it is refused meanwhile; the order of members does not count."""
    tokens = ClientTokens()
    assert not tokens.carried_out("a", ASKED)
    tokens.remember("a", ASKED)
    same = [{"Put": {"Item": {"mark": {"B": b"\xff"}, "id": {"S": "1"}}, "TableName": "Orders"}}]
    assert tokens.carried_out("a", same)
    assert not tokens.carried_out("b", ASKED)
    assert not tokens.carried_out(None, ASKED)
    with pytest.raises(IdempotentParameterMismatch):
        tokens.carried_out("a", [])
    clock.shift(600)
    assert not tokens.carried_out("a", [])
