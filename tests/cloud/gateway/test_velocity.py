"""Velocity as API Gateway runs it."""

from __future__ import annotations

from typing import Any

import pytest
from airspeed import operators

from labkit.cloud.gateway import velocity
from labkit.cloud.gateway.java import TemplateObject
from labkit.cloud.gateway.velocity import TemplateError, render

# What AWS rendered, from the recordings in LocalStack's airspeed-ext 0.6.9 (BSD licence),
# tests/test_templating.snapshot.json.
RECORDED: list[tuple[str, dict[str, Any], str]] = [
    ("Hello $name", {}, "Hello "),
    ("#if($name)yes!#end", {}, "yes!"),
    ("#if(${a.b.c})yes!#end", {"a": {"b": {"c": False}}}, ""),
    ("#if ( !$value )yes#end", {"value": None}, ""),
    ("#if ( !$value )yes#end", {"value": False}, "yes"),
    ("#if ($a) one #elseif ($b) two #else three #end", {"a": False, "b": False}, " three "),
    ("#set($foo = [1,2,3]) $foo.size()", {}, " 3"),
    ("#set($foo = [1, 2, 3]) $foo.isEmpty()", {}, " false"),
    ("#set($foo = 'foobar123') $foo.length()", {}, " 9"),
    ("#set($a = {'k1': 'v1', 'k2': 'v2'})$a.toString()", {}, "{k1=v1, k2=v2}"),
    ("#set($v = [1..5])#foreach($n in $v)$n,#end", {}, "1,2,3,4,5,"),
    ("#set($v = [2..-2])#foreach($n in $v)$n,#end", {}, "2,1,0,-1,-2,"),
    ('#set($h="hello, \\$name is my name")$h', {"name": "x"}, "hello, $name is my name"),
    ("#set($x = .5*.1)$x", {}, "0.05"),
    ("Hello $!name", {}, "Hello "),
    ("#return('x')", {}, "#return('x')"),
    ("#set($source = 'abc')#evaluate($source)", {}, "#evaluate($source)"),
    ("#macro ( blah )hello#end#blah()", {}, "#blah()"),
    ("#set($a = {})#set($a['bar'] = 'foo')$a", {}, "{bar=foo}"),
]
ENDLESS = {
    "nested loops": "#foreach($i in [1..99999])#foreach($j in [1..99999])#end#end",
    "doubled text": '#set($a="x")' + '#set($a="$a$a")' * 60,
    "squared number": "#set($a=9)" + "#set($a=$a*$a)" * 60,
    "doubled list": "#set($l=[1])" + "#set($q=$l.addAll($l))" * 60,
    "long range": "#foreach($i in [1..2000000000])#end",
    "recursion": "#define($x)$x$x#end$x",
    "pattern": "#set($a='" + "a" * 60 + "!')#if($a.matches('(a|aa)+$'))#end",
    "deep parse": "#set($a=" + "[$a.b(" * 40 + "1" + ")]" * 40 + ")",
    "cyclic map": "#set($m={})#set($m.a=$m)$m",
    "replacement": "#set($a='"
    + "a" * 1000
    + "')"
    + "#set($a=$a.replaceAll('a','aaaaaaaaaa'))" * 20,
}


class Secret(TemplateObject):
    """An object with one method that templates may call."""

    METHODS = frozenset({"open"})
    hidden = "hidden"

    def open(self, name: str) -> str:
        """What a template may call."""
        return f"opened {name}"


@pytest.mark.parametrize(("template", "variables", "rendered"), RECORDED)
@pytest.mark.fidelity(
    "API Gateway",
    "Velocity renders as recorded.",
    source="airspeed-ext's recording: test_templating",
)
def test_as_recorded(template: str, variables: dict[str, Any], rendered: str) -> None:
    """The engine renders what AWS rendered."""
    assert render(template, variables) == rendered


@pytest.mark.parametrize("name", ENDLESS)
@pytest.mark.fidelity(
    "API Gateway",
    "A template cannot use endless time or memory.",
    differs="AWS's bound is not published; here it is a number of steps and characters.",
)
def test_no_template_runs_for_ever(name: str) -> None:
    """A template that would need endless time or memory ends with an error."""
    with pytest.raises(TemplateError):
        render(ENDLESS[name], {})


