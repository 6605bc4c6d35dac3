"""Where requests for Lambda go: moto's addresses, with our answers."""

from moto.awslambda.urls import url_bases
from moto.awslambda.urls import url_paths as moto_paths

from labkit.cloud.functions.answers import with_fields
from labkit.cloud.functions.control import LabLambdaResponse
from labkit.cloud.mappings.responses import MappingResponse

__all__ = ["url_bases", "url_paths"]

url_paths = {
    path: MappingResponse.dispatch
    if "/event-source-mappings" in path
    else with_fields(LabLambdaResponse.dispatch)
    for path in moto_paths
}
