"""Exercises of notebook 03: a second path of the API, for orders that partners take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from labkit import orders
from labkit.course.exercise import exercise
from labkit.course.judgement import Mistake, require
from labkit.course.probes.methods import Method, compares_bodies, find_method, try_draft
from labkit.course.probes.orders import is_untouched, make_order, take_message
from labkit.lab import Lab
from labkit.orders.invoices import Order
from labkit.pipeline.queue import queue_url

PATH = "/partners"
PARTNER = "Box + Bow & Sons"
ORDERS = 20  # that the first question is about
PRICE = Decimal("12.50")
GREETING = "Hello, is this the shop?"
TOO_LARGE = 1_100_000  # bytes; SQS takes up to 1,048,576


@exercise(
    points=1,
    hints=(
        "What does Python print for the float 2.10? And for 2.55?",
        "An order has lines, and each line a price. Compare it in two ways of writing: as it is "
        "sent, and as it is written by a program that has read it as a number.",
        "The prices are Decimal, so `str(line['price'])` is what is sent, and "
        "`str(float(line['price']))` is what would arrive. Go through all lines of all twenty "
        "orders, and count those in which the two differ.",
    ),
)
def q3_1(lab: Lab, rewritten: Any) -> str:
    """How many prices would not arrive as they were written?"""
    yours = orders.yours(lab.student_id, count=ORDERS)
    expected = _rewritten(yours)
    known = {
        0: "0 would be right if `$input.json` gave the body as it came. It gives what it has read, "
        "and a number has no zeros at its end.",
        sum(
            len(order["lines"]) for order in yours
        ): "That is the number of all lines. 2.55 is written anew as 2.55.",
        sum(
            _rewritten([order]) > 0 for order in yours
        ): "That is the number of orders with such a price; some have more.",
        _rewritten(orders.yours(lab.student_id)): f"That is for fewer orders; take {ORDERS}.",
    }
    require(
        rewritten == expected,
        known.get(rewritten, "It is another number.")
        if isinstance(rewritten, int)
        else "The answer is a number of lines.",
        "Compare, for each line, the price as it is sent and as it is written anew.",
    )
    return f"{expected} prices would lose a zero: the same amounts, but not what the shop wrote."


@exercise(
    points=3,
    hints=(
        "Try the draft before you deploy it: `apigateway.test_invoke_method(**partner_post, "
        'body=..., headers=...)["log"]` tells each step. As what kind of content does the form '
        "travel, and what does SQS say to that?",
        "Three things are missing: the Content-Type of step 2, the attribute's three fields in the "
        "template, and a deployment. Whatever goes into a form must be encoded, a name too.",
        "The template goes on with three fields, each after an `&`: "
        "`MessageAttribute.1.Name=partner`, `MessageAttribute.1.Value.DataType=String` and "
        "`MessageAttribute.1.Value.StringValue=$util.urlEncode($input.params('X-Partner'))`. The "
        "other path is `/requestParameters/integration.request.header.Content-Type`, with op "
        '`"add"` and the value that is in `form`.',
    ),
)
def q3_2(lab: Lab, template: Any) -> str:
    """How does a partner's name travel beside an order?"""
    method = find_method(lab, PATH)
    require(
        (method.integration.get("requestTemplates") or {}).get("application/json") == template,
        f"The template of POST {PATH} is not your answer.",
        "update_integration puts it there, with the same path as in step 5.",
    )
    order = make_order(total=PRICE)
    draft = try_draft(lab, method, orders.to_json(order), {"X-Partner": PARTNER})
    _understood(draft)
    tried = _arrived(lab, order)
    _unharmed(tried, order)
    answer = lab.post_order(order, path=PATH, headers={"X-Partner": PARTNER})
    _deployed(answer.status == 200 and _content(_arrived(lab, order)) == _content(tried))
    return f"An order of '{PARTNER}' reaches the queue letter by letter, with the name beside it."


