"""An HTTP subscriber of the topic that notes when each order arrives."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Subscriber:
    """Listens on 127.0.0.1, confirms its subscription, and counts orders by id."""

    def __init__(self) -> None:
        self.arrived: dict[str, float] = {}
        self.confirmation: dict[str, Any] = {}
        self._news = threading.Condition()
        subscriber = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                now = time.perf_counter()
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                subscriber.note(json.loads(body), now)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/orders"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def note(self, message: dict[str, Any], now: float) -> None:
        """Keep a confirmation, or the time at which an order came first."""
        with self._news:
            if message["Type"] == "SubscriptionConfirmation":
                self.confirmation = message
            else:
                order = message["MessageAttributes"]["orderID"]["Value"]
                self.arrived.setdefault(order, now)
            self._news.notify_all()

    def wait_for_confirmation(self, *, timeout: float) -> dict[str, Any]:
        """The SubscriptionConfirmation, as soon as it is there."""
        self._wait(lambda: bool(self.confirmation), timeout, "no confirmation")
        return self.confirmation

    def wait_for(self, orders: set[str], *, timeout: float) -> None:
        """Return when every order in `orders` has arrived."""
        self._wait(lambda: orders <= self.arrived.keys(), timeout, "orders are missing")

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def _wait(self, reached: Any, timeout: float, otherwise: str) -> None:
        with self._news:
            if not self._news.wait_for(reached, timeout):
                raise TimeoutError(f"After {timeout} s: {otherwise}; {len(self.arrived)} came.")
