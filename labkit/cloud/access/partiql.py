"""Which action a statement in PartiQL is, and on which table or index.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Texts, quoted names, words, and any other character.
TOKEN = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|[\w-]+|\S""")
ACTIONS = {
    "SELECT": "PartiQLSelect",
    "INSERT": "PartiQLInsert",
    "UPDATE": "PartiQLUpdate",
    "DELETE": "PartiQLDelete",
}


@dataclass(frozen=True)
class Target:
    """What a statement does, and to what."""

    action: str
    table: str
    index: str | None = None


def target(statement: str) -> Target | None:
    """The target of a statement; None when it cannot be read.

    >>> target('SELECT "a" FROM "Orders"."by-customer" WHERE b = 1')
    Target(action='PartiQLSelect', table='Orders', index='by-customer')
    """
    tokens = TOKEN.findall(statement)
    if [token.upper() for token in tokens[:2]] == ["EXISTS", "("]:  # a transaction's condition
        tokens = tokens[2:]
    words = [token.upper() for token in tokens]
    verb = words[0] if words else ""
    before = {"SELECT": "FROM", "DELETE": "FROM", "INSERT": "INTO", "UPDATE": "UPDATE"}.get(verb)
    if before not in words:
        return None
    table, dot, index = [*tokens[words.index(before) + 1 :], "", "", ""][:3]
    if not re.fullmatch(r'"[^"]+"|[\w-]+', table):
        return None
    return Target(ACTIONS[verb], table.strip('"'), index.strip('"') if dot == "." else None)
