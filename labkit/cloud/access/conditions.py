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
        """The context keys that it reads, in lower case: its own, and those of its variables."""
        by_values = map(variables_of, self.values if self.variables else ())
        return {self.key.lower()}.union(*by_values)

    def holds(self, context: Context) -> bool:
        """Whether a call with this context meets the condition."""
        found = context.get(self.key.lower())
        present = found is not None and found != [] and found != ()
        if self.operator.name == "null" and self.operator.quantifier:
            return self.operator.quantifier == "forallvalues"  # whatever the call has
        if self.operator.name == "null":
            return any((value.lower() == "true") != present for value in self.values)
        if not present:
            if self.operator.quantifier:
                return self.operator.if_exists or self.operator.quantifier == "forallvalues"
            return self.operator.if_exists or self.operator.negated
        assert found is not None
        values = [found] if isinstance(found, str) else list(found)
        hits = (self._matches(value, context) for value in values)
        if self.operator.quantifier == "forallvalues":
            return all(hits)
        if self.operator.quantifier == "foranyvalue" or not self.operator.negated:
            return any(hits)
        return all(hits)

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
