"""What a wheel holds besides the code; an editable install finds it in the repository."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Shipped(BuildHookInterface):
    """Puts the notebooks and the policies into a wheel, and into nothing else.

    A second copy beside an editable install would show the solutions to whoever is graded by it.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the build: `version` is "standard" or "editable"."""
        if version == "standard":
            build_data["force_include"].update(self.config["shipped"])
