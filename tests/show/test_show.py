"""The public face of `labkit.show`: nothing more than it says, all of it documented."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

from labkit import show

HELPERS = [getattr(show, name) for name in show.__all__]


def test_all_is_what_there_is():
    """`__all__` names every public function, in order, and nothing else."""
    public = [
        name
        for name, value in vars(show).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    ]
    assert sorted(public) == show.__all__


@pytest.mark.parametrize("helper", HELPERS, ids=show.__all__)
def test_every_helper_is_documented(helper):
    """One sentence, the columns, and an example with the helper's own name."""
    text = inspect.getdoc(helper) or ""
    assert text.splitlines()[0].endswith(".")
    assert "olumns" in text
    assert f"show.{helper.__name__}(" in text.partition(">>> ")[2]


@pytest.mark.parametrize("helper", HELPERS, ids=show.__all__)
def test_options_are_keywords(helper):
    """What is looked at comes first, how it is shown by keyword."""
    parameters = list(inspect.signature(helper).parameters.values())
    assert parameters[0].name in ("lab", "document")
    options = [parameter for parameter in parameters if parameter.name == "ids"]
    assert all(option.kind is option.KEYWORD_ONLY for option in options)
