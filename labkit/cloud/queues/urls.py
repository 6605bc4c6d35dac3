"""Where requests for SQS go: moto's addresses, with answers of our own."""

from moto.sqs import urls as moto_urls
from moto.sqs.urls import url_bases

from labkit.cloud.queues.responses import QueuesResponse

__all__ = ["url_bases", "url_paths"]

url_paths = dict.fromkeys(moto_urls.url_paths, QueuesResponse.dispatch)