@pytest.mark.parametrize(
    "reference",
    [
        "$s.__class__",
        "$s.open.__self__",
        "$s.open.__globals__",
        "$s.hidden",
        "$text.__class__.__mro__",
        "$text.format('x')",
        "$text.encode()",
        "$list.__len__()",
        "$list.append(1)",
        "$map.items()",
        "$map.keys()",
    ],
)
def test_a_template_sees_no_python(reference: str) -> None:
    """Only Java's methods and a map's keys can be reached."""
    variables = {"s": Secret(), "text": "x", "list": [1], "map": {"a": 1}}
    assert render(reference, variables) == ""


def test_what_an_object_offers_can_be_called() -> None:
    """A declared method works, and one with wrong arguments prints nothing, as in Java."""
    assert render("$s.open('box')$s.open()", {"s": Secret()}) == "opened box"


@pytest.mark.parametrize(
    ("template", "rendered"),
    [
        ("$a.toUpperCase() $a.substring(2) $a.substring(0,2)", "ORDER der or"),
        ("$a.replaceAll('(o)(r)','$2$1\\$')", "ro$der"),
        ("$a.split('d')[1] $a.indexOf('e') $a.charAt(0)", "er 3 o"),
        ("$a.equals('order') $a.isEmpty() $a.trim().length()", "true false 5"),
        ("$m.keySet() $m.containsKey('k') $m.get('k')", "[k] true v"),
        ("#foreach($e in $m.entrySet())$e.key=$e.value#end", "k=v"),
        ("#set($l=[1,2])$l.add(3) $l.get(2) $l[0] $l", "true 3 1 [1, 2, 3]"),
        ("#set($x = 7 / 2)$x #set($x = -7 / 2)$x #set($x = 7 / 0)[$x]", "3 -3 []"),
        ("#set($x = 'total: ' + 12.5)$x", "total: 12.5"),
        ("#if($n > 3)yes#end#if($nothing > 3)no#end#if($n == '5')same#end", "yessame"),
        ("#set($x = true)$x #set($y = [1,'a',true,null])$y", "true [1, a, true, null]"),
        ("$m.k.nothing.at.all ${m.k}", " v"),
        ("price: $5.00 #1 a#b", "price: $5.00 #1 a#b"),
    ],
)
@pytest.mark.fidelity(
    "API Gateway",
    "Strings, lists, maps and numbers have Java's methods.",
    source="API Gateway guide: api-gateway-mapping-template-reference",
)
def test_java_s_methods(template: str, rendered: str) -> None:
    """Strings, lists, maps and numbers behave as Java's."""
    assert render(template, {"a": "order", "m": {"k": "v"}, "n": 5}) == rendered


@pytest.mark.parametrize("template", ["#if($x", "#set($x = )", "#foreach($x in )#end", "${x"])
def test_a_template_that_cannot_be_parsed(template: str) -> None:
    """A syntax error is a `TemplateError`."""
    with pytest.raises(TemplateError):
        render(template, {})


@pytest.mark.fidelity(
    "API Gateway",
    "`$list.get(9)` fails beyond the end, `$list[9]` is null.",
    source="airspeed-ext's recording: test_templating",
)
def test_an_index_out_of_bounds_fails() -> None:
    """`$list.get(9)` throws, as in Java; `$list[9]` is null."""
    assert render("$l[9]", {"l": [1]}) == ""
    with pytest.raises(TemplateError, match="out of bounds"):
        render("$l.get(9)", {"l": [1]})


def test_the_engine_is_where_it_was() -> None:
    """The classes of the library that this project replaces are still the ones it uses."""
    for name, replacement in velocity.REPLACED.items():
        assert getattr(operators, name) is replacement
    assert operators.Template("$x").merge({"x": 1}) == "1"
    for name in ("FormalReference", "Block", "DefineDefinition", "LocalNamespace", "ArrayIndex"):
        assert isinstance(getattr(operators, name), type)
    assert isinstance(operators.BinaryOperator.OPERATORS, dict)
