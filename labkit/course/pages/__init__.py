"""The pages that the commands write: one file each, which needs no network to be looked at."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

_TEMPLATES = Environment(
    loader=PackageLoader("labkit.course", "pages"),
    autoescape=True,  # what students write is text, whatever it looks like
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **values: Any) -> str:
    """The page of a template in this folder."""
    return _TEMPLATES.get_template(template).render(**values)
