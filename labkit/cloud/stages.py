"""Which URLs reach a stage of an API: API Gateway, not SigV4, decides who may call there.

`{stage}` may be left out for the `$default` stage of an HTTP API.
"""

from __future__ import annotations

import re

URLS = (
    re.compile(r"/_aws/execute-api/(?P<api>[^/]+)(?:/(?P<stage>[^/]*)(?P<path>/.*)?)?"),
    re.compile(r"/restapis/(?P<api>[^/]+)/(?P<stage>[^/]+)/_user_request_(?P<path>/.*)?"),
)
BEGINNINGS = ("/_aws/execute-api/", "/restapis/")


def find(path: str) -> re.Match[str] | None:
    """The parts `api`, `stage` and `path` of a URL's path, None when it reaches no stage.

    >>> find("/_aws/execute-api/a1b2/lab/orders")["path"]
    '/orders'
    >>> find("/restapis/a1b2/resources") is None
    True
    """
    if not path.startswith(BEGINNINGS):  # as most calls do not
        return None
    return next((found for pattern in URLS if (found := pattern.fullmatch(path))), None)
