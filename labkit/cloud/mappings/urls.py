"""Where requests for Lambda go: moto's addresses, with our answers."""

from moto.awslambda.urls import url_bases
from moto.awslambda.urls import url_paths as moto_paths

from labkit.cloud.functions.answers import with_fields
from labkit.cloud.functions.control import LabLambdaResponse
from labkit.cloud.mappings.responses import MappingResponse

__all__ = ["url_bases", "url_paths"]

# What moto has no address for.
MORE = (
    "{0}/(?P<api_version>[^/]+)/account-settings/?$",
    r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/urls/?$",
)

url_paths = {
    path: with_fields(
        (MappingResponse if "/event-source-mappings" in path else LabLambdaResponse).dispatch
    )
    for path in (*moto_paths, *MORE)
}
