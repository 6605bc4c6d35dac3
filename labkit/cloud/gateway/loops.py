"""`#foreach`, `#break` and `#stop` of Velocity.

A map is looped over by its values, what is neither a list nor a map not at all.
https://velocity.apache.org/engine/2.3/vtl-reference.html
https://velocity.apache.org/engine/2.3/user-guide.html#loops
"""

from __future__ import annotations

import re
from typing import Any

from airspeed import operators


class Loop(operators.ForeachDirective):
    """`#foreach($item in $items) ... #end`."""

    def evaluate_raw(self, stream: Any, namespace: Any, loader: Any) -> None:
        items = self.value.calculate(namespace, loader)
        if isinstance(items, dict):
            items = list(items.values())
        if not isinstance(items, list):
            return
        # As Java's iterators do, a loop ends at the size that its list had when it began.
        items, last = list(items), len(items) - 1
        for index, item in enumerate(items):
            inner = operators.LocalNamespace(namespace)
            inner["velocityCount"] = index + 1
            inner["velocityHasNext"] = index < last
            inner["foreach"] = {
                "count": index + 1,
                "index": index,
                "hasNext": index < last,
                "first": index == 0,
                "last": index == last,
                "parent": _enclosing(namespace),
            }
            inner[self.loop_var_name] = item
            try:
                self.block.evaluate(stream, inner, loader)
            except _Break:
                return


class StopOrBreak(operators.StopDirective):
    """`#stop` ends the rendering; `#break` the innermost loop, or the rendering outside of one."""

    BREAK = re.compile(r"#(?:break\b|\{break\})(.*)", re.S)

    def parse(self) -> None:
        try:
            self.identity_match(self.BREAK)
            self.breaks = True
        except operators.NoMatch:
            super().parse()
            self.breaks = False

    def evaluate_raw(self, stream: Any, namespace: Any, loader: Any) -> None:
        if self.breaks and _enclosing(namespace) is not None:
            raise _Break()
        stream.stop = True


class _Break(operators.TemplateExecutionError):
    """What ends a loop; the library passes this kind of error on as it is."""

    def __init__(self) -> None:
        Exception.__init__(self, "#break")


def _enclosing(namespace: Any) -> Any:
    try:
        return namespace["foreach"]
    except KeyError:
        return None
