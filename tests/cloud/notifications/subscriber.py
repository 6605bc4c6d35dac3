"""An HTTP subscriber of a test's own, which keeps every header as it came over the wire."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 20.0  # seconds


@dataclass(frozen=True)
class Post:
    """One request; the words of a header's name are capitalised."""

    headers: dict[str, str]
    body: str


class Subscriber:
    """What listens at `url`; `next()` gives one request after the other, as soon as it is there."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._posts: queue.Queue[Post] = queue.Queue()

    def next(self) -> Post:
        """The next request, in the order of their arrival."""
        return self._posts.get(timeout=PATIENCE)

    def received(self, post: Post) -> None:
        """Keep a request."""
        self._posts.put(post)


@contextmanager
def subscriber(path: str = "/sns-endpoint") -> Iterator[Subscriber]:
    """A subscriber on a free port of 127.0.0.1, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            headers = {name.title(): value for name, value in self.headers.items()}
            listening.received(Post(headers, body.decode()))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    listening = Subscriber(f"http://127.0.0.1:{server.server_port}{path}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield listening
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
