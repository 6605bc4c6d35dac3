"""Which test shows what a parameter does, for every parameter that the local cloud does not refuse.

By service and operation: test (below tests/cloud) to parameters. Together with those of `by_rule`
and the table of refusals these are all parameters of botocore's models; `test_every_parameter.py`
sees to that.
"""

from __future__ import annotations

KEPT = "test_descriptions.py::test_what_describes_{}_is_shown_as_given"

_QUEUE = {
    "queues/test_attributes_http.py::test_a_malformed_redrive_allow_policy_is_refused": (
        "QueueName QueueUrl"
    ),
    "access/test_policy_setters_http.py::test_policies_of_resources": "Attributes.Policy",
    "queues/test_attributes.py::test_the_type_of_a_queue_stays": "Attributes.FifoQueue",
    "queues/test_attributes.py::test_refuses_unknown_attributes": (
        "Attributes.All Attributes.ApproximateNumberOfMessages Attributes.CreatedTimestamp "
        "Attributes.ApproximateNumberOfMessagesDelayed Attributes.LastModifiedTimestamp "
        "Attributes.ApproximateNumberOfMessagesNotVisible Attributes.QueueArn"
    ),
    "queues/test_attributes_http.py::test_a_queue_has_times_of_its_own": (
        "Attributes.VisibilityTimeout Attributes.DelaySeconds"
    ),
    "queues/test_queue.py::test_messages_vanish_after_the_retention_period": (
        "Attributes.MessageRetentionPeriod"
    ),
    "queues/test_http.py::test_the_limit_is_one_mebibyte": "Attributes.MaximumMessageSize",
    "queues/test_attributes_http.py::test_a_queue_may_make_every_receive_a_long_poll": (
        "Attributes.ReceiveMessageWaitTimeSeconds"
    ),
    "queues/test_dead_letters.py::"
    "test_the_receive_that_would_exceed_the_count_moves_the_message": "Attributes.RedrivePolicy",
    "queues/test_dead_letters.py::test_a_dead_letter_queue_says_who_may_use_it": (
        "Attributes.RedriveAllowPolicy"
    ),
    "queues/test_attributes_http.py::test_the_content_is_the_body": (
        "Attributes.ContentBasedDeduplication"
    ),
    "queues/test_fifo.py::test_the_scope_of_deduplication_may_be_the_group": (
        "Attributes.DeduplicationScope Attributes.FifoThroughputLimit"
    ),
    KEPT.format("a_queue"): "Attributes.SqsManagedSseEnabled tags",
}
_MAPPING = {
    "mappings/test_api.py::test_a_mapping_needs_a_function_and_a_source": (
        "EventSourceArn FunctionName"
    ),
    "mappings/test_api.py::test_an_unknown_mapping_is_a_404": "UUID",
    "mappings/test_api.py::test_a_mapping_can_be_made_disabled_and_changed": "Enabled",
    "mappings/test_api.py::test_a_mapping_has_tags": "Tags",
    "mappings/test_api.py::test_what_cannot_be_is_refused": (
        "KMSKeyArn MetricsConfig LoggingConfig ProvisionedPollerConfig TumblingWindowInSeconds "
        "StartingPositionTimestamp DestinationConfig.OnSuccess Topics Queues "
        "SourceAccessConfigurations SelfManagedEventSource AmazonManagedKafkaEventSourceConfig "
        "SelfManagedKafkaEventSourceConfig DocumentDBEventSourceConfig"
    ),
    "mappings/test_queue_mappings.py::test_without_a_window_a_batch_is_what_is_there": "BatchSize",
    "mappings/test_queue_mappings.py::test_a_window_of_thousands_is_one_batch": (
        "MaximumBatchingWindowInSeconds"
    ),
    "mappings/test_queue_mappings.py::test_concurrency_is_bounded_by_the_mapping": "ScalingConfig",
    "mappings/test_queue_recordings.py::test_sqs_event_filter": "FilterCriteria",
    "mappings/test_queue_recordings.py::test_report_batch_item_failures": "FunctionResponseTypes",
    "mappings/test_stream_mappings.py::test_with_lanes_the_order_holds_for_each_item": (
        "ParallelizationFactor"
    ),
    "mappings/test_stream_mappings.py::"
    "test_trim_horizon_begins_with_the_oldest_record_and_latest_with_the_next": "StartingPosition",
    "mappings/test_stream_mappings.py::test_a_record_that_is_too_old_is_discarded": (
        "MaximumRecordAgeInSeconds"
    ),
    "mappings/test_stream_mappings.py::test_bisecting_isolates_the_poison_record": (
        "BisectBatchOnFunctionError"
    ),
    "mappings/test_stream_recordings.py::"
    "test_dynamodb_event_source_mapping_with_on_failure_destination_config": (
        "DestinationConfig.OnFailure MaximumRetryAttempts"
    ),
}
_FUNCTION = {
    "functions/test_naming.py::test_a_name_is_of_the_callers_account_and_region": "FunctionName",
    "functions/test_backend.py::test_what_cannot_run_is_not_created": "Runtime Role PackageType",
    "functions/test_failures.py::test_a_function_that_cannot_start_says_why": "Handler",
    "functions/test_failures.py::test_a_function_that_is_too_slow_is_killed_with_its_children": (
        "Timeout"
    ),
    "functions/test_fleet.py::test_an_update_takes_effect_at_the_next_invocation": (
        "Code.ZipFile ZipFile"
    ),
    "test_refusals.py::test_a_function_may_come_from_a_bucket": (
        "Code.S3Bucket Code.S3Key S3Bucket S3Key DryRun"
    ),
    "functions/test_backend.py::test_the_limits_are_those_of_aws": "MemorySize",
    "functions/test_policies.py::test_revisions": "RevisionId",
    "functions/test_backend.py::test_a_published_function_is_a_version": "Publish",
    "functions/test_destinations.py::test_a_dead_letter_queue_gets_the_event_itself": (
        "DeadLetterConfig"
    ),
    "functions/test_environment.py::"
    "test_a_functions_own_variables_win_where_aws_lets_them": "Environment",
    "functions/test_invocation.py::test_layers_are_found_after_the_functions_own_code": "Layers",
    "functions/test_backend.py::test_json_logs_are_json_throughout": (
        "LoggingConfig.LogFormat LoggingConfig.LogGroup LoggingConfig.ApplicationLogLevel"
    ),
    KEPT.format("a_function"): "Description Tags Architectures EphemeralStorage",
}
_ITEMS = "streams/test_item_parameters.py::"
_BATCHES = "streams/test_writes_api.py::"
_STATEMENTS = "streams/test_statements_http.py::"
_NAMES = "ExpressionAttributeNames ExpressionAttributeValues"
_CONSUMED = {
    f"{_ITEMS}test_what_a_call_consumed_is_answered_to_whom_asks": (
        "TableName ReturnConsumedCapacity"
    )
}
_CONDITION = {
    f"{_ITEMS}test_a_condition_that_fails_shows_the_item": (
        "ConditionExpression ReturnValuesOnConditionCheckFailure"
    ),
    f"{_ITEMS}test_what_was_before_comes_back": f"ReturnValues {_NAMES}",
}
_READ = {
    **_CONSUMED,
    f"{_ITEMS}test_what_is_read_is_what_is_asked_for": (
        "ProjectionExpression ConsistentRead ExpressionAttributeNames"
    ),
}
_READS = {
    **_READ,
    f"{_ITEMS}test_an_index_has_the_items_with_its_key": "IndexName",
    f"{_ITEMS}test_a_count_has_no_items": "Select FilterExpression ExpressionAttributeValues",
    f"{_ITEMS}test_pages_follow_each_other_in_either_direction": "Limit ExclusiveStartKey",
}
_SEVERAL = {f"{_BATCHES}test_capacity_is_answered_when_asked_for": "ReturnConsumedCapacity"}
_METHOD = "restApiId resourceId httpMethod"
_GATEWAY = "gateway/test_gateway_http.py::"
_DEPLOYED = {
    f"{_GATEWAY}test_an_edit_is_live_after_the_next_deployment": "restApiId deploymentId stageName",
    f"{_GATEWAY}test_deploying_to_a_stage_keeps_its_variables": "variables",
    KEPT.format("an_api"): "description tags",
}
_TOPIC = {
    "notifications/test_checks.py::test_a_topic_attribute_must_be_known": (
        "Name TopicArn AttributeName AttributeValue"
    ),
    "notifications/test_mail.py::test_the_display_name_is_the_sender": "Attributes.DisplayName",
    "notifications/test_http.py::test_notifications_are_signed": "Attributes.SignatureVersion",
    "notifications/test_delivery_policy.py::test_a_topic_may_forbid_overrides": (
        "Attributes.DeliveryPolicy"
    ),
    "notifications/test_queue.py::test_a_fifo_topic_passes_group_and_order_on": (
        "Attributes.FifoTopic Attributes.ContentBasedDeduplication"
    ),
    KEPT.format("a_topic"): "Attributes.Policy Tags",
}
_SUBSCRIPTION = {
    "notifications/test_http.py::"
    "test_a_subscription_is_pending_until_its_link_is_followed": "TopicArn ReturnSubscriptionArn",
    "notifications/test_checks.py::test_an_endpoint_must_be_of_its_protocol": "Endpoint",
    "notifications/test_checks.py::test_refused_attributes_leave_no_subscription": (
        "SubscriptionArn AttributeName AttributeValue"
    ),
    "notifications/test_http.py::test_filter_policies_of_both_scopes": (
        "Attributes.FilterPolicy Attributes.FilterPolicyScope"
    ),
    "notifications/test_queue.py::test_raw_delivery_keeps_the_attributes": (
        "Attributes.RawMessageDelivery"
    ),
    "notifications/test_retries.py::test_an_exhausted_policy_ends_in_the_dead_letter_queue": (
        "Attributes.RedrivePolicy Attributes.DeliveryPolicy"
    ),
}
_PUBLICATION = {
    "notifications/test_checks.py::test_a_topic_may_be_the_target": "TopicArn TargetArn",
    "notifications/test_checks.py::test_a_bad_message_is_refused": "Message Subject",
    "notifications/test_http.py::test_each_protocol_has_its_own_text": "MessageStructure",
    "notifications/test_queue.py::"
    "test_a_queue_needs_no_confirmation_and_gets_the_envelope": "MessageAttributes",
    "notifications/test_queue.py::test_a_fifo_topic_passes_group_and_order_on": (
        "MessageGroupId MessageDeduplicationId"
    ),
}
_TABLE = {
    "streams/test_http.py::test_a_write_is_read_from_the_stream": (
        "TableName KeySchema AttributeDefinitions"
    ),
    "streams/test_life_http.py::test_a_view_type_shows_its_images": "StreamSpecification",
    KEPT.format("a_table"): (
        "BillingMode ProvisionedThroughput LocalSecondaryIndexes GlobalSecondaryIndexes "
        "GlobalSecondaryIndexUpdates DeletionProtectionEnabled Tags"
    ),
}

