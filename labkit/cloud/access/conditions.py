"""The Condition element: keys, values and their variables, `ForAnyValue` and `ForAllValues`.

All operators and all keys of a Condition must hold; of the values of a key one is enough, and with
a negated operator none may match.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labkit.cloud.access.operators import Operator, operator_of, texts
from labkit.cloud.access.patterns import Context, fill_in, variables_of


@dataclass(frozen=True)
class Condition:
    """One operator with one key and its values."""

    operator: Operator
    key: str
    values: tuple[str, ...]
    variables: bool = True  # whether ${...} in a value is one, or plain text

    @property
    def context_keys(self) -> set[str]:
        """The context keys that it reads: its own, and those of its variables."""
        return {self.key}.union(*map(variables_of, self.values if self.variables else ()))

    def holds(self, context: Context) -> bool:
        """Whether a call with this context meets the condition."""
        operator, found = self.operator, context.get(self.key.lower(), ())
        values = [found] if isinstance(found, str) else list(found)
        if operator.name == "null" and operator.quantifier:
            return operator.quantifier == "forallvalues"  # whatever the call has
        if operator.name == "null":
            return any((value.lower() == "true") != bool(values) for value in self.values)
        hits = (self._matches(value, context) for value in values)
        if operator.quantifier == "forallvalues":
            return all(hits)
        if not values:
            return operator.if_exists or (operator.negated and not operator.quantifier)
        return all(hits) if operator.negated and not operator.quantifier else any(hits)

    def _matches(self, value: str, context: Context) -> bool:
        literal = not self.operator.wildcards
        wanted = (
            fill_in(each, context, literal=literal) if self.variables else each
            for each in self.values
        )
        hit = any(each is not None and self.operator.test(each, value) for each in wanted)
        return hit != self.operator.negated


def parse(element: dict[str, dict[str, Any]], *, variables: bool = True) -> tuple[Condition, ...]:
    """The conditions of a statement; ValueError names an operator that does not exist."""
    return tuple(
        Condition(operator_of(name), key, texts(values), variables)
        for name, tests in element.items()
        for key, values in tests.items()
    )
