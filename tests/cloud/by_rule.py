"""Parameters of which one generic test shows what they do, by service: names, pages and tags.

`test_every_parameter.py` has the tests, and asks here for what `honoured` leaves out.
"""

from __future__ import annotations

from functools import cache

from botocore.exceptions import UnknownServiceError
from botocore.session import get_session
from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from moto.logs.responses import LogsResponse

from labkit.cloud.refused import REFUSED
from labkit.cloud.seams import ANSWERS
from tests.cloud.parameters import input_of

# What names a thing that there is, or is not.
NAMES = {
    "apigateway": (
        "apiKey deploymentId httpMethod keyId modelName requestValidatorId resourceArn "
        "resourceId responseType restApiId stageName statusCode usagePlanId"
    ),
    "apigatewayv2": "ApiId DeploymentId IntegrationId ResourceArn RouteId StageName",
    "cloudwatch": "DashboardName DashboardNames ResourceARN",
    "dynamodb": "ResourceArn TableName",
    "dynamodbstreams": "ShardId ShardIterator StreamArn",
    "iam": "AccessKeyId GroupName PolicyArn PolicyName RoleName UserName VersionId",
    "lambda": "Arn FunctionName LayerName Name Qualifier Resource StatementId UUID VersionNumber",
    "logs": "logGroupName logStreamName resourceArn",
    "sns": "ResourceArn SubscriptionArn TopicArn",
    "sqs": "QueueName QueueUrl SourceArn",
}
# Who names what is not there gets the answer of one that was there, as from AWS.
AS_IF = {
    "apigateway": {"GetUsagePlanKeys": "usagePlanId"},
    "lambda": {
        "DeleteAlias": "Name",
        "DeleteFunction": "Qualifier",
        "DeleteLayerVersion": "LayerName VersionNumber",
        "ListLayerVersions": "LayerName",
    },
    "sns": {"DeleteTopic": "TopicArn", "Unsubscribe": "SubscriptionArn"},
}
# Of what cannot be made here there is nothing to be found, changed or deleted.
ABSENT = {
    "apigateway": (
        "DeleteAuthorizer DeleteBasePathMapping DeleteDomainName GetAuthorizer GetAuthorizers "
        "GetBasePathMapping GetBasePathMappings GetDomainName GetDomainNames GetVpcLink "
        "GetVpcLinks UpdateAuthorizer UpdateBasePathMapping"
    ),
    "apigatewayv2": (
        "DeleteApiMapping DeleteAuthorizer DeleteDomainName DeleteIntegrationResponse DeleteModel "
        "DeleteRouteRequestParameter DeleteRouteResponse GetApiMapping GetApiMappings "
        "GetAuthorizer GetDomainName GetDomainNames GetIntegrationResponse "
        "GetIntegrationResponses GetModel GetRouteResponse GetVpcLink GetVpcLinks UpdateVpcLink"
    ),
    "cloudwatch": "DescribeInsightRules",
    "dynamodb": "DeleteBackup DescribeBackup DescribeExport DescribeImport ListBackups",
    "iam": (
        "AddRoleToInstanceProfile DeactivateMFADevice "
        "DeleteInstanceProfile DeleteLoginProfile "
        "DeleteSSHPublicKey DeleteServerCertificate DeleteSigningCertificate "
        "DeleteVirtualMFADevice GetInstanceProfile GetLoginProfile GetOpenIDConnectProvider "
        "GetSAMLProvider GetSSHPublicKey GetServerCertificate ListAccountAliases "
        "ListInstanceProfiles ListInstanceProfilesForRole ListMFADevices "
        "ListOpenIDConnectProviderTags ListSSHPublicKeys ListServerCertificates "
        "ListSigningCertificates ListVirtualMFADevices RemoveRoleFromInstanceProfile "
        "TagInstanceProfile TagOpenIDConnectProvider UntagInstanceProfile "
        "UntagOpenIDConnectProvider UpdateLoginProfile UpdateOpenIDConnectProviderThumbprint "
        "UpdateSAMLProvider UpdateSSHPublicKey UpdateSigningCertificate"
    ),
    "lambda": (
        "DeleteFunctionUrlConfig GetFunctionUrlConfig GetLayerVersionPolicy ListFunctionUrlConfigs"
    ),
    "logs": (
        "CancelExportTask DeleteDelivery DeleteDeliveryDestination "
        "DeleteDeliveryDestinationPolicy DeleteDeliverySource DeleteDestination "
        "DeleteResourcePolicy DeleteSubscriptionFilter DescribeDeliveries "
        "DescribeDeliveryDestinations DescribeDeliverySources DescribeDestinations "
        "DescribeExportTasks DescribeResourcePolicies DescribeSubscriptionFilters GetDelivery "
        "GetDeliveryDestination GetDeliveryDestinationPolicy GetDeliverySource "
        "PutDeliveryDestinationPolicy PutDestinationPolicy"
    ),
    "sns": (
        "CreatePlatformEndpoint GetEndpointAttributes GetPlatformApplicationAttributes "
        "GetSMSAttributes ListEndpointsByPlatformApplication ListPlatformApplications "
        "SetEndpointAttributes SetPlatformApplicationAttributes"
    ),
}
# What comes in pages of any size.
PAGED = {
    "apigateway": (
        "GetApiKeys GetDeployments GetGatewayResponses GetModels GetRequestValidators "
        "GetResources GetRestApis GetUsagePlanKeys GetUsagePlans"
    ),
    "apigatewayv2": "GetApis GetDeployments GetIntegrations GetRoutes GetStages",
    "dynamodb": "ListTables",
    "iam": (
        "GetAccountAuthorizationDetails GetGroup ListAccessKeys ListAttachedGroupPolicies "
        "ListAttachedRolePolicies ListAttachedUserPolicies ListEntitiesForPolicy "
        "ListGroupPolicies ListGroups ListGroupsForUser ListPolicies ListPolicyTags "
        "ListPolicyVersions ListRolePolicies ListRoleTags ListRoles ListUserPolicies "
        "ListUserTags ListUsers SimulateCustomPolicy SimulatePrincipalPolicy"
    ),
    "lambda": (
        "ListAliases ListEventSourceMappings ListFunctionEventInvokeConfigs ListFunctions "
        "ListLayerVersions ListLayers ListVersionsByFunction"
    ),
    "sqs": "ListDeadLetterSourceQueues ListQueues",
}
# What adds tags, and takes them away.
TAGGING = {
    **dict.fromkeys(
        ("apigateway", "apigatewayv2", "cloudwatch", "dynamodb", "lambda", "sns"),
        "TagResource UntagResource",
    ),
    "iam": "TagPolicy TagRole TagUser UntagPolicy UntagRole UntagUser",
    "logs": "TagLogGroup TagResource UntagLogGroup UntagResource",
    "sqs": "TagQueue UntagQueue",
}
MAKING = ("Create", "Put", "Publish", "Send", "Set")  # whose names may be new
REMOVING = ("Cancel", "Delete", "Detach", "Disassociate", "Purge", "Remove", "Unsubscribe", "Untag")


