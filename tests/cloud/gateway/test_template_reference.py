"""AWS's reference of mapping templates, case by case.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-variable-examples.html
https://velocity.apache.org/engine/2.3/vtl-reference.html (the directives)
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from labkit.cloud.gateway.invocation import new_context
from labkit.cloud.gateway.template import render
from labkit.cloud.messages import Request

REFERENCE = "API Gateway guide: api-gateway-mapping-template-reference"
EXAMPLES = "API Gateway guide: api-gateway-mapping-variable-examples"
# The payload of AWS's examples.
PETS = {
    "name": "Snickers",
    "Weight": 2.5,
    "tags": ["big", "small"],
    "owner": {"first-name": "Ann", "age": 41},
    "things": {"1": {}, "2": {"sub": True}},
    "quoted": 'say "hi"',
    "none": None,
}


def rendered(template: str, body: Any = PETS) -> str:
    """A template over a payload, called as `GET /lab/pets/7?type=dog&type=cat`."""
    request = Request("GET", "/x", source_ip="192.0.2.1")
    context = new_context(
        request,
        api_id="abcd1234",
        account_id="123456789012",
        stage="prod",
        deployment_id="d1",
        path="/pets/7",
        now=0.0,
    )
    context |= {"requestId": "r1", "resourceId": "efg567", "resourcePath": "/pets/{petId}"}
    return render(
        template,
        body=body if isinstance(body, str) else json.dumps(body),
        parameters={
            "path": {"petId": "7"},
            "querystring": {"type": "cat"},
            "header": {"Content-Type": "application/json", "User-Agent": "curl/7"},
        },
        context=context,
        stage_variables={"url": "shop.example", "n": "5"},
    )


INPUT = [
    ("$input.body", json.dumps(PETS)),
    ("$input.json('$.name')", '"Snickers"'),
    ("$input.json('$.Weight')", "2.5"),
    ("$input.json('$.tags')", '["big","small"]'),
    ("$input.json('$.tags[0]')", '"big"'),
    ("$input.json('$.owner')", '{"first-name":"Ann","age":41}'),
    ("$input.json(\"$.owner['first-name']\")", '"Ann"'),
    ("$input.json('$.none')", '""'),
    ("$input.json('$..sub')", "[true]"),
    ("$input.path('$.name')", "Snickers"),
    ("$input.path('$.Weight')", "2.5"),
    ("$input.path('$.tags').size()", "2"),
    ("$input.path('$.tags')[1]", "small"),
    ("$input.path('$.tags').get(0)", "big"),
    ("$input.path('$').owner.age", "41"),
    ("$input.path('$').things.keySet()", "[1, 2]"),
    ("$input.path('$.quoted')", 'say "hi"'),
    ("[$input.path('$.none')]", "[]"),
    ("$input.params('petId')", "7"),
    ("$input.params('type')", "cat"),
    ("$input.params('User-Agent')", "curl/7"),
    ("[$input.params('nothing')]", "[]"),
    ("$input.params().path.petId", "7"),
    ("$input.params().querystring.get('type')", "cat"),
    ("$input.params().header['Content-Type']", "application/json"),
    ("$input.params().keySet()", "[path, querystring, header]"),
]
UTIL = [
    ("$util.escapeJavaScript($input.path('$.quoted'))", 'say \\"hi\\"'),
    ("$util.escapeJavaScript('a/b')", "a\\/b"),
    ('$util.parseJson(\'{"errorMessage": {"key1": "var1"}}\').errorMessage.key1', "var1"),
    ("#set($o = $util.parseJson('{\"a\": [5]}'))$o.a[0]", "5"),
    ("$util.urlEncode('a b&c=d')", "a+b%26c%3Dd"),
    ("$util.urlDecode('a+b%26c%3Dd')", "a b&c=d"),
    ("$util.base64Encode('orders')", "b3JkZXJz"),
    ("$util.base64Decode('b3JkZXJz')", "orders"),
    ("$util.urlEncode($util.base64Encode('?>'))", "Pz4%3D"),
]
CONTEXT = [
    ("$context.accountId", "123456789012"),
    ("$context.apiId", "abcd1234"),
    ("$context.deploymentId", "d1"),
    ("$context.domainPrefix", "abcd1234"),
    ("$context.httpMethod", "GET"),
    ("$context.identity.sourceIp", "192.0.2.1"),
    ("[$context.identity.userAgent]", "[]"),
    ("[$context.identity.caller]", "[]"),
    ("[$context.authorizer.principalId]", "[]"),
    ("$context.path", "/prod/pets/7"),
    ("$context.protocol", "HTTP/1.1"),
    ("$context.requestId", "r1"),
    ("$context.requestTime", "01/Jan/1970:00:00:00 +0000"),
    ("$context.requestTimeEpoch", "0"),
    ("$context.resourceId", "efg567"),
    ("$context.resourcePath", "/pets/{petId}"),
    ("$context.stage", "prod"),
    ("$stageVariables.url", "shop.example"),
    ("$stageVariables['url']", "shop.example"),
    ("${stageVariables.url}/x", "shop.example/x"),
    ("${stageVariables['url']}/x", "shop.example/x"),
    ("$stageVariables.get('url')", "shop.example"),
    ("[$stageVariables.nothing]", "[]"),
    (
        "#set($context.requestOverride.header.x = 'y')$context.requestOverride.header.x",
        "y",
    ),
]
DIRECTIVES = [
    ("#set($a = 'x')$a", "x"),
    ('#set($a = "x")#set($b = "${a}y")$b', "xy"),
    ("#set($a = '$b')$a", "$b"),
    ("#set($a = 5)#set($a = $a + 2)$a", "7"),
    ("#set($a = 7 % 4)$a", "3"),
    ("#set($a = [])#set($ok = $a.add('x'))$a.size()", "1"),
    ("#set($a = {'k': 'v'})$a.k", "v"),
    ("#if(true)a#end", "a"),
    ("#if(false)a#{else}b#end", "b"),
    ("#if($context.stage == 'prod')a#elseif($context.stage == 'lab')b#else c#end", "a"),
    ("#if($input.params('type') == 'cat' && $stageVariables.n == '5')yes#end", "yes"),
    ("#if($input.params('type') == 'x' || !false)yes#end", "yes"),
    ("#if($input.path('$.Weight') > 2)heavy#end", "heavy"),
    ("#if($input.path('$.tags').size() == 2)two#end", "two"),
    ("#if($input.path('$.name').contains('nick'))yes#end", "yes"),
    ("#if($input.path('$.owner').containsKey('age'))yes#end", "yes"),
    ("#foreach($t in $input.path('$.tags'))$t#if($foreach.hasNext),#end#end", "big,small"),
    ("#foreach($t in $input.path('$.tags'))$foreach.index$foreach.count;#end", "01;12;"),
    ("#foreach($t in $input.path('$.tags'))$velocityCount#end", "12"),
    ("#foreach($t in $input.path('$.tags'))$t#break#end", "big"),
    ("#foreach($t in $input.path('$.tags'))$t#if($t == 'big')#{break}#end#end", "big"),
    ("#foreach($a in [1,2])#foreach($b in [3,4])$a$b#break#end#end", "1323"),
    ("#foreach($a in [1,2])#foreach($b in [3])$foreach.parent.count#end#end", "12"),
    ("a#break b", "a"),
    ("#foreach($t in $input.path('$.nothing'))x#end", ""),
    ("#foreach($t in $input.path('$.name'))x#end#foreach($t in 5)x#end", ""),
    ("#foreach($v in $input.path('$.owner'))$v;#end", "Ann;41;"),
    ("#foreach($k in $input.path('$.things').keySet())$k#end", "12"),
    ("#foreach($i in [1..3])$i#end", "123"),
    # A comment takes the end of its line along, so that a long form may be written in lines.
    ("Action=SendMessage## first\n&MessageBody=x", "Action=SendMessage&MessageBody=x"),
    ("a#* a\ncomment *#b", "ab"),
    ("$!nothing$!{nothing}", ""),
    ("#set($d = '$')${d}5", "$5"),
    ("a #stop b", "a "),
    ("\\$context.stage", "$context.stage"),
]


def check(template: str, expected: str) -> None:
    """One case of the tables."""
    assert rendered(template) == expected


@pytest.mark.parametrize(("template", "expected"), INPUT)
@pytest.mark.fidelity(
    "API Gateway", "`$input` has all of AWS's reference, case by case.", source=REFERENCE
)
def test_input(template: str, expected: str) -> None:
    """`$input.body`, `.json()`, `.path()`, `.params()`."""
    check(template, expected)


@pytest.mark.parametrize(("template", "expected"), UTIL)
@pytest.mark.fidelity(
    "API Gateway", "`$util` has all of AWS's reference, case by case.", source=REFERENCE
)
def test_util(template: str, expected: str) -> None:
    """Encoding, decoding, parsing."""
    check(template, expected)


@pytest.mark.parametrize(("template", "expected"), CONTEXT)
@pytest.mark.fidelity(
    "API Gateway",
    "`$context` and `$stageVariables` have all of AWS's reference, case by case.",
    source=REFERENCE,
)
def test_context(template: str, expected: str) -> None:
    """What is known of a call; what is not prints nothing."""
    check(template, expected)


@pytest.mark.parametrize(("template", "expected"), DIRECTIVES)
@pytest.mark.fidelity(
    "API Gateway",
    "`#set`, `#if`, `#foreach` and the rest of Velocity render as its reference says.",
    source=REFERENCE,
)
def test_directives(template: str, expected: str) -> None:
    """Directives, comments, quiet and formal references."""
    check(template, expected)


ALL_PARAMETERS = """
#set($allParams = $input.params())
{
  "params" : {
    #foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
    "$type" : {
      #foreach($paramName in $params.keySet())
      "$paramName" : "$util.escapeJavaScript($params.get($paramName))"
      #if($foreach.hasNext),#end
      #end
    }
    #if($foreach.hasNext),#end
    #end
  }
}
"""
SUBSECTION = """
#set($inputRoot = $input.path('$'))
{
  "pets": [
#foreach($elem in $inputRoot.pets)
    {
      "description" : "Item $elem.id is a ${elem.type}.",
      "askingPrice" : $elem.price
    }#if($foreach.hasNext),#end
#end
  ]
}
"""


@pytest.mark.fidelity("API Gateway", "AWS's example templates render as shown.", source=EXAMPLES)
def test_the_examples_of_the_guide() -> None:
    """All parameters through JSON, a payload with a subsection of its input, and a whole one."""
    assert json.loads(rendered(ALL_PARAMETERS)) == {
        "params": {
            "path": {"petId": "7"},
            "querystring": {"type": "cat"},
            # A slash is escaped, which JSON reads as a slash.
            "header": {"Content-Type": "application/json", "User-Agent": "curl/7"},
        }
    }
    pets = {"pets": [{"id": 1, "type": "dog", "price": 249.99}, {"id": 2, "type": "cat"}]}
    pets["pets"][1]["price"] = 124.99
    assert json.loads(rendered(SUBSECTION, pets)) == {
        "pets": [
            {"description": "Item 1 is a dog.", "askingPrice": 249.99},
            {"description": "Item 2 is a cat.", "askingPrice": 124.99},
        ]
    }
    subsection = (
        '{"name": "$input.params(\'petId\')", "body": $input.json(\'$.owner\'), '
        '"user": "$context.identity.sourceIp"}'
    )
    assert json.loads(rendered(subsection)) == {
        "name": "7",
        "body": {"first-name": "Ann", "age": 41},
        "user": "192.0.2.1",
    }
