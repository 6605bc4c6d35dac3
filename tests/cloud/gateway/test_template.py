"""Mapping templates' own variables."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labkit.cloud.gateway.template import NotJson, Util, render

ORDER = {
    "id": "536365",
    "customer": "O'Neill & Søn \u2603 \U0001f384",
    "total": 139.12,
    "quantity": 9007199254740993,
    "paid": True,
    "note": None,
    "lines": [{"sku": "85123A", "qty": 6}, {"sku": "71053", "qty": 8}],
}


def rendered(template: str, body: Any = ORDER, **context: Any) -> str:
    """`template` over a body."""
    return render(
        template,
        body=body if isinstance(body, str) else json.dumps(body, ensure_ascii=False),
        parameters={
            "path": {"id": "1"},
            "querystring": {"id": "2", "page": "3"},
            "header": {"X-Till": "7"},
        },
        context=context,
        stage_variables={"queue": "orders"},
    )


@pytest.mark.fidelity(
    "API Gateway",
    "`$input.body` is the raw text, `{}` without a body.",
    source="recorded: test_sqs_aws_integration",
)
def test_the_body_is_as_it_came() -> None:
    """`$input.body` is the raw text, and `{}` when there is none."""
    text = '{ "a" :  1 }'
    assert rendered("$input.body", text) == text
    assert rendered("$input.body", "") == "{}"


@pytest.mark.fidelity(
    "API Gateway",
    "`$input.json` re-serialises what a path finds.",
    source="API Gateway guide: api-gateway-mapping-template-reference",
)
def test_json_is_compact_and_complete() -> None:
    """`$input.json` re-serialises; whole numbers and every character survive."""
    assert rendered("$input.json('$')") == json.dumps(
        ORDER, ensure_ascii=False, separators=(",", ":")
    )
    assert rendered("$input.json('$.customer')") == json.dumps(
        ORDER["customer"], ensure_ascii=False
    )
    assert rendered("$input.json('$.lines[*].sku')") == '["85123A","71053"]'


def test_what_is_missing() -> None:
    """A path that leads nowhere prints nothing, and is `""` as JSON."""
    assert rendered("[$input.path('$.nope')][$input.path('$.lines[9].sku')]") == "[][]"
    assert rendered("$input.json('$.nope')") == '""'
    assert rendered("[$input.params('nope')][$context.nope.at.all]") == "[][]"


@pytest.mark.fidelity(
    "API Gateway",
    "`$input.path` gives objects to loop over and index.",
    source="API Gateway guide: api-gateway-mapping-template-reference",
)
def test_path_gives_objects() -> None:
    """`$input.path` can be looped over, indexed and printed as Java prints it."""
    loop = "#foreach($l in $input.path('$.lines'))$l.sku x $l.qty#if($foreach.hasNext), #end#end"
    assert rendered(loop) == "85123A x 6, 71053 x 8"
    assert rendered("$input.path('$').lines[1].sku $input.path('$.lines').size()") == "71053 2"
    assert rendered("$input.path('$.total') $input.path('$.paid')") == "139.12 true"
    assert rendered("$input.path('$')", {"a": 1, "b": [{"c": 5}]}) == '{a=1, b=[{"c":5}]}'


@pytest.mark.fidelity(
    "API Gateway",
    "`$input.params` looks in path, query string and header, in that order.",
    source="API Gateway guide: api-gateway-mapping-template-reference",
)
def test_params() -> None:
    """A parameter is looked for in path, query string and header; `params()` has all."""
    assert rendered("$input.params('id') $input.params('page') $input.params('X-Till')") == "1 3 7"
    every = (
        "#foreach($place in $input.params().keySet())#set($p=$input.params().get($place))"
        "#foreach($n in $p.keySet())$place.$n=$p.get($n);#end#end"
    )
    assert "querystring" in rendered(every.replace("$place.$n", "${place}/$n"))
    assert rendered("$input.params().header.get('X-Till') $input.params().path.id") == "7 1"


@pytest.mark.fidelity(
    "API Gateway",
    "`$util.urlEncode` encodes as Java does.",
    source="API Gateway guide: api-gateway-mapping-template-reference",
)
def test_url_encode_protects_a_form() -> None:
    """`&`, `+`, `%` and every character outside ASCII are encoded as Java does."""
    body = "CHARLIE & LOLA+50% ~*é"
    assert rendered("$util.urlEncode($input.body)", body) == ("CHARLIE+%26+LOLA%2B50%25+%7E*%C3%A9")
    assert rendered("$util.urlDecode('a+b%26c')") == "a b&c"


@pytest.mark.fidelity(
    "API Gateway",
    "`$util.escapeJavaScript` escapes `'` too.",
    source="API Gateway guide: api-gateway-mapping-template-reference",
)
def test_escape_javascript() -> None:
    r"""Java's rules: `'` becomes `\'`, which is why AWS's pages undo that for JSON."""
    util = Util()
    assert util.escapeJavaScript('it\'s "a"/\\\n\x01') == 'it\\\'s \\"a\\"\\/\\\\\\n\\u0001'
    assert util.escapeJavaScript("\u00e9\U0001f384") == "\\u00E9\\uD83C\\uDF84"
    template = """{"order": "$util.escapeJavaScript($input.json('$')).replaceAll("\\\\'","'")"}"""
    assert json.loads(json.loads(rendered(template))["order"]) == ORDER


@pytest.mark.fidelity(
    "API Gateway",
    "`$util.base64Encode`, `base64Decode` and `parseJson` work.",
    source="API Gateway guide: api-gateway-mapping-template-reference",
)
def test_base64_and_parse_json() -> None:
    """Base64 of UTF-8 both ways, and JSON within JSON."""
    assert rendered("$util.base64Encode('é')$util.base64Decode('w6k=')") == "w6k=é"
    assert rendered("$util.parseJson($input.path('$.inner')).a", {"inner": '{"a": 5}'}) == "5"


@pytest.mark.fidelity(
    "API Gateway",
    "`$context`, `$stageVariables`, `#set`, `#if` and `#foreach` work.",
    source="API Gateway guide: api-gateway-mapping-template-reference",
)
def test_context_stage_variables_and_directives() -> None:
    """`$context`, `$stageVariables`, `#set`, `#if` and `#foreach` together."""
    template = (
        "#set($queue = $stageVariables.queue)#if($context.stage == 'lab')$queue"
        "#else other#end $context.identity.sourceIp"
    )
    assert rendered(template, stage="lab", identity={"sourceIp": "10.0.0.1"}) == "orders 10.0.0.1"


@pytest.mark.fidelity(
    "API Gateway",
    "A template can override headers and status.",
    source="API Gateway guide: apigateway-override-request-response-parameters",
)
def test_overrides_reach_the_context() -> None:
    """`#set` on `$context.responseOverride` is seen by the gateway."""
    context: dict[str, Any] = {"responseOverride": {"header": {}}}
    rendered(
        "#set($context.responseOverride.status = 202)"
        "#set($context.responseOverride.header['X-A'] = 'b')",
        **context,
    )
    assert context["responseOverride"] == {"status": 202, "header": {"X-A": "b"}}


@pytest.mark.parametrize("body", ["not JSON", "{", '{"a": NaN}', "[" * 100_000])
def test_a_body_that_is_not_json(body: str) -> None:
    """It can be passed on, but not be read by path."""
    assert rendered("$input.body", body) == body
    with pytest.raises(NotJson):
        rendered("$input.path('$.a')", body)


def test_a_lone_surrogate_does_no_harm() -> None:
    """JSON may hold half a character; it becomes `?`, as in Java."""
    assert rendered("$util.urlEncode($input.path('$.a'))", '{"a": "\\ud83c"}') == "%3F"
