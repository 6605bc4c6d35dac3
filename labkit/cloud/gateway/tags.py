"""The tags of REST APIs, their stages, keys and usage plans; moto knows those of stages only.

https://docs.aws.amazon.com/apigateway/latest/api/API_GetTags.html
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.apigateway.exceptions import NotFoundException
from moto.apigateway.responses import APIGatewayResponse


class TagsResponse(APIGatewayResponse):
    """`/tags/{arn}`."""

    def get_tags(self) -> str:
        """`GET /tags/{arn}`."""
        return json.dumps({"tags": self._tagged().tags or {}})

    def tag_resource(self) -> str:
        """`PUT /tags/{arn}`."""
        tagged = self._tagged()
        tagged.tags = {**(tagged.tags or {}), **self._get_param("tags")}
        return ""

    def untag_resource(self) -> str:
        """`DELETE /tags/{arn}`."""
        tagged, keys = self._tagged(), self.querystring.get("tagKeys", [])
        tagged.tags = {key: tag for key, tag in (tagged.tags or {}).items() if key not in keys}
        return ""

    def _tagged(self) -> Any:
        match unquote(self.path).partition("::/")[2].split("/"):
            case ["restapis", api_id]:
                return self.backend.get_rest_api(api_id)
            case ["restapis", api_id, "stages", name]:
                return self.backend.get_stage(api_id, name)
            case ["apikeys", key]:
                return self.backend.get_api_key(key)
            case ["usageplans", plan]:
                return self.backend.get_usage_plan(plan)
        raise NotFoundException("Invalid Resource identifier specified")
