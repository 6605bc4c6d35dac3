"""What API Gateway offers, of REST and of HTTP APIs, and the local cloud does not."""

from __future__ import annotations

from collections.abc import Mapping

from labkit.cloud.refused.refusal import NO_TRACES, Refusals, refuse, refuse_calls

NO_AUTHORIZERS = "there are no authorizers"
NO_CACHE = "stages have no cache"
NO_DOMAINS = "there are no custom domain names"
NO_LINKS = "there are no VPC links"
NO_WEBSOCKETS = "WebSocket APIs have it, and there are none"
THIS_MACHINE = "this cloud listens on this machine only"

# A row holds for the parameters of a call and for what a patch of an update sets.
_OF_APIS: Refusals = {
    **refuse("an API is made, not cloned", "cloneFrom"),
    **refuse("an API has no version of its own", "version"),
    **refuse(NO_AUTHORIZERS, "apiKeySource", only=("AUTHORIZER",)),
    **refuse("payloads are text", "binaryMediaTypes"),
    **refuse("payloads are never compressed", "minimumCompressionSize"),
    **refuse("roles and keys alone say who may call an API", "policy"),
    **refuse("an API has no other endpoint", "disableExecuteApiEndpoint"),
    **refuse(THIS_MACHINE, "endpointConfiguration.vpcEndpointIds"),
    **refuse(THIS_MACHINE, "endpointConfiguration.types", only=("PRIVATE",)),
    **refuse("loopback is IPv4", "endpointConfiguration.ipAddressType", only=("dualstack",)),
    **refuse("this cloud speaks no TLS", "securityPolicy", "endpointAccessMode"),
}
_OF_METHODS: Refusals = {
    **refuse(NO_AUTHORIZERS, "authorizerId", "authorizationScopes"),
    **refuse(NO_AUTHORIZERS, "authorizationType", but=("NONE", "none")),
}
_OF_INTEGRATIONS: Refusals = {
    **refuse(NO_LINKS, "connectionId", "integrationTarget"),
    **refuse(NO_LINKS, "connectionType", only=("VPC_LINK",)),
    **refuse(NO_CACHE, "cacheKeyParameters"),
    **refuse("payloads are text", "contentHandling"),
    **refuse("services are called inside this cloud, without TLS", "tlsConfig"),
    **refuse("answers are not streamed", "responseTransferMode", but=("BUFFERED",)),
}
_OF_STAGES: Refusals = {
    **refuse(NO_CACHE, "cacheClusterEnabled", "cacheClusterSize"),
    **refuse("every caller gets the same deployment", "canarySettings"),
    **refuse("no backend asks for a certificate", "clientCertificateId"),
    **refuse("an API's documentation has no versions", "documentationVersion"),
    **refuse(NO_TRACES, "tracingEnabled"),
}
_OF_HTTP_APIS: Refusals = {
    **refuse(NO_WEBSOCKETS, "apiKeySelectionExpression", "disableSchemaValidation"),
    **refuse(
        NO_WEBSOCKETS,
        "routeSelectionExpression",
        but=("$request.method $request.path", "${request.method} ${request.path}"),
    ),
    **refuse("there are HTTP APIs only", "protocolType", only=("WEBSOCKET",)),
    **refuse("no web page can reach this cloud", "corsConfiguration"),
    **refuse("an API has no other endpoint", "disableExecuteApiEndpoint"),
    **refuse("loopback is IPv4", "ipAddressType", but=("ipv4",)),
}
_OF_HTTP_INTEGRATIONS: Refusals = {
    **refuse("routes lead to functions and queues", "integrationType", but=("AWS_PROXY",)),
    **refuse(
        "only a queue is called without a function", "integrationSubtype", but=("SQS-SendMessage",)
    ),
    **refuse("functions and queues are called by POST", "integrationMethod", but=("POST",)),
    **refuse(NO_LINKS, "connectionId"),
    **refuse(NO_LINKS, "connectionType", only=("VPC_LINK",)),
    **refuse("answers are passed on as they are", "responseParameters"),
    **refuse("services are called inside this cloud, without TLS", "tlsConfig"),
    **refuse(
        NO_WEBSOCKETS,
        "contentHandlingStrategy",
        "passthroughBehavior",
        "requestTemplates",
        "templateSelectionExpression",
    ),
}
_OF_ROUTES: Refusals = {
    **_OF_METHODS,
    **refuse(
        NO_WEBSOCKETS,
        "apiKeyRequired",
        "modelSelectionExpression",
        "requestModels",
        "requestParameters",
        "routeResponseSelectionExpression",
    ),
}
_OF_HTTP_STAGES: Refusals = refuse("no backend asks for a certificate", "clientCertificateId")

REFUSED: Mapping[str, Mapping[str, Refusals]] = {
    "apigateway": {
        **dict.fromkeys(("CreateRestApi", "UpdateRestApi"), _OF_APIS),
        **dict.fromkeys(("PutMethod", "UpdateMethod"), _OF_METHODS),
        **dict.fromkeys(("PutIntegration", "UpdateIntegration"), _OF_INTEGRATIONS),
        **dict.fromkeys(
            ("PutIntegrationResponse", "UpdateIntegrationResponse"),
            refuse("payloads are text", "contentHandling"),
        ),
        **dict.fromkeys(("CreateStage", "UpdateStage"), _OF_STAGES),
        "CreateDeployment": {
            **_OF_STAGES,
            **refuse("create_stage describes a stage", "stageDescription"),
        },
        "CreateApiKey": {
            **refuse("there is no AWS Marketplace", "customerId"),
            **refuse("usage plans say which stages a key opens", "stageKeys"),
        },
        "TestInvokeMethod": refuse("no backend asks for a certificate", "clientCertificateId"),
        **refuse_calls(NO_AUTHORIZERS, "CreateAuthorizer"),
        **refuse_calls(NO_DOMAINS, "CreateBasePathMapping", "CreateDomainName"),
        **refuse_calls(NO_LINKS, "CreateVpcLink", "DeleteVpcLink"),
        "GetApiKeys": refuse("there is no AWS Marketplace", "customerId"),
        "GetDeployment": refuse("a deployment does not tell what is in it", "embed"),
        "GetExport": refuse("APIs are not exported", ""),
        "GetModel": refuse("models are shown as they are", "flatten", only=("true",)),
        "GetTags": refuse("tags come on one page, as from AWS", "limit", "position"),
    },
    "apigatewayv2": {
        "CreateApi": _OF_HTTP_APIS,
        "UpdateApi": {
            **_OF_HTTP_APIS,
            **refuse("only a new API is made quickly", "credentialsArn", "routeKey", "target"),
        },
        **dict.fromkeys(("CreateIntegration", "UpdateIntegration"), _OF_HTTP_INTEGRATIONS),
        **dict.fromkeys(("CreateRoute", "UpdateRoute"), _OF_ROUTES),
        **dict.fromkeys(("CreateStage", "UpdateStage"), _OF_HTTP_STAGES),
        **refuse_calls(NO_AUTHORIZERS, "CreateAuthorizer", "UpdateAuthorizer"),
        **refuse_calls(NO_DOMAINS, "CreateApiMapping", "CreateDomainName"),
        **refuse_calls(NO_LINKS, "CreateVpcLink", "DeleteVpcLink"),
        **refuse_calls("HTTP APIs are not imported", "ReimportApi"),
        **refuse_calls(
            NO_WEBSOCKETS,
            *("CreateIntegrationResponse", "CreateModel", "CreateRouteResponse"),
            *("UpdateIntegrationResponse", "UpdateModel"),
        ),
    },
}
