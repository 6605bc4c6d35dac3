"""The set-up files agree with each other, and say nothing of any one machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
REQUIREMENTS = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]


def locked() -> dict[str, set[str]]:
    """Every version of each package in the lock (there may be one per Python version)."""
    versions: dict[str, set[str]] = {}
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        if pin := re.match(r"([\w.-]+)==([^ ;]+)", line):
            versions.setdefault(pin[1].lower(), set()).add(pin[2])
    return versions


def package(requirement: str) -> str:
    """The name in a requirement such as `moto[s3]==5.2.5`."""
    return re.match(r"[\w.-]+", requirement)[0].lower()


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=package)
def test_every_dependency_is_locked(requirement: str):
    """What pyproject.toml asks for has a version in the lock."""
    assert package(requirement) in locked()


def test_conda_users_get_the_locked_versions():
    """environment.yml pins each dependency of pyproject.toml to the version of the lock."""
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    pinned = dict(entry.split("==") for entry in pip if "==" in entry)
    assert {package(name) for name in pinned} == {package(name) for name in REQUIREMENTS}
    for name, version in pinned.items():
        assert version in locked()[package(name)], name
    assert "-c requirements.lock" in pip
    assert "-e ." in pip


def test_every_dependency_says_why_it_is_there():
    """Each dependency stands in pyproject.toml on a line with its reason."""
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    for requirement in REQUIREMENTS:
        line = next(line for line in lines if f'"{requirement}"' in line)
        assert re.search(r"#\s*\S+", line), requirement


@pytest.mark.parametrize("name", ["moto", "awslambdaric"])
def test_what_labkit_reaches_into_is_pinned(name: str):
    """The packages whose internals labkit leans on have one exact version."""
    requirement = next(each for each in REQUIREMENTS if package(each) == name)
    assert "==" in requirement


def test_the_project_speaks_of_itself_alone():
    """No tracked file holds a path of somebody's machine or the address of a package registry."""
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    foreign = re.compile(r"(?<![\w.~$}])/(work|root|home/\w+|Users/\w+)/|--index-url|pypi-more")
    found = []
    for name in tracked:
        path = ROOT / name
        if path == Path(__file__) or not path.is_file():
            continue
        text = path.read_bytes().decode(errors="ignore")
        found += [f"{name}: {match[0]}" for match in foreign.finditer(text)]
    assert not found


def test_an_old_python_is_told_so(tmp_path: Path):
    """`make` with a Python before 3.11 says which it found and how to name another."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    old = tmp_path / "python3.10"
    old.write_text('#!/bin/sh\nif [ "$1" = -V ]; then echo Python 3.10.12; else exit 1; fi\n')
    old.chmod(0o755)
    made = subprocess.run(
        ["make", "run", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True
    )
    assert made.returncode != 0
    assert "needs Python 3.11 or newer" in made.stdout
    assert "Python 3.10.12" in made.stdout
    assert "make run PYTHON=python3.13" in made.stdout