_HTTP_API = "gateway/http_apis/test_http_apis_http.py::"
_METRICS = "metrics/test_metrics_http.py::"
_ALARMS = "metrics/test_alarms_http.py::"
_GATE = "access/test_gate_http.py::"
_SIMULATED = "access/test_simulate_http.py::"
_SIMULATION = {
    f"{_SIMULATED}test_a_custom_policy": "PolicyInputList ActionNames ResourceArns",
    f"{_SIMULATED}test_a_principals_policies": "PolicySourceArn",
    f"{_SIMULATED}test_context_boundary_and_resource_policy": (
        "PermissionsBoundaryPolicyInputList ResourcePolicy ContextEntries CallerArn"
    ),
}
_LOG_READERS = {
    "functions/test_log_events.py::test_what_is_read_is_what_was_asked_for": (
        "logGroupName logGroupIdentifier logStreamName logStreamNames startTime endTime "
        "nextToken limit interleaved logStreamNamePrefix orderBy descending startFromHead"
    ),
}

_PATCHED = {f"{_GATEWAY}test_a_patch_that_makes_no_sense": "patchOperations"}
_IMPORTS = "gateway/test_imports_http.py::"
_IMPORTED = {
    f"{_IMPORTS}test_a_document_is_merged_or_overwrites": "restApiId mode",
    f"{_IMPORTS}test_an_import_has_no_warnings": "body failOnWarnings",
    f"{_IMPORTS}test_what_an_import_or_export_would_ignore_is_refused": "parameters",
}
_SHOWN_CHANGED = "test_every_parameter.py::test_what_is_changed_is_shown"
_LEFT_OUT = "test_every_parameter.py::test_lists_leave_out_what_is_not_asked_for"
_QUEUES = "queues/test_http.py::"
_MOVES = "queues/test_moves_http.py::"
_POLICIES = "functions/test_policies.py::"
_CHANGES = "access/test_changes_http.py::"
_LAYERS = "functions/test_layers.py::"
_STREAMS = "streams/test_http.py::"

