"""What AWS Lambda offers and the local cloud does not."""

from __future__ import annotations

from collections.abc import Mapping

from labkit.cloud.refused.refusal import (
    NO_TRACES,
    ONE_ACCOUNT,
    UNENCRYPTED,
    Refusals,
    refuse,
    refuse_calls,
)

COPIED = "code is always copied"
NEWEST = "an object's newest version is taken"

_OF_FUNCTIONS: Refusals = {
    **refuse("functions run on this machine, outside any VPC", "VpcConfig"),
    **refuse(UNENCRYPTED, "KMSKeyArn", "Code.SourceKMSKeyArn", "SourceKMSKeyArn"),
    **refuse(NO_TRACES, "TracingConfig.Mode", but=("PassThrough",)),
    **refuse("functions have no file systems", "FileSystemConfigs"),
    **refuse("code is not signed", "CodeSigningConfigArn"),
    **refuse("functions are zip files", "ImageConfig", "Code.ImageUri", "ImageUri"),
    **refuse("every cold start is one", "SnapStart.ApplyOn", but=("None",)),
    **refuse("functions have no tenants", "TenancyConfig"),
    **refuse("functions have no capacity providers", "CapacityProviderConfig", "PublishTo"),
    **refuse("functions are not durable", "DurableConfig"),
    **refuse("functions run on this machine's Python", "RuntimeConfig"),
    **refuse("functions have no accelerators", "AcceleratorConfig"),
    **refuse(
        COPIED,
        "Code.S3ObjectStorageMode",
        "S3ObjectStorageMode",
        but=("COPY",),
    ),
    **refuse(NEWEST, "Code.S3ObjectVersion", "S3ObjectVersion"),
    **refuse("platform lines are always logged", "LoggingConfig.SystemLogLevel", but=("INFO",)),
}

_OF_ALIASES = refuse("an alias leads to one version", "RoutingConfig")

REFUSED: Mapping[str, Mapping[str, Refusals]] = {
    "lambda": {
        "CreateAlias": _OF_ALIASES,
        "CreateFunction": _OF_FUNCTIONS,
        "UpdateAlias": _OF_ALIASES,
        "UpdateFunctionCode": _OF_FUNCTIONS,
        "UpdateFunctionConfiguration": _OF_FUNCTIONS,
        "ListFunctions": refuse("there is no Lambda@Edge", "MasterRegion"),
        "PublishLayerVersion": {
            **refuse(COPIED, "Content.S3ObjectStorageMode", but=("COPY",)),
            **refuse(NEWEST, "Content.S3ObjectVersion"),
        },
        "PublishVersion": refuse("functions have no capacity providers", "PublishTo"),
        **refuse_calls(
            f"layers are not shared: {ONE_ACCOUNT}",
            *("AddLayerVersionPermission", "RemoveLayerVersionPermission"),
        ),
        **refuse_calls(
            "functions have no URLs of their own",
            *("CreateFunctionUrlConfig", "UpdateFunctionUrlConfig"),
        ),
    },
}
