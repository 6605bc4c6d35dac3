"""What a patch may change of each resource of a REST API, and moto's attribute for it.

https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
"""

from __future__ import annotations

from labkit.cloud.gateway.patches import Field, Patchable, optional, to_bool

METHOD = Patchable(
    {
        "apiKeyRequired": Field("api_key_required", convert=to_bool),
        "authorizationType": Field("authorization_type", convert=str.upper),
        "operationName": Field("operation_name"),
        "requestModels": Field("request_models", keyed=True),
        "requestParameters": Field("request_parameters", keyed=True, convert=to_bool),
        "requestValidatorId": Field("request_validator_id", convert=optional),
    },
    strict=True,
    plain=True,
    replace_only="Invalid patch operation specified. Must be one of: [replace]",
)
METHOD_RESPONSE = Patchable(
    {
        "responseModels": Field(
            "response_models", keyed=True, missing="Content-Type specified was not found"
        ),
        "responseParameters": Field(
            "response_parameters",
            keyed=True,
            missing="Invalid parameter name specified",
            convert=to_bool,
        ),
    },
    plain=True,
)
INTEGRATION = Patchable(
    {
        "credentials": Field("credentials", convert=optional),
        "httpMethod": Field("http_method"),
        "passthroughBehavior": Field("passthrough_behaviour"),
        "requestParameters": Field("request_parameters", keyed=True),
        "requestTemplates": Field("request_templates", keyed=True, convert=optional),
        "timeoutInMillis": Field("timeout_in_millis", convert=int),
        "uri": Field("uri"),
    }
)
INTEGRATION_RESPONSE = Patchable(
    {
        "responseParameters": Field("response_parameters", keyed=True),
        "responseTemplates": Field("response_templates", keyed=True, convert=optional),
        "selectionPattern": Field("selection_pattern", convert=optional),
    }
)
GATEWAY_RESPONSE = Patchable(
    {
        "responseParameters": Field(
            "response_parameters",
            keyed=True,
            needed=True,
            missing="Invalid parameter name specified",
        ),
        "responseTemplates": Field("response_templates", keyed=True, needed=True),
        "statusCode": Field("status_code", convert=optional),
    },
    strict=True,
    plain=True,
)
MODEL = Patchable({"description": Field("description"), "schema": Field("schema")}, strict=True)
RESOURCE = Patchable({"parentId": Field("parent_id"), "pathPart": Field("path_part")}, strict=True)
REST_API = Patchable(
    {
        "apiKeySource": Field("api_key_source"),
        "description": Field("description"),
        "name": Field("name", needed=True),
    },
    strict=True,
)
API_KEY = Patchable(
    {
        "description": Field("description"),
        "enabled": Field("enabled", convert=to_bool),
        "name": Field("name"),
        "customerId": Field("customer_id"),
    },
    strict=True,
)
REQUEST_VALIDATOR = Patchable(
    {
        "name": Field("name"),
        "validateRequestParameters": Field("validate_request_parameters", convert=to_bool),
        "validateRequestBody": Field("validate_request_body", convert=to_bool),
    },
    strict=True,
)
DEPLOYMENT = Patchable({"description": Field("description")})