HONOURED: dict[str, dict[str, dict[str, str]]] = {
    "accessanalyzer": {
        "ValidatePolicy": {f"{_SIMULATED}test_validate_policy": "policyDocument policyType"},
    },
    "apigateway": {
        "CreateModel": {
            f"{_GATEWAY}test_model": "restApiId name contentType schema",
            KEPT.format("an_api"): "description",
        },
        "CreateRequestValidator": {
            "gateway/test_answers_http.py::test_request_validators": (
                "restApiId name validateRequestBody validateRequestParameters"
            )
        },
        "CreateResource": {
            "gateway/test_answers_http.py::test_a_resource_moves": "restApiId parentId pathPart"
        },
        "CreateUsagePlanKey": {
            "gateway/test_limits_http.py::test_a_quota": "usagePlanId keyId keyType"
        },
        "GetApiKey": {"gateway/test_answers_http.py::test_api_keys": "includeValue"},
        "GetApiKeys": {
            "gateway/test_answers_http.py::test_api_keys": "includeValues",
            _LEFT_OUT: "nameQuery",
        },
        "GetResource": {"gateway/test_answers_http.py::test_a_resource_moves": "embed"},
        "GetResources": {f"{_IMPORTS}test_a_document_is_merged_or_overwrites": "embed"},
        "GetUsagePlanKeys": {
            _LEFT_OUT: "nameQuery",
            "gateway/test_answers_http.py::test_deleted_api_keys": "usagePlanId",
        },
        "ImportApiKeys": {
            f"{_IMPORTS}test_what_an_import_or_export_would_ignore_is_refused": (
                "body format failOnWarnings"
            )
        },
        "ImportRestApi": _IMPORTED,
        "PutRestApi": _IMPORTED,
        "TestInvokeMethod": {
            f"{_GATEWAY}test_options": "clientCertificateId",
            "gateway/test_logs_http.py::test_the_log": (
                "pathWithQueryString body headers multiValueHeaders stageVariables"
            ),
        },
        **dict.fromkeys(
            (
                "UpdateAccount",
                "UpdateApiKey",
                "UpdateDeployment",
                "UpdateGatewayResponse",
                "UpdateIntegration",
                "UpdateIntegrationResponse",
                "UpdateMethod",
                "UpdateMethodResponse",
                "UpdateModel",
                "UpdateRequestValidator",
                "UpdateResource",
                "UpdateRestApi",
                "UpdateStage",
                "UpdateUsagePlan",
            ),
            _PATCHED,
        ),
        "CreateApiKey": {
            "gateway/test_usage_plans.py::test_which_keys_open_a_stage": "enabled value",
            KEPT.format("an_api"): "name description generateDistinctId tags",
        },
        "CreateDeployment": _DEPLOYED,
        "CreateRestApi": {
            f"{_GATEWAY}test_options": (
                "apiKeySource binaryMediaTypes minimumCompressionSize policy "
                "disableExecuteApiEndpoint"
            ),
            KEPT.format("an_api"): "name description tags endpointConfiguration",
        },
        "CreateStage": _DEPLOYED,
        "CreateUsagePlan": {
            "gateway/test_limits_http.py::test_a_quota": "apiStages.apiId apiStages.stage quota",
            "gateway/test_limits_http.py::test_a_throttle": "throttle",
            "gateway/test_limits_http.py::test_the_throttle_of_a_method_in_a_plan": (
                "apiStages.throttle"
            ),
            KEPT.format("an_api"): "name description tags",
        },
        "PutGatewayResponse": {
            f"{_GATEWAY}test_custom_gateway_response": (
                "restApiId responseType statusCode responseParameters responseTemplates"
            ),
        },
        "PutIntegration": {
            f"{_GATEWAY}test_an_encoded_order_arrives_unharmed": (
                f"{_METHOD} type integrationHttpMethod uri credentials requestTemplates "
                "requestParameters"
            ),
            f"{_GATEWAY}test_integration": "connectionType contentHandling",
            f"{_GATEWAY}test_never_passes_another_type": "passthroughBehavior",
            "gateway/test_plane.py::test_a_backend_that_hangs_is_504": "timeoutInMillis",
            KEPT.format("an_api"): "cacheNamespace",
        },
        "PutIntegrationResponse": {
            f"{_GATEWAY}test_a_missing_queue_is_an_error_of_the_backend": (
                f"{_METHOD} statusCode selectionPattern"
            ),
            f"{_GATEWAY}test_headers_and_parameters": "responseParameters",
            f"{_GATEWAY}test_a_refusal_of_the_queue_can_be_told": "responseTemplates",
            f"{_GATEWAY}test_integration": "contentHandling",
        },
        "PutMethod": {
            f"{_GATEWAY}test_nothing_there": _METHOD,
            f"{_GATEWAY}test_method": "authorizationType",
            f"{_GATEWAY}test_api_key": "apiKeyRequired",
            f"{_GATEWAY}test_parameters": "requestParameters",
            f"{_GATEWAY}test_body": "requestModels requestValidatorId",
            KEPT.format("an_api"): "operationName",
        },
        "PutMethodResponse": {
            f"{_GATEWAY}test_a_mapped_status_needs_a_method_response": f"{_METHOD} statusCode",
            f"{_GATEWAY}test_headers_and_parameters": "responseParameters",
            KEPT.format("an_api"): "responseModels",
        },
    },
    "apigatewayv2": {
        "DeleteRouteSettings": {f"{_HTTP_API}test_throttling": "routeKey"},
        "UpdateApi": {_SHOWN_CHANGED: "name description version"},
        "UpdateIntegration": {
            _SHOWN_CHANGED: (
                "connectionType description integrationMethod integrationType integrationUri "
                "payloadFormatVersion timeoutInMillis"
            ),
            f"{_HTTP_API}test_updates": "requestParameters credentialsArn integrationSubtype",
        },
        "UpdateRoute": {
            _SHOWN_CHANGED: "authorizationType operationName routeKey",
            f"{_HTTP_API}test_updates": "target",
        },
        "UpdateStage": {
            _SHOWN_CHANGED: "description stageVariables defaultRouteSettings",
            f"{_HTTP_API}test_throttling": "routeSettings",
            f"{_HTTP_API}test_access_logs": "accessLogSettings",
            f"{_HTTP_API}test_deployments": "deploymentId autoDeploy",
        },
        "CreateApi": {
            f"{_HTTP_API}test_quick_create": ("credentialsArn name protocolType routeKey target"),
            f"{_HTTP_API}test_apis": "corsConfiguration",
            KEPT.format("an_http_api"): "description tags version",
        },
        "CreateDeployment": {
            f"{_HTTP_API}test_deployments": "apiId stageName",
            KEPT.format("an_http_api"): "description",
        },
        "CreateIntegration": {
            f"{_HTTP_API}test_attributes_and_parts": (
                "apiId credentialsArn integrationType integrationSubtype requestParameters"
            ),
            f"{_HTTP_API}test_format_2": "integrationUri payloadFormatVersion",
            f"{_HTTP_API}test_integrations": "integrationMethod timeoutInMillis",
            KEPT.format("an_http_api"): "description",
        },
        "CreateRoute": {
            f"{_HTTP_API}test_both_urls": "apiId routeKey target",
            f"{_HTTP_API}test_routes": "authorizationType",
            KEPT.format("an_http_api"): "operationName",
        },
        "CreateStage": {
            f"{_HTTP_API}test_deployments": "apiId stageName deploymentId autoDeploy",
            f"{_HTTP_API}test_throttling": "defaultRouteSettings routeSettings",
            f"{_HTTP_API}test_access_logs": "accessLogSettings",
            f"{_HTTP_API}test_json_of_a_stage": "stageVariables",
            KEPT.format("an_http_api"): "description tags",
        },
    },
    "cloudwatch": {
        "DeleteAlarms": {f"{_ALARMS}test_alarms_are_found_by_name_state_and_action": "AlarmNames"},
        "DisableAlarmActions": {f"{_ALARMS}test_actions_can_be_disabled": "AlarmNames"},
        "EnableAlarmActions": {f"{_ALARMS}test_actions_can_be_disabled": "AlarmNames"},
        "ListDashboards": {_LEFT_OUT: "DashboardNamePrefix"},
        "PutDashboard": {_LEFT_OUT: "DashboardName DashboardBody"},
        "DescribeAlarmHistory": {
            f"{_ALARMS}test_the_history_is_asked_by_kind_and_time": (
                "AlarmName AlarmTypes HistoryItemType StartDate EndDate MaxRecords NextToken ScanBy"
            ),
        },
        "DescribeAlarms": {
            f"{_ALARMS}test_alarms_are_found_by_name_state_and_action": (
                "AlarmNames AlarmNamePrefix AlarmTypes StateValue ActionPrefix MaxRecords NextToken"
            ),
        },
        "DescribeAlarmsForMetric": {
            f"{_ALARMS}test_alarms_of_a_metric_are_told_by_what_they_watch": (
                "MetricName Namespace Statistic ExtendedStatistic Dimensions Period Unit"
            ),
        },
        "GetMetricData": {
            f"{_METRICS}test_newest_comes_first_unless_asked_otherwise": (
                "MetricDataQueries.Id MetricDataQueries.MetricStat MetricDataQueries.Label "
                "MetricDataQueries.ReturnData StartTime EndTime ScanBy"
            ),
            f"{_METRICS}test_what_is_not_here_is_refused": (
                "MetricDataQueries.Expression MetricDataQueries.Period MetricDataQueries.AccountId"
            ),
            f"{_METRICS}test_data_points_come_in_pages": "NextToken MaxDatapoints",
        },
        "GetMetricStatistics": {
            f"{_METRICS}test_statistics_come_together": (
                "Namespace MetricName StartTime EndTime Period Statistics ExtendedStatistics Unit"
            ),
            f"{_METRICS}test_a_queue_reports": "Dimensions",
        },
        "ListMetrics": {
            f"{_METRICS}test_dimensions_name_a_metric_exactly": (
                "Namespace MetricName Dimensions RecentlyActive"
            ),
            f"{_METRICS}test_lists_metrics_in_pages": "NextToken",
        },
        "PutMetricAlarm": {
            f"{_ALARMS}test_a_dead_letter_sets_off_an_alarm": (
                "AlarmName AlarmDescription OKActions AlarmActions MetricName Namespace Statistic "
                "Dimensions Period EvaluationPeriods Threshold ComparisonOperator"
            ),
            f"{_ALARMS}test_actions_can_be_disabled": "ActionsEnabled",
            f"{_ALARMS}test_a_percentile_is_watched_like_a_sum": "ExtendedStatistic",
            f"{_ALARMS}test_bad_alarms_are_refused": "DatapointsToAlarm TreatMissingData",
            f"{_ALARMS}test_what_is_not_here_is_refused": "EvaluateLowSampleCountPercentile",
            KEPT.format("an_alarm"): "InsufficientDataActions Unit Tags",
        },
        "PutMetricData": {
            f"{_METRICS}test_users_put_values_sets_and_statistics": (
                "Namespace MetricData.MetricName MetricData.Value MetricData.Values "
                "MetricData.Counts MetricData.StatisticValues MetricData.Unit"
            ),
            f"{_METRICS}test_dimensions_name_a_metric_exactly": "MetricData.Dimensions",
            f"{_METRICS}test_newest_comes_first_unless_asked_otherwise": "MetricData.Timestamp",
            f"{_METRICS}test_high_resolution_is_kept_by_the_second": "MetricData.StorageResolution",
        },
        "SetAlarmState": {
            f"{_ALARMS}test_a_state_can_be_set_for_a_test": (
                "AlarmName StateValue StateReason StateReasonData"
            ),
        },
    },
    "dynamodb": {
        "DeleteResourcePolicy": {
            "streams/test_policies.py::test_a_policy_is_replaced_only_if_it_is_the_expected_one": (
                "ExpectedRevisionId"
            )
        },
        "ListTagsOfResource": {
            "test_every_parameter.py::test_tags_are_added_shown_and_taken_away": "NextToken"
        },
        "PutResourcePolicy": {
            "streams/test_policies.py::test_a_policy_is_replaced_only_if_it_is_the_expected_one": (
                "ResourceArn Policy ExpectedRevisionId"
            )
        },
        "UpdateTimeToLive": {
            "streams/test_expiry.py::test_an_expired_item_is_removed_by_dynamodb": (
                "TimeToLiveSpecification"
            )
        },
        "BatchExecuteStatement": {
            f"{_STATEMENTS}test_statements_about_no_item": (
                "Statements.Statement Statements.Parameters"
            ),
            f"{_ITEMS}test_a_statement_reads_what_was_written": "Statements.ConsistentRead",
        },
        "BatchGetItem": {
            **_SEVERAL,
            f"{_BATCHES}test_expressions_are_read_wherever_they_are": "RequestItems",
        },
        "BatchWriteItem": {
            **_SEVERAL,
            f"{_BATCHES}test_a_batch_is_checked_before_it_is_written": "RequestItems",
        },
        "CreateTable": _TABLE,
        "DeleteItem": {
            **_CONSUMED,
            **_CONDITION,
            f"{_ITEMS}test_a_condition_that_fails_shows_the_item": (
                "Key ConditionExpression ReturnValuesOnConditionCheckFailure"
            ),
        },
        "ExecuteStatement": {
            f"{_STATEMENTS}test_what_a_statement_returns": "Statement Parameters",
            f"{_ITEMS}test_a_statement_reads_what_was_written": "ConsistentRead",
        },
        "ExecuteTransaction": {
            f"{_STATEMENTS}test_a_transaction_of_statements": (
                "TransactStatements ClientRequestToken"
            ),
        },
        "GetItem": {**_READ, f"{_ITEMS}test_what_was_before_comes_back": "Key"},
        "PutItem": {
            **_CONSUMED,
            **_CONDITION,
            f"{_ITEMS}test_legacy_conditions_and_updates": "Item Expected ConditionalOperator",
        },
        "Query": {
            **_READS,
            f"{_ITEMS}test_pages_follow_each_other_in_either_direction": (
                "Limit ExclusiveStartKey ScanIndexForward KeyConditionExpression"
            ),
            f"{_ITEMS}test_legacy_reads": "KeyConditions QueryFilter",
        },
        "Scan": {
            **_READS,
            f"{_ITEMS}test_legacy_reads": "ScanFilter",
            f"{_ITEMS}test_segments_are_parts_of_a_scan": "Segment TotalSegments",
        },
        "TransactGetItems": {
            **_SEVERAL,
            f"{_BATCHES}test_a_transaction_reads_what_is_asked_for": ("TransactItems.Get"),
        },
        "TransactWriteItems": {
            **_SEVERAL,
            f"{_BATCHES}test_a_transaction_is_carried_out_once": ("ClientRequestToken"),
            f"{_ITEMS}test_a_transaction_checks_puts_updates_and_deletes": (
                "TransactItems.ConditionCheck TransactItems.Put TransactItems.Delete "
                "TransactItems.Update"
            ),
        },
        "UpdateItem": {
            **_CONSUMED,
            **_CONDITION,
            f"{_ITEMS}test_legacy_conditions_and_updates": (
                "Key AttributeUpdates Expected ConditionalOperator UpdateExpression"
            ),
        },
        "UpdateTable": _TABLE,
    },
    "dynamodbstreams": {
        "DescribeStream": {
            f"{_STREAMS}test_shards_are_described_in_pages": (
                "Limit ExclusiveStartShardId ShardFilter"
            )
        },
        "GetRecords": {"streams/test_backend.py::test_refuses_a_limit_out_of_range": "Limit"},
        "GetShardIterator": {
            f"{_STREAMS}test_a_write_is_read_from_the_stream": "ShardIteratorType",
            "streams/test_backend.py::"
            "test_the_number_that_describe_stream_names_is_a_place_to_begin": ("SequenceNumber"),
        },
        "ListStreams": {
            f"{_STREAMS}test_lists_streams_page_by_page": "TableName Limit ExclusiveStartStreamArn"
        },
    },
    "iam": {
        "CreateAccessKey": {f"{_CHANGES}test_a_users_group_and_key": "UserName"},
        "CreateGroup": {_LEFT_OUT: "Path GroupName"},
        "CreateUser": {
            _LEFT_OUT: "Path UserName",
            f"{_CHANGES}test_a_users_boundary": "PermissionsBoundary",
            KEPT.format("an_identity"): "Tags",
        },
        "GetAccountAuthorizationDetails": {_LEFT_OUT: "Filter"},
        "ListAttachedGroupPolicies": {_LEFT_OUT: "PathPrefix"},
        "ListAttachedRolePolicies": {_LEFT_OUT: "PathPrefix"},
        "ListAttachedUserPolicies": {_LEFT_OUT: "PathPrefix"},
        "ListEntitiesForPolicy": {_LEFT_OUT: "EntityFilter PathPrefix PolicyUsageFilter"},
        "ListGroups": {_LEFT_OUT: "PathPrefix"},
        "ListPolicies": {_LEFT_OUT: "Scope OnlyAttached PathPrefix"},
        "ListRoles": {_LEFT_OUT: "PathPrefix"},
        "ListUsers": {_LEFT_OUT: "PathPrefix"},
        "PutGroupPolicy": {
            f"{_CHANGES}test_a_users_group_and_key": "GroupName PolicyName PolicyDocument"
        },
        "PutRolePermissionsBoundary": {
            f"{_CHANGES}test_a_boundary": "RoleName PermissionsBoundary"
        },
        "PutUserPermissionsBoundary": {
            f"{_CHANGES}test_a_users_boundary": "UserName PermissionsBoundary"
        },
        "PutUserPolicy": {f"{_CHANGES}test_a_users_boundary": "UserName PolicyName PolicyDocument"},
        "SetDefaultPolicyVersion": {
            f"{_GATE}test_an_attached_policy_counts": "PolicyArn VersionId"
        },
        "UpdateAccessKey": {f"{_CHANGES}test_a_users_group_and_key": "Status"},
        "UpdateGroup": {
            _SHOWN_CHANGED: "NewPath",
            f"{_CHANGES}test_who_has_another_name_has_the_same_policies": "NewGroupName",
        },
        "UpdateRole": {_SHOWN_CHANGED: "Description MaxSessionDuration"},
        "UpdateRoleDescription": {_SHOWN_CHANGED: "Description"},
        "UpdateUser": {
            _SHOWN_CHANGED: "NewPath",
            f"{_CHANGES}test_who_has_another_name_has_the_same_policies": "NewUserName",
        },
        "AttachRolePolicy": {f"{_GATE}test_an_attached_policy_counts": "RoleName PolicyArn"},
        "CreatePolicy": {
            f"{_GATE}test_an_attached_policy_counts": "PolicyName PolicyDocument",
            KEPT.format("an_identity"): "Path Description Tags",
        },
        "CreatePolicyVersion": {
            f"{_GATE}test_an_attached_policy_counts": "PolicyArn PolicyDocument SetAsDefault",
        },
        "CreateRole": {
            f"{_GATE}test_a_roles_trust_decides_who_takes_it": "RoleName AssumeRolePolicyDocument",
            f"{_GATE}test_a_session_policy_and_a_boundary_only_narrow": "PermissionsBoundary",
            KEPT.format("an_identity"): "Path Description MaxSessionDuration Tags",
        },
        "PutRolePolicy": {
            f"{_GATE}test_the_resource_counts": "RoleName PolicyName PolicyDocument",
        },
        "SimulateCustomPolicy": _SIMULATION,
        "SimulatePrincipalPolicy": _SIMULATION,
        "UpdateAssumeRolePolicy": {
            f"{_GATE}test_a_roles_trust_decides_who_takes_it": "RoleName PolicyDocument",
        },
    },
    "lambda": {
        "AddPermission": {
            f"{_POLICIES}test_a_parameter_is_a_condition": (
                "Action Principal SourceArn FunctionUrlAuthType InvokedViaFunctionUrl "
                "SourceAccount EventSourceToken PrincipalOrgID"
            ),
            f"{_POLICIES}test_revisions": "RevisionId",
        },
        "DeleteAlias": {
            "functions/test_control.py::test_the_life_of_an_alias": "FunctionName Name"
        },
        "DeleteFunction": {"functions/test_control.py::test_versions_that_stay": "Qualifier"},
        "DeleteLayerVersion": {f"{_LAYERS}test_the_life_of_a_layer": "LayerName VersionNumber"},
        "InvokeAsync": {
            "functions/test_http.py::test_the_old_way_to_send_an_event_works": "InvokeArgs"
        },
        "ListAliases": {_LEFT_OUT: "FunctionVersion"},
        "ListEventSourceMappings": {_LEFT_OUT: "EventSourceArn"},
        "ListFunctions": {_LEFT_OUT: "FunctionVersion"},
        "ListLayerVersions": {
            f"{_LAYERS}test_the_life_of_a_layer": (
                "LayerName CompatibleArchitecture CompatibleRuntime"
            )
        },
        "ListLayers": {
            f"{_LAYERS}test_the_life_of_a_layer": "CompatibleArchitecture CompatibleRuntime"
        },
        "PublishLayerVersion": {
            f"{_LAYERS}test_the_life_of_a_layer": (
                "LayerName Description Content.ZipFile CompatibleArchitectures "
                "CompatibleRuntimes LicenseInfo"
            ),
            "test_refusals.py::test_a_function_may_come_from_a_bucket": (
                "Content.S3Bucket Content.S3Key"
            ),
        },
        "PutFunctionConcurrency": {
            "functions/test_http.py::test_a_throttled_function_says_so": (
                "FunctionName ReservedConcurrentExecutions"
            )
        },
        "RemovePermission": {f"{_POLICIES}test_revisions": "RevisionId"},
        "UpdateAlias": {
            _SHOWN_CHANGED: "FunctionVersion Description",
            f"{_POLICIES}test_revisions": "RevisionId",
        },
        "UpdateFunctionEventInvokeConfig": {
            _SHOWN_CHANGED: "MaximumRetryAttempts MaximumEventAgeInSeconds DestinationConfig"
        },
        "CreateAlias": {
            "functions/test_invocation.py::test_versions_and_aliases_run_their_own_code": (
                "FunctionName Name FunctionVersion"
            ),
            KEPT.format("a_function"): "Description",
        },
        "CreateEventSourceMapping": _MAPPING,
        "CreateFunction": _FUNCTION,
        "Invoke": {
            "functions/test_http.py::test_a_request_is_answered": "FunctionName Payload",
            "functions/test_http.py::test_a_dry_run_runs_nothing": "InvocationType",
            "functions/test_http.py::test_the_tail_of_the_log_comes_along": "LogType",
            "functions/test_http.py::test_the_client_context_reaches_the_handler": "ClientContext",
            "functions/test_http.py::test_a_version_and_an_alias_can_be_meant": "Qualifier",
            "functions/test_http.py::test_what_lambda_has_and_the_lab_has_not_is_refused": (
                "DurableExecutionName TenantId"
            ),
        },
        "PublishVersion": {
            "functions/test_invocation.py::test_versions_and_aliases_run_their_own_code": (
                "FunctionName"
            ),
            "functions/test_policies.py::test_revisions": "RevisionId",
            "functions/test_policies.py::test_the_code_that_is_meant": "CodeSha256",
            KEPT.format("a_function"): "Description",
        },
        "PutFunctionEventInvokeConfig": {
            "functions/test_destinations.py::test_the_configuration_is_replaced_or_changed": (
                "FunctionName"
            ),
            "functions/test_events.py::test_a_function_can_have_fewer_retries": (
                "MaximumRetryAttempts"
            ),
            "functions/test_events.py::test_an_old_event_is_given_up": "MaximumEventAgeInSeconds",
            "functions/test_destinations.py::"
            "test_success_and_failure_have_destinations_of_their_own": "DestinationConfig",
            "functions/test_destinations.py::"
            "test_a_version_handles_its_events_in_its_own_way": "Qualifier",
        },
        "UpdateEventSourceMapping": _MAPPING,
        "UpdateFunctionCode": _FUNCTION,
        "UpdateFunctionConfiguration": _FUNCTION,
    },
    "logs": {
        "CreateLogStream": {
            "functions/test_log_patterns.py::test_readers_get_what_the_pattern_finds": (
                "logGroupName logStreamName"
            )
        },
        "CreateLogGroup": {
            "functions/test_log_patterns.py::test_readers_get_what_the_pattern_finds": (
                "logGroupName"
            ),
            KEPT.format("a_log_group"): "tags",
        },
        "DescribeLogGroups": {
            KEPT.format("a_log_group"): "logGroupNamePrefix nextToken limit",
        },
        "DescribeLogStreams": _LOG_READERS,
        "FilterLogEvents": {
            **_LOG_READERS,
            "functions/test_log_patterns.py::test_readers_get_what_the_pattern_finds": (
                "filterPattern"
            ),
        },
        "GetLogEvents": _LOG_READERS,
        "PutLogEvents": {
            "functions/test_log_patterns.py::test_readers_get_what_the_pattern_finds": (
                "logGroupName logStreamName logEvents"
            ),
            KEPT.format("a_log_group"): "sequenceToken",
        },
        "PutRetentionPolicy": {KEPT.format("a_log_group"): "logGroupName retentionInDays"},
    },
    "sns": {
        "AddPermission": {
            "access/test_policy_setters_http.py::test_a_topic_is_opened_and_closed": (
                "Label AWSAccountId ActionName TopicArn"
            )
        },
        "ConfirmSubscription": {
            "notifications/test_http.py::"
            "test_a_protected_subscription_takes_no_unsigned_unsubscribe": (
                "Token AuthenticateOnUnsubscribe"
            )
        },
        "DeleteTopic": {
            "notifications/test_recorded.py::"
            "test_a_new_topic_of_the_same_name_knows_no_duplicates": ("TopicArn")
        },
        "ListSubscriptions": {
            "notifications/test_recorded.py::test_a_page_has_a_hundred_and_a_token": "NextToken"
        },
        "ListSubscriptionsByTopic": {
            "notifications/test_recorded.py::test_a_page_has_a_hundred_and_a_token": "NextToken"
        },
        "ListTopics": {
            "test_every_parameter.py::test_topics_come_in_pages_of_a_hundred": "NextToken"
        },
        "RemovePermission": {
            "access/test_policy_setters_http.py::test_a_topic_is_opened_and_closed": (
                "Label TopicArn"
            )
        },
        "Unsubscribe": {
            "notifications/test_http.py::"
            "test_a_protected_subscription_takes_no_unsigned_unsubscribe": ("SubscriptionArn")
        },
        "CreateTopic": _TOPIC,
        "Publish": _PUBLICATION,
        "PublishBatch": {
            "notifications/test_http.py::test_a_batch_is_delivered_message_by_message": (
                "TopicArn PublishBatchRequestEntries"
            ),
        },
        "SetSubscriptionAttributes": _SUBSCRIPTION,
        "SetTopicAttributes": _TOPIC,
        "Subscribe": _SUBSCRIPTION,
    },
    "sqs": {
        "AddPermission": {
            "queues/test_recorded.py::test_permissions_come_and_go": "Label AWSAccountIds Actions"
        },
        "CancelMessageMoveTask": {f"{_MOVES}test_a_move_task_is_cancelled": "TaskHandle"},
        "ChangeMessageVisibility": {
            f"{_QUEUES}test_a_long_poll_sees_a_message_that_becomes_visible": (
                "ReceiptHandle VisibilityTimeout"
            )
        },
        "ChangeMessageVisibilityBatch": {f"{_QUEUES}test_a_batch_fails_entry_by_entry": "Entries"},
        "DeleteMessage": {f"{_QUEUES}test_a_message_goes_there_and_back": "ReceiptHandle"},
        "DeleteMessageBatch": {f"{_QUEUES}test_a_batch_fails_entry_by_entry": "Entries"},
        "GetQueueAttributes": {f"{_QUEUES}test_a_message_goes_there_and_back": "AttributeNames"},
        "GetQueueUrl": {"access/test_actions.py::test_json_services": "QueueOwnerAWSAccountId"},
        "ListMessageMoveTasks": {f"{_MOVES}test_the_latest_tasks_are_listed": "MaxResults"},
        "ListQueues": {
            f"{_MOVES}test_the_sources_of_a_dead_letter_queue_come_in_pages": "QueueNamePrefix"
        },
        "RemovePermission": {"queues/test_recorded.py::test_permissions_come_and_go": "Label"},
        "SendMessageBatch": {f"{_QUEUES}test_a_batch_fails_entry_by_entry": "QueueUrl Entries"},
        "StartMessageMoveTask": {
            f"{_MOVES}test_a_move_task_is_cancelled": "DestinationArn MaxNumberOfMessagesPerSecond"
        },
        "CreateQueue": _QUEUE,
        "ReceiveMessage": {
            "queues/test_http.py::test_a_message_goes_there_and_back": (
                "QueueUrl AttributeNames MessageSystemAttributeNames"
            ),
            "queues/test_http.py::test_gives_the_message_attributes_that_were_asked_for": (
                "MessageAttributeNames"
            ),
            "queues/test_http.py::test_refuses_parameters_in_the_words_of_aws": (
                "MaxNumberOfMessages"
            ),
            "queues/test_http.py::test_a_long_poll_sees_a_message_that_becomes_visible": (
                "VisibilityTimeout"
            ),
            "queues/test_http.py::test_a_long_poll_ends_when_a_message_comes": "WaitTimeSeconds",
        },
        "SendMessage": {
            "queues/test_http.py::test_a_message_goes_there_and_back": (
                "QueueUrl MessageBody MessageAttributes MessageSystemAttributes"
            ),
            "queues/test_checks.py::test_refuses_a_delay_out_of_range": "DelaySeconds",
            "queues/test_attributes_http.py::test_fifo_attributes_are_received": (
                "MessageDeduplicationId MessageGroupId"
            ),
        },
        "SetQueueAttributes": _QUEUE,
    },
    "sts": {
        "GetAccessKeyInfo": {
            "test_every_parameter.py::test_a_key_is_of_its_account": "AccessKeyId"
        },
        "AssumeRole": {
            f"{_GATE}test_a_roles_trust_decides_who_takes_it": "RoleArn RoleSessionName",
            f"{_GATE}test_a_session_policy_and_a_boundary_only_narrow": "Policy",
            f"{_GATE}test_an_expired_session": "DurationSeconds",
            f"{_GATE}test_an_external_id_is_asked_for": "ExternalId",
        },
    },
}
