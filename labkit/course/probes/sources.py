"""Code that a student hands in as text: whether Python can read it, and finds its handler."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from labkit.course.judgement import Mistake, require

HANDLER = "handler"


def readable(sources: Mapping[str, str]) -> None:
    """Require sources, by file name, that Python can read, and an app.py with a `handler`."""
    trees = {file: _parsed(file, code) for file, code in sources.items()}
    require(
        "app.py" in trees and HANDLER in _defined(trees["app.py"]),
        f"Your answer has no app.py with a function `{HANDLER}`.",
        f"Lambda calls what is named `{HANDLER}` in it: def {HANDLER}(event, context): ...",
    )


def _parsed(file: str, code: str) -> ast.Module:
    try:
        return ast.parse(code, file)
    except SyntaxError as error:
        raise Mistake(
            f"Python cannot read line {error.lineno} of your {file}: {error.msg}."
        ) from None


def _defined(tree: ast.Module) -> set[str]:
    """What a module defines by name, at whatever depth: by def, assignment or import."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name)
    return found
