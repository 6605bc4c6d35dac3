"""Where requests for CloudWatch go: moto's addresses, with answers of our own."""

from moto.cloudwatch import urls as moto_urls
from moto.cloudwatch.urls import url_bases

from labkit.cloud.metrics.responses import MetricsResponse

__all__ = ["url_bases", "url_paths"]

url_paths = dict.fromkeys(moto_urls.url_paths, MetricsResponse.dispatch)
