"""Apache Velocity as API Gateway runs it, on top of the library `airspeed-ext`.

LocalStack maintains `airspeed-ext` against recordings of real mapping templates: an undefined
reference prints nothing and counts as true in `#if`, escapes in strings stay as they are. What
differs from API Gateway, or could run for ever, is replaced here, element by element:

* a reference reaches Java's methods and a map's keys, never a Python attribute;
* `#macro` defines nothing and a call of one prints as it stands; so do `#evaluate` and `#return`;
* arithmetic and comparison follow Java, and give null where Java has no answer;
* every element costs a step, and every string its length, of the rendering's budget.

The library finds its own classes through its module, so the replacements are put there.
`tests/cloud/gateway/test_velocity.py` fails when one of them moves.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from airspeed import operators

from labkit.cloud.gateway import arithmetic, budget, java, java_methods
from labkit.cloud.gateway.loops import Loop, StopOrBreak


class TemplateError(Exception):
    """A template that cannot be parsed or rendered."""


def render(text: str, variables: dict[str, Any]) -> str:
    """Render a template.

    Raises:
        TemplateError: for a syntax error, a failed call, or too much work; `__cause__` says why.

    >>> render("#foreach($n in [1..3])$n#if($foreach.hasNext),#end#end", {})
    '1,2,3'
    """
    with budget.fresh():
        try:
            return str(_parsed(text).merge(variables))
        except operators.TemplateExecutionError as error:
            raise TemplateError(str(error)) from error.__cause__
        except (operators.TemplateError, operators.NoMatch, budget.TooMuchWork) as error:
            raise TemplateError(str(error)) from error
        except (RecursionError, KeyError, ValueError) as error:
            raise TemplateError(f"{type(error).__name__}: {error}") from error


@lru_cache(maxsize=512)
def _parsed(text: str) -> operators.Template:
    template = operators.Template(text)
    template.ensure_compiled()
    return template


class Reference(operators.NameOrCall):
    """`$name`, `.name`, `.name(...)` or `name[...]`."""

    def calculate(self, owner: Any, loader: Any, namespace: Any) -> Any:
        if isinstance(owner, operators.LocalNamespace):
            try:
                value = owner[self.name]
            except KeyError:
                return None
            if isinstance(value, operators.DefineDefinition):
                return super().calculate(owner, loader, namespace)
        elif self.parameters is not None:
            arguments = self.parameters.calculate(namespace, loader)
            return java_methods.call_method(owner, self.name, arguments)
        else:
            value = java_methods.get_property(owner, self.name)
        if self.index is None:
            return value
        return _item(value, self.index.calculate(namespace, loader))


class Subscript(operators.SubExpression):
    """`.name` or `[index]` after another reference."""

    def calculate(self, owner: Any, loader: Any, namespace: Any) -> Any:
        if not isinstance(self.expression, operators.ArrayIndex):
            return super().calculate(owner, loader, namespace)
        value = _item(owner, self.expression.calculate(namespace, loader))
        if self.subexpression:
            value = self.subexpression.calculate(value, loader, namespace)
        return value


class Literal(operators.MacroCall):
    """`#name(...)`, which API Gateway leaves as it stands."""

    def evaluate_raw(self, stream: Any, namespace: Any, loader: Any) -> None:
        stream.write(self.my_text())


class NoDefinition(operators.MacroDefinition):
    """`#macro`, which API Gateway swallows."""

    def evaluate_raw(self, stream: Any, namespace: Any, loader: Any) -> None:
        return


class NoDirective(operators._Element):
    """A directive of other Velocity engines that API Gateway does not have."""

    def parse(self) -> None:
        raise operators.NoMatch()


class Range(operators.Range):
    """`[1..n]` as a list."""

    def calculate(self, namespace: Any, loader: Any) -> list[int]:
        numbers = super().calculate(namespace, loader)
        if len(numbers) > budget.LARGEST_LIST:
            raise budget.TooMuchWork("A range is too long.")
        return list(numbers)


class Stream(operators.StoppableStream):
    """What a template writes to."""

    def write(self, text: str) -> None:
        budget.spend(characters=len(text))
        super().write(text)


def _item(owner: Any, index: Any) -> Any:
    try:
        return owner[index] if isinstance(owner, dict | list | str) else None
    except (KeyError, IndexError, TypeError):
        return None


class Operator(operators.BinaryOperator):
    """`+`, `==`, `&&` and the rest."""

    OPERATORS = operators.BinaryOperator.OPERATORS | arithmetic.OPERATORS


def _counted(step: Callable[..., Any], *, of_text: bool = False) -> Callable[..., Any]:
    def counted(element: Any, *arguments: Any) -> Any:
        # To parse an element copies the rest of the text.
        budget.spend(1 + (len(arguments[1]) // 5_000 if of_text else 0))
        return step(element, *arguments)

    return counted


REPLACED = {
    "NameOrCall": Reference,
    "SubExpression": Subscript,
    "MacroCall": Literal,
    "MacroDefinition": NoDefinition,
    "EvaluateDirective": NoDirective,
    "ReturnDirective": NoDirective,
    "ForeachDirective": Loop,
    "Range": Range,
    "StopDirective": StopOrBreak,
    "StoppableStream": Stream,
    "BinaryOperator": Operator,
    "value_to_string": java.to_text,
}

for _name, _replacement in REPLACED.items():
    setattr(operators, _name, _replacement)
operators._Element.__init__ = _counted(operators._Element.__init__, of_text=True)
operators._Element.evaluate = _counted(operators._Element.evaluate)
