"""Where requests for IAM go: moto's addresses, with answers of our own."""

from moto.iam import urls as moto_urls
from moto.iam.urls import url_bases

from labkit.cloud.access.responses import AccessResponse

__all__ = ["url_bases", "url_paths"]

url_paths = dict.fromkeys(moto_urls.url_paths, AccessResponse.dispatch)
