"""The tags of HTTP APIs and their stages; moto keeps some for whatever is named.

https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/tags-resource-arn.html
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.apigatewayv2.models import Stage
from moto.apigatewayv2.responses import ApiGatewayV2Response

from labkit.cloud.gateway.http_apis.errors import NotFound


class TagsResponse(ApiGatewayV2Response):
    """`/v2/tags/{arn}`; those of an API are kept by moto, by its ARN."""

    def get_tags(self) -> Any:
        """`GET /v2/tags/{arn}`."""
        stage = self._stage()
        return (200, {}, json.dumps({"tags": stage.tags})) if stage else super().get_tags()

    def tag_resource(self) -> Any:
        """`POST /v2/tags/{arn}`."""
        if stage := self._stage():
            stage.tags = {**stage.tags, **json.loads(self.body).get("tags", {})}
            return 201, {}, "{}"
        return super().tag_resource()

    def untag_resource(self) -> Any:
        """`DELETE /v2/tags/{arn}`."""
        if stage := self._stage():
            keys = self.querystring.get("tagKeys", [])
            stage.tags = {key: tag for key, tag in stage.tags.items() if key not in keys}
            return 204, {}, ""
        return super().untag_resource()

    def _stage(self) -> Stage | None:
        """The stage that the ARN names, None when it is that of an API."""
        match unquote(self.path).partition("::/")[2].split("/"):
            case ["apis", api_id]:
                self.apigatewayv2_backend.get_api(api_id)
                return None
            case ["apis", api_id, "stages", name]:
                return self.apigatewayv2_backend.get_stage(api_id, name)
        raise NotFound("Invalid Resource identifier specified")
