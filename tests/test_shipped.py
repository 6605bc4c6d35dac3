"""The notebooks and the policies are found in the repository, and in an installed wheel."""

from __future__ import annotations

import runpy
import shutil
import tomllib
from pathlib import Path

from labkit import shipped

REPOSITORY = Path(shipped.__file__).parents[1]


def test_in_the_repository_they_lie_beside_the_code():
    """There everybody sees them."""
    assert shipped.NOTEBOOKS == REPOSITORY / "notebooks" and shipped.NOTEBOOKS.is_dir()
    assert shipped.POLICIES == REPOSITORY / "policies" and shipped.POLICIES.is_dir()


def test_a_wheel_has_them_within(tmp_path: Path):
    """The build puts them where an installed labkit looks for them."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    built = project["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]["shipped"]
    for there in built.values():
        (tmp_path / there).mkdir(parents=True)
    code = shutil.copy(shipped.__file__, tmp_path / "labkit")
    found = runpy.run_path(code)
    assert found["NOTEBOOKS"] == tmp_path / built["notebooks"]
    assert found["POLICIES"] == tmp_path / built["policies"]
