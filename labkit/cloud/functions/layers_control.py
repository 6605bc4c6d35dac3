"""Layers in Lambda's control plane over HTTP, where moto answers otherwise than AWS."""

from __future__ import annotations

import json

from labkit.cloud.functions.addressed import AddressedResponse
from labkit.cloud.functions.layers import latest_compatible


class LayersResponse(AddressedResponse):
    """moto's answers, corrected."""

    def list_layers(self) -> str:
        """`GET /layers`, each with its newest version that suits, a page at a time."""
        runtime = self._get_param("CompatibleRuntime")
        architecture = self._get_param("CompatibleArchitecture")
        layers = []
        for layer in self.backend.list_layers():
            versions = self.backend.list_layer_versions(layer["LayerName"])
            found = latest_compatible(versions, runtime=runtime, architecture=architecture)
            if found is not None:
                layers.append({**layer, "LatestMatchingVersion": found.get_layer_version()})
        return self._page("Layers", layers)

    def list_layer_versions(self) -> str:
        """`GET /layers/{name}/versions`, the newest first, a page at a time."""
        versions = json.loads(super().list_layer_versions())["LayerVersions"]
        return self._page("LayerVersions", versions)

    def get_layer_version_by_arn(self) -> str:
        """`GET /layers?find=LayerVersion`."""
        version = self.backend.get_layer_version_by_arn(self._get_param("Arn"))
        return json.dumps(version.get_layer_version())
