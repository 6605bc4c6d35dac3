"""Stage 3: does the API take every order, unharmed, and nothing else?"""

from __future__ import annotations

from typing import Any

from labkit import orders
from labkit.course.checks._check import check
from labkit.course.judgement import Mistake, require
from labkit.course.probes.methods import compares_bodies, find_method
from labkit.course.probes.orders import (
    DIFFICULT_TEXT,
    is_stored,
    let_settle,
    make_order,
    order_number,
    read_item,
    remove_item,
    take,
)
from labkit.lab import Lab
from labkit.orders.invoices import Order
from labkit.pipeline.arns import role_arn
from labkit.pipeline.queue import queue_url

TOO_LARGE = 1_100_000  # bytes; SQS takes up to 1,048,576, the API up to ten times as many
RESPONSES_HINT = (
    r"Give the integration responses selection patterns, 4\d{2} and 5\d{2}: the one without a "
    "pattern answers everything that no pattern meets."
)


@check("API")
def api(lab: Lab) -> str:
    """The method and its integration; then an order full of special characters, and rubbish."""
    method = find_method(lab, "/orders")
    compares_bodies(lab, method)
    _integration(lab, method.integration)
    stages = lab.client("apigateway").get_stages(restApiId=method.api_id)["item"]
    deployed = [stage["stageName"] for stage in stages]
    require(
        lab.names.stage in deployed,
        f"Nothing is deployed to the stage '{lab.names.stage}'.",
        "Changes reach the public with apigateway.create_deployment, and only then.",
    )
    _takes_an_order(lab)
    _refuses_rubbish(lab)
    _tells_of_a_refusal(lab)
    return (
        "An order with & and + and % reaches the queue letter by letter; what is no order is "
        "refused with 400."
    )


def _integration(lab: Lab, integration: dict[str, Any]) -> None:
    require(
        integration.get("type") == "AWS",
        f"POST /orders has the integration type {integration.get('type', 'none')}, not AWS.",
        "AWS_PROXY is for Lambda; to speak to SQS in your own words use type='AWS'.",
    )
    target = f":sqs:path/{lab.account_id}/{lab.names.queue}"
    json_form = ":sqs:action/SendMessage"
    uri = integration.get("uri", "")
    require(
        uri.endswith((target, json_form)),
        f"The integration's uri is {uri}.",
        f"It should end with {target}: service, the word path, account, queue.",
    )
    require(
        integration.get("credentials") == role_arn(lab, lab.names.api_role),
        f"The integration works as {integration.get('credentials') or 'nobody'}.",
        f"credentials takes the ARN of role '{lab.names.api_role}', which may send to the queue.",
    )
    require(
        integration.get("passthroughBehavior") == "NEVER",
        f"passthroughBehavior is {integration.get('passthroughBehavior')}: an order that calls "
        "itself text/plain would pass by the model and the template.",
        "Set it to NEVER; such a request is answered with 415.",
    )


def _takes_an_order(lab: Lab) -> None:
    order = make_order()
    answer = lab.post_order(order)
    require(
        answer.status == 200,
        f"A good order was answered with {answer.status} {answer.body}.",
        "Is the last change deployed? Read the role, the uri and the template once more.",
    )
    description = _arrived(lab, order)
    if description == DIFFICULT_TEXT:
        return
    message = f"{DIFFICULT_TEXT!r} was sent, {description!r} arrived."
    if description is None:
        message = "An order with an ampersand in it did not arrive whole."
    raise Mistake(
        f"The order was spoiled on its way: {message}",
        "The body travels as a form, in which &, + and % have meanings of their own: "
        "`MessageBody=$util.urlEncode($input.body)`",
    )


def _arrived(lab: Lab, order: Order) -> str | None:
    """The description with which the order reached the queue, or the table behind it."""
    if _has_consumer(lab):
        if not is_stored(lab, order["id"]):
            return None
        item = read_item(lab, order["id"])
        let_settle(lab)
        remove_item(lab, order["id"])
        return item["lines"]["L"][0]["M"]["description"]["S"]
    body = take(lab, queue_url(lab), lambda body: order["id"] in body)
    if body is None or order_number(body) is None:
        return None
    return orders.from_json(body)["lines"][0]["description"]


def _has_consumer(lab: Lab) -> bool:
    found = lab.client("lambda").list_event_source_mappings(FunctionName=lab.names.writer)
    return any(mapping["State"] == "Enabled" for mapping in found["EventSourceMappings"])


def _refuses_rubbish(lab: Lab) -> None:
    rubbish = {
        "a text that is no JSON": "two lanterns, please",
        "a JSON that is no order": '{"lanterns": 2}',
        "a cancellation": orders.to_json(orders.difficult()["cancellation"]),
    }
    for what, body in rubbish.items():
        answer = lab.post_order(body)
        if answer.status == 200:
            take(lab, queue_url(lab), lambda found, sent=body: found == sent, seconds=1)
        require(
            answer.status == 400,
            f"{what.capitalize()} was answered with {answer.status}, not with 400.",
            "Does the method have the validator and the model, and is that deployed?",
        )


def _tells_of_a_refusal(lab: Lab) -> None:
    # More than SQS takes: the one way to make it refuse a message that the model allows.
    answer = lab.post_order(make_order(description="x" * TOO_LARGE))
    require(
        answer.status != 200,
        "The queue refused an order that is too large, yet the API answered 200: the shop would "
        "believe that it is safe.",
        RESPONSES_HINT,
    )
    require(
        400 <= answer.status < 500,
        f"An order that is too large for the queue was answered with {answer.status}.",
        RESPONSES_HINT,
    )