@exercise(
    points=2,
    hints=(
        "Both halves are above: the validator in step 6, the patterns in step 7. What was done "
        "there for /orders must be done for /partners.",
        "update_method takes the two operations of step 6; put_integration_response takes a "
        "statusCode and a selectionPattern, one call for 400 and one for 502.",
        'The operations of step 6: `[{"op": "replace", "path": p, "value": v} for p, v in '
        'changes.items()]`. Then `put_integration_response(**partner_post, statusCode="400", '
        r'selectionPattern=r"4\d{2}")`, the same for "502", and a deployment.',
    ),
)
def q3_3(lab: Lab, seen: Any) -> str:
    """Does a partner hear of it when an order was not taken?"""
    method = find_method(lab, PATH)
    compares_bodies(lab, method)
    order, named = make_order(), {"X-Partner": PARTNER}
    status = _draft_status(lab, method, order, named)
    _arrived(lab, order)
    first = "Exercise 3.2 comes first: check.q3_2(lab, partner_template)."
    require(status == 200, f"A good order of a partner is answered with {status}.", first)
    order = make_order()
    status = _draft_status(lab, method, order, {})
    require(
        status != 200 or _arrived(lab, order) is None,
        "An order without a partner's name reaches the queue.",
        first,
    )
    _told(status, "An order without a partner's name is refused by SQS")
    found = [
        lab.post_order(GREETING, path=PATH, headers=named).status,
        lab.post_order(make_order(), path=PATH).status,
    ]
    if found[0] == 200:
        take_message(lab, queue_url(lab), lambda body: body == GREETING, seconds=2)
    _deployed(all(400 <= status < 500 for status in found))
    large = make_order(description="x" * TOO_LARGE)
    status = lab.post_order(large, path=PATH, headers=named).status
    _told(status, "An order that is too large is refused by SQS")
    require(
        seen == found,
        f"Your answer is {seen}, but a partner sees {found}.",
        "Deploy first, then post a greeting with X-Partner, and an order without it.",
    )
    return f"Greetings and orders that the queue refuses are answered with {found[0]}."


def _rewritten(those: Iterable[Order]) -> int:
    """How many of their prices end with a zero, which a number that is written anew has not."""
    prices = (str(line["price"]) for order in those for line in order["lines"])
    return sum(price.endswith("0") for price in prices)


def _understood(draft: Mapping[str, Any]) -> None:
    require(
        "UnknownOperationException" not in draft["log"],
        "SQS answers UnknownOperationException: the form travels as application/json, so SQS does "
        "not read it.",
        "Give the integration the Content-Type of a form, as in step 2.",
    )
    require(
        draft["status"] == 200,
        f"The draft answers {draft['status']} to a partner's good order.",
        "apigateway.test_invoke_method(**partner_post, body=...)['log'] tells every step.",
    )


def _unharmed(message: dict[str, Any] | None, order: Order) -> None:
    if message is None:
        raise Mistake(
            "The draft answers 200, but the order does not reach the queue.",
            "What does SQS say? The log of apigateway.test_invoke_method tells it.",
        )
    is_untouched(message["Body"], orders.to_json(order))
    partner = message.get("MessageAttributes", {}).get("partner", {}).get("StringValue")
    require(
        partner,
        "The order arrives, but without an attribute 'partner' beside it.",
        "It takes three fields: MessageAttribute.1.Name, .1.Value.DataType and "
        ".1.Value.StringValue.",
    )
    require(
        partner == PARTNER,
        f"The partner {PARTNER!r} has become {partner!r}.",
        "The name is what the header says, and a field of the form too: "
        "`$util.urlEncode($input.params('X-Partner'))`.",
    )


def _told(status: int, what: str) -> None:
    require(
        400 <= status < 500,
        f"{what}, yet the answer is {status}.",
        "One integration response without a pattern takes every answer of SQS for a success. Add "
        r"others, with the selection patterns 4\d{2} and 5\d{2}.",
    )


def _deployed(as_the_draft: bool) -> None:
    require(
        as_the_draft,
        "The draft is in order, but the public meets an older one: it is not deployed.",
        "apigateway.create_deployment(restApiId=api['id'], stageName=lab.names.stage)",
    )


def _content(message: dict[str, Any] | None) -> list[Any]:
    return [(message or {}).get(part) for part in ("Body", "MessageAttributes")]


def _draft_status(lab: Lab, method: Method, order: Order, headers: Mapping[str, str]) -> int:
    return try_draft(lab, method, orders.to_json(order), headers)["status"]


def _arrived(lab: Lab, order: Order) -> dict[str, Any] | None:
    return take_message(lab, queue_url(lab), lambda body: order["id"] in body, seconds=2)
