"""The event source mapping API as a part of moto's Lambda backend.

moto's own mappings register themselves with their queue or table, which then calls the function
from inside SendMessage or PutItem; these do not, so moto never fires one. moto's response class
parses the requests (`responses` says where it does not answer as AWS does) and
`tests/cloud/mappings/test_backend.py` fails when what is used of it moves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from moto.awslambda.exceptions import GenericResourcNotFound
from moto.moto_api._internal import mock_random

from labkit.cloud.functions.errors import Refused
from labkit.cloud.functions.naming import FunctionName
from labkit.cloud.mappings import checks, configuration, permissions
from labkit.cloud.mappings.errors import InvalidParameter, MappingInUse
from labkit.cloud.mappings.kinds import Kind, kind_of
from labkit.cloud.mappings.mapping import Mapping, State

if TYPE_CHECKING:
    from labkit.cloud.cloud import Cloud


class MappingsMixin:
    """The mappings of one account and region; a mixin of moto's LambdaBackend."""

    cloud: ClassVar[Cloud]
    account_id: str
    region_name: str
    _event_source_mappings: dict[str, Mapping]
    _named: Callable[[str], FunctionName]  # by the other mixins

    def create_event_source_mapping(self, spec: dict[str, Any]) -> Mapping:
        """Make a mapping and start its poller, unless `Enabled` is false."""
        source_arn = spec.get("EventSourceArn", "")
        kind = kind_of(source_arn)
        settings = configuration.create(spec, kind)
        uuid = str(mock_random.uuid4())
        enabled = spec.get("Enabled", True)
        # A queue's mapping that is not enabled has nothing to begin with (recorded).
        state = State.CREATING if enabled or kind is Kind.STREAM else State.DISABLED
        mapping = Mapping(
            uuid=uuid,
            arn=f"arn:aws:lambda:{self.region_name}:{self.account_id}:event-source-mapping:{uuid}",
            kind=kind,
            event_source_arn=source_arn,
            function_arn=self._function_arn(spec["FunctionName"]),
            settings=settings,
            enabled=enabled,
            state=state,
            last_modified=self.cloud.clock.now(),
            tags=spec.get("Tags", {}),
        )
        checks.check(mapping, others=self._event_source_mappings.values())
        permissions.check(self.cloud.access, mapping)
        permissions.check_destination(self.cloud.access, mapping)
        self._event_source_mappings[uuid] = mapping
        self.cloud.mappings.create(mapping)
        return mapping

    def get_event_source_mapping(self, uuid: str) -> Mapping:
        """The mapping with this UUID."""
        mapping = self._event_source_mappings.get(uuid)
        if mapping is None:
            raise GenericResourcNotFound()
        return mapping

    def list_event_source_mappings(
        self, event_source_arn: str | None, function_name: str | None
    ) -> list[Mapping]:
        """The mappings of a source, of a function (a version or alias of it if named), or both."""
        function_arn = self._function_arn(function_name) if function_name else None
        return [
            mapping
            for mapping in self._event_source_mappings.values()
            if event_source_arn in (None, "", mapping.event_source_arn)
            and function_arn in (None, mapping.function_arn)
        ]

    def update_event_source_mapping(self, uuid: str, spec: dict[str, Any]) -> Mapping:
        """Change a mapping; its poller goes on with the new settings from where it was."""
        mapping = self.get_event_source_mapping(uuid)
        if mapping.state is State.DELETING:
            raise MappingInUse("update")
        spec = {name: value for name, value in spec.items() if name != "UUID"}
        settings = configuration.update(mapping.settings, spec, mapping.kind)
        changed = replace(mapping, settings=settings)
        if spec.get("FunctionName"):
            changed.function_arn = self._function_arn(spec["FunctionName"])
            others = [other for other in self._event_source_mappings.values() if other != mapping]
            checks.check(changed, others=others)
            permissions.check(self.cloud.access, changed)
        if spec.get("FunctionName") or spec.get("DestinationConfig"):
            permissions.check_destination(self.cloud.access, changed)
        was_enabled = mapping.enabled
        mapping.settings, mapping.function_arn = settings, changed.function_arn
        mapping.enabled = spec.get("Enabled", mapping.enabled)
        mapping.last_modified = self.cloud.clock.now()
        mapping.state = {
            (False, True): State.ENABLING,
            (True, False): State.DISABLING,
        }.get((was_enabled, mapping.enabled), State.UPDATING)
        self.cloud.mappings.update(mapping)
        return mapping

    def delete_event_source_mapping(self, uuid: str) -> Mapping:
        """Stop a mapping; it is gone as soon as no invocation of its is under way."""
        mapping = self.get_event_source_mapping(uuid)
        if mapping.state is State.DELETING:
            raise MappingInUse("delete")
        mapping.state = State.DELETING
        self.cloud.mappings.delete(
            mapping, forget=lambda: self._event_source_mappings.pop(uuid, None)
        )
        return mapping

    def create_function(self, spec: dict[str, Any]) -> Any:
        """Create a function; mappings that had lost it go on."""
        function = super().create_function(spec)  # type: ignore[misc]
        self._go_on(self._named(spec["FunctionName"]).unqualified_arn)
        return function

    def create_alias(self, *args: Any, **named: Any) -> Any:
        """Create an alias; mappings that had lost it go on."""
        alias = super().create_alias(*args, **named)  # type: ignore[misc]
        self._go_on(alias.arn)
        return alias

    def _go_on(self, arn: str) -> None:
        for mapping in self._event_source_mappings.values():
            lost = f"{mapping.function_arn}:".startswith(f"{arn}:")
            if lost and mapping.enabled and mapping.state is not State.DELETING:
                self.cloud.mappings.update(mapping)

    def _function_arn(self, name: str) -> str:
        try:
            return self._named(name).arn
        except Refused as refused:
            raise InvalidParameter(refused.message) from None
