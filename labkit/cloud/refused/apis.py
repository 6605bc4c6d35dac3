"""What API Gateway offers, of REST and of HTTP APIs, and the local cloud does not."""

from __future__ import annotations

from collections.abc import Mapping

from labkit.cloud.refused.refusal import Refusals, refuse

NO_WEBSOCKETS = "WebSocket APIs have it, and there are none"

_OF_APIS: Refusals = {
    **refuse("an API is made, not cloned", "cloneFrom"),
    **refuse("an API has no version of its own", "version"),
    **refuse("this cloud listens on this machine only", "endpointConfiguration.vpcEndpointIds"),
    **refuse(
        "this cloud listens on this machine only",
        "endpointConfiguration.types",
        but=("EDGE", "REGIONAL"),
    ),
    **refuse("loopback is IPv4", "endpointConfiguration.ipAddressType", but=("ipv4",)),
    **refuse("this cloud speaks no TLS", "securityPolicy", "endpointAccessMode"),
}

_OF_STAGES: Refusals = refuse("stages have no cache", "cacheClusterSize")

_OF_HTTP_APIS: Refusals = {
    **refuse(NO_WEBSOCKETS, "apiKeySelectionExpression", "disableSchemaValidation"),
    **refuse(
        NO_WEBSOCKETS,
        "routeSelectionExpression",
        but=("$request.method $request.path", "${request.method} ${request.path}"),
    ),
    **refuse("loopback is IPv4", "ipAddressType", but=("ipv4",)),
    **refuse("no web page can reach this cloud", "corsConfiguration"),
    **refuse("an API is reached by its default endpoint", "disableExecuteApiEndpoint"),
}
_OF_INTEGRATIONS: Refusals = {
    **refuse("there are no VPC links", "connectionId"),
    **refuse(
        NO_WEBSOCKETS,
        "contentHandlingStrategy",
        "passthroughBehavior",
        "requestTemplates",
        "templateSelectionExpression",
    ),
    **refuse("responses are not mapped", "responseParameters"),
    **refuse("services are called inside this cloud, without TLS", "tlsConfig"),
}
_OF_ROUTES: Refusals = {
    **refuse("routes have no authorizers", "authorizationScopes", "authorizerId"),
    **refuse(
        NO_WEBSOCKETS,
        "apiKeyRequired",
        "modelSelectionExpression",
        "requestModels",
        "requestParameters",
        "routeResponseSelectionExpression",
    ),
}
_OF_HTTP_STAGES: Refusals = refuse("this cloud speaks no TLS", "clientCertificateId")

NO_AUTHORIZERS = refuse("callers are told by API keys, or not at all", "")
NO_DOMAINS = refuse("there are no custom domain names", "")
NO_LINKS = refuse("there are no VPC links", "")
OF_WEBSOCKETS = refuse(NO_WEBSOCKETS, "")

REFUSED: Mapping[str, Mapping[str, Refusals]] = {
    "apigateway": {
        "CreateAuthorizer": NO_AUTHORIZERS,
        "CreateBasePathMapping": NO_DOMAINS,
        "CreateDomainName": NO_DOMAINS,
        "CreateVpcLink": NO_LINKS,
        "DeleteVpcLink": NO_LINKS,
        "GetApiKeys": refuse("there is no AWS Marketplace", "customerId"),
        "GetDeployment": refuse("a deployment does not tell what is in it", "embed"),
        "GetExport": refuse("APIs are not exported", ""),
        "GetModel": refuse("models are shown as they are", "flatten"),
        "GetTags": refuse("tags come on one page, as from AWS", "limit", "position"),
        "CreateRestApi": _OF_APIS,
        "PutMethod": refuse("methods have no authorizers", "authorizerId", "authorizationScopes"),
        "PutIntegration": {
            **refuse("there are no VPC links", "connectionId", "integrationTarget"),
            **refuse("stages have no cache", "cacheKeyParameters"),
            **refuse("services are called inside this cloud, without TLS", "tlsConfig"),
            **refuse("answers are not streamed", "responseTransferMode", but=("BUFFERED",)),
        },
        "CreateStage": _OF_STAGES,
        "CreateDeployment": {
            **_OF_STAGES,
            **refuse("create_stage describes a stage", "stageDescription"),
        },
        "CreateApiKey": refuse("there is no AWS Marketplace", "customerId"),
    },
    "apigatewayv2": {
        "CreateApiMapping": NO_DOMAINS,
        "CreateAuthorizer": NO_AUTHORIZERS,
        "CreateDomainName": NO_DOMAINS,
        "CreateIntegrationResponse": OF_WEBSOCKETS,
        "CreateModel": OF_WEBSOCKETS,
        "CreateRouteResponse": OF_WEBSOCKETS,
        "CreateVpcLink": NO_LINKS,
        "DeleteVpcLink": NO_LINKS,
        "ReimportApi": refuse("HTTP APIs are made call by call", ""),
        "UpdateAuthorizer": NO_AUTHORIZERS,
        "UpdateIntegrationResponse": OF_WEBSOCKETS,
        "UpdateModel": OF_WEBSOCKETS,
        "CreateApi": _OF_HTTP_APIS,
        "CreateIntegration": _OF_INTEGRATIONS,
        "CreateRoute": _OF_ROUTES,
        "CreateStage": _OF_HTTP_STAGES,
        "UpdateApi": {
            **_OF_HTTP_APIS,
            **refuse("only a new API is made quickly", "credentialsArn", "routeKey", "target"),
        },
        "UpdateIntegration": _OF_INTEGRATIONS,
        "UpdateRoute": _OF_ROUTES,
        "UpdateStage": _OF_HTTP_STAGES,
    },
}
