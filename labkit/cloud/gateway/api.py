"""One REST API: moto's, with the models that every API has and deployments that are snapshots."""

from __future__ import annotations

from typing import Any

from moto.apigateway import models as moto

from labkit.cloud.gateway.deployment import Deployed, snapshot
from labkit.cloud.gateway.stage import LabStage, check_name, check_variables

# Every REST API starts with these two models.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
DEFAULT_MODELS = {
    "Empty": (
        "This is a default empty schema model",
        '{\n  "$schema": "http://json-schema.org/draft-04/schema#",\n'
        '  "title" : "Empty Schema",\n  "type" : "object"\n}',
    ),
    "Error": (
        "This is a default error schema model",
        '{\n  "$schema" : "http://json-schema.org/draft-04/schema#",\n'
        '  "title" : "Error Schema",\n  "type" : "object",\n'
        '  "properties" : {\n    "message" : { "type" : "string" }\n  }\n}',
    ),
}


class LabRestAPI(moto.RestAPI):
    """One REST API; a deployment of it holds its snapshot."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.version = None  # only a document that is imported says one
        for name, (description, schema) in DEFAULT_MODELS.items():
            self.add_model(name, description, schema, "application/json")

    def to_dict(self) -> dict[str, Any]:
        """The API as its answers have it."""
        shown = super().to_dict()
        endpoints = {"ipAddressType": "ipv4"} | shown[self.PROP_ENDPOINT_CONFIGURATION]
        return shown | {self.PROP_ENDPOINT_CONFIGURATION: endpoints}

    def create_stage(
        self, name: str, deployment_id: str, variables: Any, *given: Any, **named: Any
    ) -> moto.Stage:
        """Make a stage of a deployment."""
        check_name(name)
        check_variables(variables)
        return super().create_stage(name, deployment_id, variables, *given, **named)

    def create_deployment(
        self, name: str, description: str, stage_variables: Any = None
    ) -> moto.Deployment:
        """Deploy the API as it is now; an existing stage keeps its settings, as on AWS."""
        if name:
            check_name(name)
        check_variables(stage_variables)
        taken = snapshot(self)
        stage = self.stages.get(name) or LabStage(name)
        deployment = super().create_deployment(name, description, stage_variables)
        deployment.snapshot = taken
        if name:
            stage.deployment_id = deployment.id
            stage.variables = {**stage.variables, **(stage_variables or {})}
            self.stages[name] = stage
        return deployment

    def delete_deployment(self, deployment_id: str) -> moto.Deployment:
        """Delete a deployment that no stage points at."""
        if any(stage.deployment_id == deployment_id for stage in self.stages.values()):
            raise moto.StageStillActive()
        self.deployments[deployment_id].stage_name = None
        return super().delete_deployment(deployment_id)

    def update_integration_mocks(self, stage_name: str) -> None:
        """moto would patch `requests` here; this cloud serves real HTTP."""

    def deployed(self, stage_name: str) -> tuple[moto.Stage, Deployed] | None:
        """A stage and the deployment that it points at."""
        stage = self.stages.get(stage_name)
        deployment = self.deployments.get(stage.deployment_id or "") if stage else None
        return (stage, deployment.snapshot) if stage and deployment else None
