"""What DynamoDB offers and the local cloud does not."""

from __future__ import annotations

from collections.abc import Mapping

from labkit.cloud.refused.refusal import UNENCRYPTED, Refusals, refuse, refuse_calls

NO_CAPACITY = "a table's throughput has no limit"
NO_VECTORS = "tables have no vector indexes"
ONE_REGION = "no table has replicas"

_OF_TABLES: Refusals = {
    **refuse(UNENCRYPTED, "SSESpecification.Enabled", "SSESpecification.KMSMasterKeyId"),
    **refuse(UNENCRYPTED, "SSESpecification.SSEType"),
    **refuse("storage costs nothing", "TableClass", but=("STANDARD",)),
    **refuse("a table gets its policy by put_resource_policy", "ResourcePolicy"),
    **refuse(NO_CAPACITY, "OnDemandThroughput", "WarmThroughput"),
    **refuse(
        NO_CAPACITY,
        *(
            f"{indexes}.{throughput}"
            for indexes in ("GlobalSecondaryIndexes", "GlobalSecondaryIndexUpdates.Create")
            for throughput in ("OnDemandThroughput", "WarmThroughput")
        ),
    ),
    **refuse(
        ONE_REGION,
        "GlobalTableSourceArn",
        "GlobalTableSettingsReplicationMode",
        "GlobalTableWitnessUpdates",
        "MultiRegionConsistency",
        "ReplicaUpdates",
        "DisassociationProtectionEnabled",
    ),
    **refuse(NO_VECTORS, "VectorIndexes", "VectorIndexUpdates"),
}

LEGACY = "it is a legacy parameter, and an expression says the same"
_ATTRIBUTES = refuse(LEGACY, "AttributesToGet")
_EITHER = refuse(LEGACY, "ConditionalOperator", but=("AND",))
_UNMEASURED = refuse(
    "collections of items are not measured", "ReturnItemCollectionMetrics", but=("NONE",)
)
_NO_CAPACITY_TOLD = refuse(
    "what a statement consumes is not counted", "ReturnConsumedCapacity", but=("NONE",)
)
_ON_FAILURE = "ReturnValuesOnConditionCheckFailure"
_NO_ITEM_SHOWN = "a statement whose condition fails shows no item"

REFUSED: Mapping[str, Mapping[str, Refusals]] = {
    "dynamodb": {
        "CreateTable": _OF_TABLES,
        "UpdateTable": _OF_TABLES,
        "ExecuteStatement": {
            **refuse("a statement is answered on one page", "Limit", "NextToken"),
            **refuse(_NO_ITEM_SHOWN, _ON_FAILURE, but=("NONE",)),
            **_NO_CAPACITY_TOLD,
        },
        "ExecuteTransaction": {
            **refuse(_NO_ITEM_SHOWN, f"TransactStatements.{_ON_FAILURE}", but=("NONE",)),
            **_NO_CAPACITY_TOLD,
        },
        "BatchExecuteStatement": {
            **refuse(_NO_ITEM_SHOWN, f"Statements.{_ON_FAILURE}", but=("NONE",)),
            **_NO_CAPACITY_TOLD,
        },
        "BatchWriteItem": _UNMEASURED,
        "DeleteItem": {**refuse(LEGACY, "Expected", "ConditionalOperator"), **_UNMEASURED},
        "GetItem": _ATTRIBUTES,
        "PutItem": {**_EITHER, **_UNMEASURED},
        "TransactWriteItems": _UNMEASURED,
        "UpdateItem": {**_EITHER, **_UNMEASURED},
        "Query": {**_ATTRIBUTES, **_EITHER},
        "Scan": {**_ATTRIBUTES, **_EITHER},
        "PutResourcePolicy": refuse(
            "whom a policy shuts out is not asked", "ConfirmRemoveSelfResourceAccess"
        ),
        **refuse_calls(
            "tables have no backups",
            *("CreateBackup", "RestoreTableFromBackup", "RestoreTableToPointInTime"),
            "UpdateContinuousBackups",
        ),
        **refuse_calls(
            "a table is read by a scan or its stream", "ExportTableToPointInTime", "ListExports"
        ),
        **refuse_calls("a table is filled by those who write to it", "ImportTable"),
    },
    "dynamodbstreams": {
        "GetShardIterator": refuse("a shard is read from an end, or from a record", "Timestamp"),
    },
}
