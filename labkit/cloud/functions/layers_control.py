"""Layers in Lambda's control plane over HTTP, where moto answers otherwise than AWS."""

from __future__ import annotations

import json
from typing import Any

from labkit.cloud.functions.addressed import AddressedResponse
from labkit.cloud.functions.layers import compatible


class LayersResponse(AddressedResponse):
    """moto's answers, corrected."""

    def list_layers(self) -> str:
        """`GET /layers`, each with its newest version that suits, a page at a time."""
        layers = [
            {**layer, "LatestMatchingVersion": versions[0]}
            for layer in self.backend.list_layers()
            if (versions := self._suiting(layer["LayerName"]))
        ]
        return self._page("Layers", layers)

    def list_layer_versions(self) -> str:
        """`GET /layers/{name}/versions`, those that suit, the newest first, a page at a time."""
        return self._page("LayerVersions", self._suiting(self.path.rsplit("/", 2)[-2]))

    def _suiting(self, layer: str) -> list[dict[str, Any]]:
        suiting = compatible(
            self.backend.list_layer_versions(layer),
            runtime=self._get_param("CompatibleRuntime"),
            architecture=self._get_param("CompatibleArchitecture"),
        )
        return [version.get_layer_version() for version in suiting]

    def get_layer_version_by_arn(self) -> str:
        """`GET /layers?find=LayerVersion`."""
        version = self.backend.get_layer_version_by_arn(self._get_param("Arn"))
        return json.dumps(version.get_layer_version())
