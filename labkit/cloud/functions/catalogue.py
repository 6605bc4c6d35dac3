"""Which of moto's functions a caller means, and how it is configured now."""

from __future__ import annotations

from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import LambdaBackend, lambda_backends

from labkit.cloud.functions.configuration import Configuration
from labkit.cloud.functions.errors import FunctionNotFound
from labkit.cloud.functions.naming import FunctionName, parse


class Catalogue:
    """The functions of one account; a name without a region means `region`."""

    def __init__(self, *, account_id: str, region: str) -> None:
        self._account_id = account_id
        self._region = region

    def name(self, text: str) -> FunctionName:
        """Read a function's name, partial ARN or ARN; raises InvalidParameterValue."""
        return parse(text, qualifier=None, account_id=self._account_id, region=self._region)

    def find(self, name: FunctionName) -> Any:
        """moto's record of the function version that is meant; raises FunctionNotFound."""
        known = lambda_backends[self._account_id]
        if name.account_id != self._account_id or name.region not in known:
            raise FunctionNotFound(name.arn)
        backend = _backend(name)
        try:
            return backend.get_function(name.name, _version(backend, name))
        except UnknownFunctionException:
            raise FunctionNotFound(name.arn) from None

    def reserved_concurrency(self, name: FunctionName) -> int | None:
        """How many invocations of the function may run at once, over all its versions."""
        reserved = _backend(name).get_function_concurrency(name.name)
        return None if reserved is None else int(reserved)

    def event_config(self, name: FunctionName) -> dict[str, Any]:
        """How events of the function, version or alias are handled, if that was ever said."""
        function: Any = _backend(name).get_function(name.name)
        configured = function.event_configs.get(name.qualified_arn)
        return dict(configured.config) if configured else {}

    def zips(self) -> set[bytes]:
        """The zip files of all functions there are, in all versions, with their layers."""
        groups = [
            group
            for backend in lambda_backends[self._account_id].values()
            for group in backend._lambdas._functions.values()
        ]
        versions = [version for group in groups for version in group["versions"]]
        functions = [group["latest"] for group in groups if group["latest"]] + versions
        return {code for function in functions for code in Configuration.of(function).zips}


def _backend(name: FunctionName) -> LambdaBackend:
    return lambda_backends[name.account_id][name.region]


def _version(backend: LambdaBackend, name: FunctionName) -> str | None:
    """The version behind a qualifier, which may be an alias."""
    if name.qualifier is None:
        return None
    latest = backend.get_function(name.name)
    alias = backend._lambdas._aliases[latest.function_arn].get(name.qualifier)
    return name.qualifier if alias is None else str(alias.function_version)