def names_of(service: str, operation: str) -> list[str]:
    """The parameters of an operation that name what there is."""
    if operation.startswith(MAKING) or operation in ABSENT.get(service, "").split():
        return []
    as_if = AS_IF.get(service, {}).get(operation, "").split()
    shape = input_of(service, operation)
    known = NAMES.get(service, "").split()
    members = shape.members if shape else ()
    return [name for name in members if name in known and name not in as_if]


def shown_by_rule(service: str, operation: str) -> set[str]:
    """The parameters that a generic test shows."""
    shape = input_of(service, operation)
    members = list(shape.members) if shape else []
    if operation in ABSENT.get(service, "").split():
        return set(members)
    shown = set(names_of(service, operation))
    if operation in PAGED.get(service, "").split():
        shown.update(paged_by(service, operation))
    if operation in TAGGING.get(service, "").split():
        shown.update(name for name in members if name.lower() in ("tags", "tagkeys"))
    return shown


def is_here(service: str, operation: str) -> bool:
    """Whether the local cloud has an operation, and neither lacks nor refuses the whole of it."""
    refused = REFUSED.get(service, {}).get(operation, {})
    return "" not in refused and camelcase_to_underscores(operation) in methods_of(service)


@cache
def methods_of(service: str) -> list[str]:
    """The operations that moto or the lab has of a service, as Python names them."""
    answers: dict[str, type[BaseResponse]] = {
        answer().boto3_service_name: answer for answer in (*ANSWERS.values(), LogsResponse)
    }
    if service == "accessanalyzer":  # the lab's own
        return ["validate_policy"]
    return method_names_from_class(answers[service])


@cache
def paginators_of(service: str) -> dict[str, dict[str, str | list[str]]]:
    """botocore's description of each operation whose answers come in pages."""
    try:
        return get_session().get_paginator_model(service)._paginator_config
    except UnknownServiceError:
        return {}


def paged_by(service: str, operation: str) -> list[str]:
    """The parameters of an operation that ask for a page, and for how much of it."""
    found = paginators_of(service).get(operation, {})
    token, size = found.get("input_token", []), found.get("limit_key", [])
    return [name for name in (token, size) if isinstance(name, str)]
