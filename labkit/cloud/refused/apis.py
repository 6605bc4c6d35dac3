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

REFUSED: Mapping[str, Mapping[str, Refusals]] = {
    "apigateway": {
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
        "CreateApi": {
            **refuse(NO_WEBSOCKETS, "apiKeySelectionExpression", "disableSchemaValidation"),
            **refuse(
                NO_WEBSOCKETS,
                "routeSelectionExpression",
                but=("$request.method $request.path", "${request.method} ${request.path}"),
            ),
            **refuse("loopback is IPv4", "ipAddressType", but=("ipv4",)),
        },
        "CreateIntegration": {
            **refuse("there are no VPC links", "connectionId"),
            **refuse(
                NO_WEBSOCKETS,
                "contentHandlingStrategy",
                "passthroughBehavior",
                "requestTemplates",
                "templateSelectionExpression",
            ),
        },
        "CreateRoute": {
            **refuse("routes have no authorizers", "authorizationScopes"),
            **refuse(
                NO_WEBSOCKETS,
                "modelSelectionExpression",
                "requestModels",
                "requestParameters",
                "routeResponseSelectionExpression",
            ),
        },
    },
}
