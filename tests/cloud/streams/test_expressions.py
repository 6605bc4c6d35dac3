"""Expressions that DynamoDB refuses, in its words."""

from __future__ import annotations

import pytest
from boto3.dynamodb.conditions import Attr, ConditionExpressionBuilder, Key
from moto.dynamodb.exceptions import MockValidationException

from labkit.cloud.streams.expressions import check

GUIDE = "DynamoDB guide: Expressions.OperatorsAndFunctions"


def refused(member: str, expression: str) -> str:
    """Why an expression is refused."""
    with pytest.raises(MockValidationException) as error:
        check({member: expression})
    return str(error.value.message)


def syntax(token: str, near: str) -> str:
    """What DynamoDB says of a token."""
    return f'Syntax error; token: "{token}", near: "{near}"'


@pytest.mark.parametrize(
    ("expression", "token", "near"),
    [
        # As AWS answered, by the issues floci-io/floci#1512, truora/minidyn#21,
        # ServiceStack/ServiceStack.Aws#5, kritish-dhaubanjar/dynamodb-dashboard#735,
        # researchwiseai/langgraphjs-checkpoint-dynamodb#8 and aws/aws-sdk-js-v3#2079.
        ("a-b", "-", "a-b"),
        ("attribute_exists(car_id) AND NOT #air", "<EOF>", "#air"),
        ("()", ")", "()"),
        (
            "#id attribute_not_exists :ckpst",
            "attribute_not_exists",
            "#id attribute_not_exists :ckpst",
        ),
        ("a = tenantAgent:abc123-x", ":abc123", "tenantAgent:abc123-"),
        ("PK = :pk and begins_with(SK, G_M#)", "#", "G_M#)"),
        ("PK = :pk AND __typename = :t", "_", "AND __"),
        ("[object Object]", "[", "[object"),
        # By the same rule.
        ("n = 1", "1", "= 1"),
        ("n == :one", "=", "== :one"),
        ("n = 'x'", "'", "= 'x"),
        ("n LIKE :one", "LIKE", "n LIKE :one"),
        ("n > :one AND ", "<EOF>", "AND"),
        ("n IN :one", ":one", "IN :one"),
        ("n BETWEEN :one", "<EOF>", ":one"),
        ("(n = :one", "<EOF>", ":one"),
        ("(n) AND n = :one", "AND", ") AND n"),
        ("n[:one] = :one", ":one", "[:one]"),
    ],
)
@pytest.mark.fidelity(
    "DynamoDB Streams",
    "A condition or projection that is not well-formed is refused with the token that is wrong.",
    source=GUIDE,
)
def test_the_first_wrong_token_is_named(expression: str, token: str, near: str) -> None:
    """With its neighbours, as they are written."""
    for member in ("ConditionExpression", "FilterExpression", "KeyConditionExpression"):
        assert refused(member, expression) == f"Invalid {member}: {syntax(token, near)}"


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "The expression can not be empty;"),
        ("attribute_not_exist(id)", "Invalid function name; function: attribute_not_exist"),
        ("((a = :b))", "The expression has redundant parentheses;"),
        (
            "begins_with(n)",
            "Incorrect number of operands for operator or function; "
            "operator or function: begins_with, number of operands: 1",
        ),
        *(
            (
                used,
                "The function is not allowed to be used this way in an expression; "
                f"function: {function}",
            )
            for used, function in (
                ("size(n)", "size"),
                ("attribute_exists(n) = :true", "attribute_exists"),
            )
        ),
        (
            "attribute_exists(:n)",
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
        ("(" * 9_999 + "a = :b" + ")" * 9_999, "The expression has redundant parentheses;"),
    ],
)
def test_what_a_condition_may_not_mean(expression: str, reason: str) -> None:
    """Functions have names, operands and a place."""
    assert refused("ConditionExpression", expression) == f"Invalid ConditionExpression: {reason}"


@pytest.mark.parametrize(
    ("expression", "operator"),
    [
        ("id = :a OR id = :b", "OR"),
        ("id = :a and not sku = :b", "NOT"),
        ("id IN (:a, :b)", "IN"),
        ("id = :a AND sku <> :b", "<>"),
    ],
)
def test_operators_that_keys_do_not_have(expression: str, operator: str) -> None:
    """They are named."""
    said = refused("KeyConditionExpression", expression)
    assert said == f"Invalid operator used in KeyConditionExpression: {operator}"


def test_a_key_has_one_condition() -> None:
    """As AWS answered, by awslabs/aws-athena-query-federation#1089."""
    named = {"ExpressionAttributeNames": {"#id": "id"}}
    with pytest.raises(MockValidationException, match="only contain one condition per key"):
        check({"KeyConditionExpression": "#id = :a AND begins_with(id, :b)", **named})


@pytest.mark.parametrize(
    ("expression", "token", "near"),
    [("n,", "<EOF>", ","), ("n m", "m", "n m"), ("n[x]", "x", "[x]"), ("#", "#", "#")],
)
def test_projections(expression: str, token: str, near: str) -> None:
    """They are paths."""
    said = refused("ProjectionExpression", expression)
    assert said == f"Invalid ProjectionExpression: {syntax(token, near)}"


@pytest.mark.parametrize(
    "expression",
    [
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
        "(ProductCategory IN (:cat1, :cat2)) and (Price between :lo and :hi)",
        "attribute_type(ProductReviews.FiveStar, :v_sub)",
        "begins_with(Pictures.FrontView, :v_sub) AND NOT contains(Color, :c)",
        "size(VideoClip) > :v_sub OR (size(#x) < #y.Maximum)",
        "attribute_exists(#pr.#5star[0][1]) and (a = :b or (c <> :d and e<=:f)) and (size(g))<:h",
        ConditionExpressionBuilder()
        .build_expression(~(Attr("a").eq(1) & Attr("b[0].c").size().gt(2)) | Attr("d").is_in([3]))
        .condition_expression,
        ConditionExpressionBuilder()
        .build_expression(Key("id").eq("a") & Key("sku").begins_with("b"), is_key_condition=True)
        .condition_expression,
    ],
)
def test_what_is_well_formed(expression: str) -> None:
    """AWS's examples, and what boto3 writes."""
    check({"FilterExpression": expression, "ProjectionExpression": "a, #b.c[0].#d , e[1][2]"})
