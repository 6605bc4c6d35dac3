"""Where requests for DynamoDB Streams go: moto's addresses, with answers of our own."""

from moto.dynamodbstreams.urls import url_bases

from labkit.cloud.streams.responses import StreamsResponse

__all__ = ["url_bases", "url_paths"]

url_paths = {"{0}/$": StreamsResponse.dispatch}
