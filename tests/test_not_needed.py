"""Libraries that take long to import and are never used."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from labkit import not_needed


def test_what_is_left_out_is_not_imported(monkeypatch: pytest.MonkeyPatch):
    """It looks as if it was not installed, and what is imported already stays."""
    for name in (*not_needed.NAMES, "antigravity"):
        monkeypatch.delitem(sys.modules, name, raising=False)
        monkeypatch.setitem(sys.modules, name, None)  # so that it is put back afterwards
        del sys.modules[name]
    not_needed.leave_out("antigravity", "pytest")
    for name in (*not_needed.NAMES, "antigravity"):
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(name)
    assert sys.modules["pytest"] is pytest


def test_a_session_of_grading_imports_little():
    """There is one for each notebook of a class: it reads no notebooks and shows no tables."""
    asked = "import sys, labkit.course.grading.session; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert not {"nbformat", "jsonschema", "pandas", "moto"} & set(run.stdout.split())
