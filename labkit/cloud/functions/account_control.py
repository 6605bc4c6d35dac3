"""Lambda's control plane beside functions: tags, the account, and what no function has here.

Source: AWS's answers as LocalStack recorded them, test_lambda_api.snapshot.json.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.awslambda.exceptions import (
    GenericResourcNotFound,
    LambdaClientError,
    UnknownFunctionException,
)

from labkit.cloud.constraints import null
from labkit.cloud.functions import account
from labkit.cloud.functions.addressed import AddressedResponse
from labkit.cloud.functions.errors import ResourceNotFound

NO_KEYS = null("tagKeys")


class AccountResponse(AddressedResponse):
    """moto's answers, corrected."""

    def _get_action(self) -> str:
        """The operation of a request; moto knows no UntagResource without keys."""
        action: str | None = super()._get_action()
        if action is None and self.method == "DELETE" and "/tags/" in self.path:
            return "UntagResource"
        return action  # type: ignore[return-value]

    def untag_resource(self) -> None:  # type: ignore[override]
        """`DELETE /tags/{arn}`, of the keys that are named."""
        keys = self.querystring.get("tagKeys")
        if not keys:
            raise LambdaClientError("ValidationException", NO_KEYS)
        self.backend.untag_resource(unquote(self.path.rsplit("/", 1)[-1]), keys)

    def get_function_url_config(self) -> Any:
        """`GET` and `DELETE /functions/{name}/url`: no function has one."""
        raise GenericResourcNotFound()

    delete_function_url_config = get_function_url_config

    def list_function_url_configs(self) -> str:
        """`GET /functions/{name}/urls`: no function has one."""
        try:
            self.backend.get_function(self._name().name)
        except UnknownFunctionException:
            raise ResourceNotFound("Function does not exist") from None
        return json.dumps({"FunctionUrlConfigs": []})

    def get_function_code_signing_config(self) -> str:
        """`GET /functions/{name}/code-signing-config`: code is not signed."""
        self.backend.get_function(self._name().name)
        return "{}"

    def get_account_settings(self) -> str:
        """`GET /account-settings`."""
        return json.dumps(account.settings(self.backend))
