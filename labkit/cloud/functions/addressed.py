"""What all of Lambda's control plane shares: which function is meant, and how it is answered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from moto.awslambda.responses import LambdaResponse

from labkit.cloud.functions.errors import Malformed
from labkit.cloud.functions.naming import FunctionName, parse
from labkit.cloud.functions.pages import page_of

NAMED = re.compile(r"/[^/]+/functions/([^/]+)")


class AddressedResponse(LambdaResponse):
    """moto's answers about a function, of which lists come a page at a time."""

    @property
    def json_body(self) -> Any:  # type: ignore[misc]
        """The body, of which what is null has not been said."""
        try:
            return _said(json.loads(self.body))
        except (ValueError, RecursionError):
            raise Malformed("Could not parse request body into json.") from None

    def _page(self, name: str, entries: Iterable[dict[str, Any]]) -> str:
        marker, most = self._get_param("Marker"), self._get_param("MaxItems")
        return json.dumps(page_of(name, list(entries), marker=marker, most=most))

    def _name(self) -> FunctionName:
        match = NAMED.match(self.path)
        return parse(
            unquote(match[1] if match else ""),
            qualifier=self._get_param("Qualifier"),
            account_id=self.current_account,
            region=self.region,
        )


def _said(document: Any) -> Any:
    if isinstance(document, dict):
        return {name: _said(value) for name, value in document.items() if value is not None}
    return document
