"""What CloudWatch and its Logs offer and the local cloud does not."""

from __future__ import annotations

from collections.abc import Mapping

from labkit.cloud.refused.refusal import ONE_ACCOUNT, UNENCRYPTED, Refusals, refuse, refuse_calls

ONE_METRIC = "an alarm watches one metric"
NOTHING_MASKED = "nothing is masked"

REFUSED: Mapping[str, Mapping[str, Refusals]] = {
    "cloudwatch": {
        "ListDashboards": refuse("dashboards come on one page", "NextToken"),
        "PutDashboard": refuse("dashboards have no tags", "Tags"),
        "PutMetricAlarm": {
            **refuse("an alarm watches one metric", "Metrics", "ThresholdMetricId"),
            **refuse("an alarm looks at whole minutes", "EvaluationWindow", "EvaluationInterval"),
            **refuse("an alarm has a threshold only", "EvaluationCriteria"),
            **refuse(
                "an alarm has a threshold only",
                "ComparisonOperator",
                only=(
                    "LessThanLowerOrGreaterThanUpperThreshold",
                    "LessThanLowerThreshold",
                    "GreaterThanUpperThreshold",
                ),
            ),
            **refuse(
                "few samples have percentiles, too",
                "EvaluateLowSampleCountPercentile",
                only=("ignore",),
            ),
            **refuse("an alarm has no warm-up", "WarmUpConfiguration"),
            **refuse("an alarm's topic gets the alarm", "ActionConfiguration"),
        },
        "PutMetricData": refuse(
            "metrics have no entities", "EntityMetricData", "StrictEntityValidation"
        ),
        "GetMetricData": {
            **refuse("labels have no times", "LabelOptions"),
            **refuse("nothing is computed of metrics", "MetricDataQueries.Expression"),
            **refuse(ONE_ACCOUNT, "MetricDataQueries.AccountId"),
        },
        "ListMetrics": refuse(ONE_ACCOUNT, "IncludeLinkedAccounts", "OwningAccount"),
        "DescribeAlarms": refuse(ONE_METRIC, "ChildrenOfAlarmName", "ParentsOfAlarmName"),
        "DescribeAlarmHistory": refuse(ONE_METRIC, "AlarmContributorId"),
        **refuse_calls(
            "there is no Contributor Insights",
            *("DeleteInsightRules", "DisableInsightRules", "EnableInsightRules", "PutInsightRule"),
        ),
    },
    "logs": {
        "CreateLogGroup": {
            **refuse(UNENCRYPTED, "kmsKeyId"),
            **refuse("log groups are of one class", "logGroupClass", but=("STANDARD",)),
            **refuse("a log group can be deleted", "deletionProtectionEnabled"),
        },
        "PutLogEvents": refuse("logs have no entities", "entity"),
        "GetLogEvents": refuse(NOTHING_MASKED, "unmask"),
        "FilterLogEvents": {
            **refuse(NOTHING_MASKED, "unmask"),
            **refuse("a group goes by its logGroupName", "logGroupIdentifier"),
            **refuse("streams go by logStreamNames", "logStreamNamePrefix"),
            **refuse("the oldest event comes first", "startFromHead", only=(False,)),
        },
        "DescribeLogGroups": {
            **refuse(ONE_ACCOUNT, "accountIdentifiers", "includeLinkedAccounts"),
            **refuse(
                "groups go by logGroupNamePrefix", "logGroupNamePattern", "logGroupIdentifiers"
            ),
            **refuse("log groups are of one class", "logGroupClass", but=("STANDARD",)),
        },
        **refuse_calls(
            "logs are delivered nowhere",
            *("CreateDelivery", "CreateExportTask", "PutDeliveryDestination", "PutDeliverySource"),
        ),
        **refuse_calls(
            "metrics are not made from logs",
            *("DeleteMetricFilter", "DescribeMetricFilters", "PutMetricFilter"),
        ),
        **refuse_calls(
            "there is no Logs Insights; filter_log_events takes patterns",
            *("DescribeQueries", "GetQueryResults", "StartQuery"),
        ),
        **refuse_calls("logs have no subscribers", "PutDestination", "PutSubscriptionFilter"),
        **refuse_calls("logs do not stream; filter_log_events reads them at once", "StartLiveTail"),
        **refuse_calls("policies of logs are not asked", "PutResourcePolicy"),
    },
}
