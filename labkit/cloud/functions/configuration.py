"""One function version as its workers need it: a snapshot of moto's record, and where each runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Configuration:
    """What a worker is started with. `timeout` is in seconds, sizes are in MB."""

    account_id: str
    region: str
    name: str
    version: str
    runtime: str
    handler: str
    role: str
    timeout: float = 3
    memory_size: int = 128
    ephemeral_storage: int = 512
    code: bytes = field(default=b"", repr=False)
    layers: tuple[bytes, ...] = field(default=(), repr=False)
    variables: dict[str, str] = field(default_factory=dict)
    logging: dict[str, str] = field(default_factory=dict)

    @property
    def zips(self) -> tuple[bytes, ...]:
        """The zip files that its workers run from: its code, then its layers."""
        return (self.code, *self.layers)

    @property
    def arn(self) -> str:
        """The function's ARN, without a version."""
        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:{self.name}"

    @property
    def log_group(self) -> str:
        """The log group that the function writes to."""
        return self.logging.get("LogGroup") or f"/aws/lambda/{self.name}"

    @property
    def log_format(self) -> str:
        """Text or JSON."""
        return self.logging.get("LogFormat", "Text")

    @classmethod
    def of(cls, function: Any) -> Configuration:
        """The configuration of one of moto's functions, as it is now."""
        return cls(
            account_id=function.account_id,
            region=function.region,
            name=function.function_name,
            version=str(function.version),
            runtime=function.run_time,
            handler=function.handler,
            role=function.role,
            timeout=float(function.timeout),
            memory_size=int(function.memory_size),
            ephemeral_storage=int(function.ephemeral_storage),
            code=function.code_bytes,
            layers=function.layer_zips,
            variables=dict(function.environment_vars),
            logging=dict(function.logging_config),
        )


@dataclass(frozen=True)
class Credentials:
    """Temporary credentials of a function's role; `expires` is an instant of the cloud's clock."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expires: float


@dataclass(frozen=True)
class Setup:
    """What one worker is started with; it has `folder` for itself, and in it its `/tmp`."""

    configuration: Configuration
    credentials: Credentials
    endpoint_url: str
    task_root: Path
    layers: tuple[Path, ...]
    folder: Path
    cloud_folder: Path
    stand_in: bool = False

    @property
    def scratch(self) -> Path:
        """The function's `/tmp`."""
        return self.folder / "tmp"
