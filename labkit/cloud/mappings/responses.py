"""Where moto's Lambda response class does not answer the event source mapping API as AWS does."""

from __future__ import annotations

import json
from typing import Any

from botocore.validate import ParamValidator
from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.responses import LambdaResponse
from moto.core.responses import TYPE_RESPONSE
from moto.core.utils import get_service_model

from labkit.cloud.constraints import not_one_of, problem_of
from labkit.cloud.functions.errors import Malformed
from labkit.cloud.functions.pages import page_of

# https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html
LARGEST_PAGE = 100
POSITIONS = ("LATEST", "AT_TIMESTAMP", "TRIM_HORIZON")  # in the order that was recorded


class MappingResponse(LambdaResponse):
    """The operations on mappings; moto's class calls the backend with what it parsed."""

    def create_event_source_mapping(self) -> TYPE_RESPONSE:
        """CreateEventSourceMapping answers 202 (recorded), not moto's 201."""
        mapping = self.backend.create_event_source_mapping(self._body("CreateEventSourceMapping"))
        return 202, {"status": 202}, json.dumps(mapping.get_configuration())

    def update_event_source_mapping(self) -> TYPE_RESPONSE:
        """UpdateEventSourceMapping, for a body that is what the API's model says."""
        self._body("UpdateEventSourceMapping")
        return super().update_event_source_mapping()

    def list_event_source_mappings(self) -> str:
        """ListEventSourceMappings, at most 100 a page."""
        mappings = self.backend.list_event_source_mappings(
            self._get_param("EventSourceArn"), self._get_param("FunctionName")
        )
        page = page_of(
            "EventSourceMappings",
            [mapping.get_configuration() for mapping in mappings],
            marker=self._get_param("Marker"),
            most=self._get_param("MaxItems"),
            largest=LARGEST_PAGE,
        )
        return json.dumps(page)

    def _body(self, operation: str) -> dict[str, Any]:
        """The request's JSON, once it is what the API's model says."""
        body = self.json_body
        shape = get_service_model("lambda").operation_model(operation).input_shape
        try:
            report = ParamValidator().validate(body, shape).generate_report()
        except RuntimeError as error:  # an instant that no calendar has
            raise Malformed(str(error)) from None
        for line in report.splitlines():
            if line.startswith("Invalid type"):
                raise Malformed(line)
        position = body.get("StartingPosition", POSITIONS[0])
        if position not in POSITIONS:
            text = not_one_of("startingPosition", position, POSITIONS)
            raise LambdaClientError("ValidationException", text)
        if problem := problem_of(shape, {"UUID": self.path.split("/")[-1], **body}):
            raise LambdaClientError("ValidationException", problem.text)
        return body
