"""What a lab remembers of the orders that it has sent."""

from __future__ import annotations

import pytest

from labkit.answer import Answer
from labkit.posts import Post, order_id_of


def test_ids_of_a_post():
    """Request id and instant are headers of the answer, in any case; the message id its body."""
    headers = {"X-Amzn-RequestId": "r1", "date": "Thu, 01 Jan 1970 00:01:00 GMT"}
    post = Post("1", 0.1, Answer(200, headers, {"messageId": "m1"}))
    assert (post.request_id, post.message_id, post.answered) == ("r1", "m1", 60.0)


@pytest.mark.parametrize("body", ["Bad gateway", {"message": "Invalid request body"}, None])
def test_a_refusal_has_no_message(body):
    """Whatever the body is, and without any header."""
    post = Post("1", 0.1, Answer(400, {}, body))
    assert (post.request_id, post.message_id, post.answered) == ("", "", None)


@pytest.mark.parametrize("body", ["no JSON", b"\xff", "[1]", "{}", {}, "1"])
def test_what_is_no_order_has_no_id(body):
    """It can be posted all the same."""
    assert order_id_of(body) == ""
