"""What AWS offers and the local cloud does not: service, operation, parameter and reason.

`refusals` refuses it; `tests/cloud/test_refusals.py` compares it with the services' models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Refusal:
    """Why a parameter is refused: whatever its value `but` those, or `only` with those."""

    why: str
    but: tuple[str, ...] = ()
    only: tuple[str | bool, ...] = ()

    def holds_for(self, value: Any) -> bool:
        """Whether a parameter with this value is refused."""
        if self.only:
            return value in self.only
        return not _is_empty(value) and value not in self.but


# By parameter, as it is named on the wire. A dot leads into a structure, a map or the members of a
# list; "" stands for the whole operation.
Refusals = Mapping[str, Refusal]


def _refuse(
    why: str, *parameters: str, but: tuple[str, ...] = (), only: tuple[str | bool, ...] = ()
) -> Refusals:
    return dict.fromkeys(parameters, Refusal(why, but, only))


UNENCRYPTED = "nothing is encrypted at rest, and no key can be missing"
NO_TRACES = "there is no X-Ray"
NO_REVISIONS = "revisions of a function are not kept"
NO_CAPACITY = "a table's throughput has no limit"
NO_WEBSOCKETS = "WebSocket APIs have it, and there are none"
ONE_REGION = "no table has replicas"
ONE_ACCOUNT = "there is one account"
ONE_METRIC = "an alarm watches one metric"
NO_SUBSCRIBERS = "logs have no subscribers"
NOTHING_MASKED = "nothing is masked"

_OF_FUNCTIONS: Refusals = {
    **_refuse("functions run on this machine, outside any VPC", "VpcConfig"),
    **_refuse(UNENCRYPTED, "KMSKeyArn", "Code.SourceKMSKeyArn", "SourceKMSKeyArn"),
    **_refuse(NO_TRACES, "TracingConfig.Mode", but=("PassThrough",)),
    **_refuse("functions have no file systems", "FileSystemConfigs"),
    **_refuse("code is not signed", "CodeSigningConfigArn"),
    **_refuse("functions are zip files", "ImageConfig", "Code.ImageUri", "ImageUri"),
    **_refuse("every cold start is one", "SnapStart.ApplyOn", but=("None",)),
    **_refuse("functions have no tenants", "TenancyConfig"),
    **_refuse("functions have no capacity providers", "CapacityProviderConfig", "PublishTo"),
    **_refuse("functions are not durable", "DurableConfig"),
    **_refuse("functions run on this machine's Python", "RuntimeConfig"),
    **_refuse("functions have no accelerators", "AcceleratorConfig"),
    **_refuse(
        "code is always copied",
        "Code.S3ObjectStorageMode",
        "S3ObjectStorageMode",
        but=("COPY",),
    ),
    **_refuse("an object's newest version is taken", "Code.S3ObjectVersion", "S3ObjectVersion"),
    **_refuse(NO_REVISIONS, "RevisionId"),
    **_refuse("platform lines are always logged", "LoggingConfig.SystemLogLevel", but=("INFO",)),
}
_OF_QUEUES: Refusals = _refuse(
    UNENCRYPTED, "Attributes.KmsMasterKeyId", "Attributes.KmsDataKeyReusePeriodSeconds"
)
_FEEDBACK = tuple(
    f"Attributes.{protocol}{kind}"
    for protocol in ("HTTP", "Firehose", "Lambda", "Application", "SQS")
    for kind in ("SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn")
)
_OF_TOPICS: Refusals = {
    **_refuse(UNENCRYPTED, "Attributes.KmsMasterKeyId"),
    **_refuse(NO_TRACES, "Attributes.TracingConfig", but=("PassThrough",)),
    **_refuse("deliveries are not logged; see the topic's metrics", *_FEEDBACK),
    **_refuse("FIFO topics keep no archive", "Attributes.ArchivePolicy"),
    **_refuse("duplicates are told by topic", "Attributes.FifoThroughputScope", but=("Topic",)),
    **_refuse("messages are not inspected", "DataProtectionPolicy"),
}
_OF_TABLES: Refusals = {
    **_refuse(UNENCRYPTED, "SSESpecification.Enabled", "SSESpecification.KMSMasterKeyId"),
    **_refuse(UNENCRYPTED, "SSESpecification.SSEType"),
    **_refuse("storage costs nothing", "TableClass", but=("STANDARD",)),
    **_refuse("a table gets its policy by put_resource_policy", "ResourcePolicy"),
    **_refuse(NO_CAPACITY, "OnDemandThroughput", "WarmThroughput"),
    **_refuse(
        NO_CAPACITY,
        *(
            f"{indexes}.{throughput}"
            for indexes in ("GlobalSecondaryIndexes", "GlobalSecondaryIndexUpdates.Create")
            for throughput in ("OnDemandThroughput", "WarmThroughput")
        ),
    ),
    **_refuse(
        ONE_REGION,
        "GlobalTableSourceArn",
        "GlobalTableSettingsReplicationMode",
        "GlobalTableWitnessUpdates",
        "MultiRegionConsistency",
        "ReplicaUpdates",
        "DisassociationProtectionEnabled",
    ),
    **_refuse("tables have no vector indexes", "VectorIndexes", "VectorIndexUpdates"),
}
_OF_APIS: Refusals = {
    **_refuse("an API is made, not cloned", "cloneFrom"),
    **_refuse("an API has no version of its own", "version"),
    **_refuse("this cloud listens on this machine only", "endpointConfiguration.vpcEndpointIds"),
    **_refuse(
        "this cloud listens on this machine only",
        "endpointConfiguration.types",
        but=("EDGE", "REGIONAL"),
    ),
    **_refuse("loopback is IPv4", "endpointConfiguration.ipAddressType", but=("ipv4",)),
    **_refuse("this cloud speaks no TLS", "securityPolicy", "endpointAccessMode"),
}
_OF_SIMULATIONS: Refusals = {
    **_refuse("there is no organization", "OrderedOrganizationPolicyInputList"),
    **_refuse("a resource is of the account", "ResourceOwner"),
    **_refuse("no EC2 scenario is simulated", "ResourceHandlingOption"),
    **_refuse("an identity's policies count together", "PolicyExclusionList"),
    **_refuse("results come on one page", "MaxItems", "Marker"),
}
_OF_STAGES: Refusals = _refuse("stages have no cache", "cacheClusterSize")

REFUSED: Mapping[str, Mapping[str, Refusals]] = {
    "apigateway": {
        "CreateRestApi": _OF_APIS,
        "PutMethod": _refuse("methods have no authorizers", "authorizerId", "authorizationScopes"),
        "PutIntegration": {
            **_refuse("there are no VPC links", "connectionId", "integrationTarget"),
            **_refuse("stages have no cache", "cacheKeyParameters"),
            **_refuse("services are called inside this cloud, without TLS", "tlsConfig"),
            **_refuse("answers are not streamed", "responseTransferMode", but=("BUFFERED",)),
        },
        "CreateStage": _OF_STAGES,
        "CreateDeployment": {
            **_OF_STAGES,
            **_refuse("create_stage describes a stage", "stageDescription"),
        },
        "CreateApiKey": _refuse("there is no AWS Marketplace", "customerId"),
    },
    "apigatewayv2": {
        "CreateApi": {
            **_refuse(NO_WEBSOCKETS, "apiKeySelectionExpression", "disableSchemaValidation"),
            **_refuse(
                NO_WEBSOCKETS,
                "routeSelectionExpression",
                but=("$request.method $request.path", "${request.method} ${request.path}"),
            ),
            **_refuse("loopback is IPv4", "ipAddressType", but=("ipv4",)),
        },
        "CreateIntegration": {
            **_refuse("there are no VPC links", "connectionId"),
            **_refuse(
                NO_WEBSOCKETS,
                "contentHandlingStrategy",
                "passthroughBehavior",
                "requestTemplates",
                "templateSelectionExpression",
            ),
        },
        "CreateRoute": {
            **_refuse("routes have no authorizers", "authorizationScopes"),
            **_refuse(
                NO_WEBSOCKETS,
                "modelSelectionExpression",
                "requestModels",
                "requestParameters",
                "routeResponseSelectionExpression",
            ),
        },
    },
    "accessanalyzer": {
        "ValidatePolicy": {
            **_refuse("findings are in English", "locale", but=("EN",)),
            **_refuse("findings come on one page", "maxResults", "nextToken"),
            **_refuse("a resource's policy is checked as any", "validatePolicyResourceType"),
        },
    },
    "cloudwatch": {
        "PutMetricAlarm": {
            **_refuse("an alarm watches one metric", "Metrics", "ThresholdMetricId"),
            **_refuse("an alarm looks at whole minutes", "EvaluationWindow", "EvaluationInterval"),
            **_refuse("an alarm has a threshold only", "EvaluationCriteria"),
            **_refuse("an alarm has no warm-up", "WarmUpConfiguration"),
            **_refuse("an alarm's topic gets the alarm", "ActionConfiguration"),
        },
        "PutMetricData": _refuse(
            "metrics have no entities", "EntityMetricData", "StrictEntityValidation"
        ),
        "GetMetricData": _refuse("labels have no times", "LabelOptions"),
        "ListMetrics": _refuse(ONE_ACCOUNT, "IncludeLinkedAccounts", "OwningAccount"),
        "DescribeAlarms": _refuse(ONE_METRIC, "ChildrenOfAlarmName", "ParentsOfAlarmName"),
        "DescribeAlarmHistory": _refuse(ONE_METRIC, "AlarmContributorId"),
        "PutInsightRule": _refuse("there is no Contributor Insights", ""),
    },
    "dynamodb": {
        "CreateTable": _OF_TABLES,
        "UpdateTable": _OF_TABLES,
        "ImportTable": _refuse("a table is filled by those who write to it", ""),
        "ExportTableToPointInTime": _refuse("a table is read by a scan or its stream", ""),
    },
    "iam": {
        "SimulateCustomPolicy": _OF_SIMULATIONS,
        "SimulatePrincipalPolicy": _OF_SIMULATIONS,
    },
    "lambda": {
        "CreateFunction": _OF_FUNCTIONS,
        "UpdateFunctionCode": _OF_FUNCTIONS,
        "UpdateFunctionConfiguration": _OF_FUNCTIONS,
        "PublishVersion": {
            **_refuse(NO_REVISIONS, "RevisionId", "CodeSha256"),
            **_refuse("functions have no capacity providers", "PublishTo"),
        },
        "UpdateAlias": _refuse(NO_REVISIONS, "RevisionId"),
        "PutFunctionEventInvokeConfig": _refuse(
            "it holds for all versions of a function", "Qualifier", but=("$LATEST",)
        ),
        "UpdateFunctionEventInvokeConfig": _refuse(
            "it holds for all versions of a function", "Qualifier", but=("$LATEST",)
        ),
        "CreateFunctionUrlConfig": _refuse("functions have no URLs of their own", ""),
        "UpdateFunctionUrlConfig": _refuse("functions have no URLs of their own", ""),
    },
    "logs": {
        "CreateLogGroup": {
            **_refuse(UNENCRYPTED, "kmsKeyId"),
            **_refuse("log groups are of one class", "logGroupClass", but=("STANDARD",)),
            **_refuse("a log group can be deleted", "deletionProtectionEnabled"),
        },
        "PutLogEvents": _refuse("logs have no entities", "entity"),
        "GetLogEvents": _refuse(NOTHING_MASKED, "unmask"),
        "FilterLogEvents": {
            **_refuse(NOTHING_MASKED, "unmask"),
            **_refuse("a group goes by its logGroupName", "logGroupIdentifier"),
            **_refuse("streams go by logStreamNames", "logStreamNamePrefix"),
            **_refuse("the oldest event comes first", "startFromHead", only=(False,)),
        },
        "DescribeLogGroups": {
            **_refuse(ONE_ACCOUNT, "accountIdentifiers", "includeLinkedAccounts"),
            **_refuse("groups go by logGroupNamePrefix", "logGroupNamePattern"),
            **_refuse("groups go by logGroupNamePrefix", "logGroupIdentifiers"),
            **_refuse("log groups are of one class", "logGroupClass", but=("STANDARD",)),
        },
        "PutDestination": _refuse(NO_SUBSCRIBERS, ""),
        "PutMetricFilter": _refuse("metrics are not made from logs", ""),
        "PutResourcePolicy": _refuse("policies of logs are not asked", ""),
        "PutSubscriptionFilter": _refuse(NO_SUBSCRIBERS, ""),
    },
    "sns": {
        "CreateTopic": _OF_TOPICS,
        "SetTopicAttributes": _OF_TOPICS,
        "Subscribe": {
            **_refuse(
                "there is no telephone network, mobile push or Firehose",
                "Protocol",
                only=("application", "firehose", "sms"),
            ),
            **_refuse("FIFO topics keep no archive", "Attributes.ReplayPolicy"),
            **_refuse("there is no Firehose", "Attributes.SubscriptionRoleArn"),
        },
        "SetSubscriptionAttributes": {
            **_refuse("FIFO topics keep no archive", "Attributes.ReplayPolicy"),
            **_refuse("there is no Firehose", "Attributes.SubscriptionRoleArn"),
        },
        "Publish": _refuse("there is no telephone network", "PhoneNumber"),
        "CreatePlatformApplication": _refuse("there is no mobile push", ""),
        "SetSMSAttributes": _refuse("there is no telephone network", ""),
    },
    "sqs": {
        "CreateQueue": _OF_QUEUES,
        "SetQueueAttributes": _OF_QUEUES,
        "ReceiveMessage": _refuse("a receive is never repeated", "ReceiveRequestAttemptId"),
    },
    "sts": {
        "AssumeRole": {
            **_refuse("a session has one policy, in Policy", "PolicyArns"),
            **_refuse("sessions have no tags", "Tags", "TransitiveTagKeys"),
            **_refuse("nobody has an MFA device", "SerialNumber", "TokenCode"),
            **_refuse("sessions have no source", "SourceIdentity", "ProvidedContexts"),
            **_refuse("tokens are as long as they are", "MinimumSessionTokenSize"),
        },
        "AssumeRoleWithSAML": _refuse("there are no identity providers", ""),
        "AssumeRoleWithWebIdentity": _refuse("there are no identity providers", ""),
        "GetFederationToken": _refuse("AssumeRole gives temporary keys", ""),
        "GetSessionToken": _refuse("AssumeRole gives temporary keys", ""),
    },
}


def _is_empty(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_empty, value.values()))
    return value in (None, "", False) or (isinstance(value, list) and not value)
