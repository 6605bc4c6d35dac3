"""The process of the local cloud: `labkit up`, or `python -m labkit.cloud --with-parent`.

It ends on SIGINT or SIGTERM. With a parent it prints one line of JSON when it is ready (or why it
cannot be), and ends as soon as standard input closes: the system closes that pipe when the parent
ends, however it ends, so no cloud outlives its notebook.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable

from labkit import not_needed
from labkit.errors import SettingError

BEGAN = time.perf_counter()


def run(port: int = 0, *, with_parent: bool = False) -> int:
    """Run the cloud until it is told to end; return the exit status.

    A parent process is spoken to in JSON.
    """
    say = say_json if with_parent else say_plainly
    # In a notebook only the cloud's own failures are shown; what an order meets on its way is to be
    # found where AWS shows it.
    level = logging.ERROR if with_parent else logging.WARNING
    logging.basicConfig(level=level, format="labkit.cloud: %(levelname)s %(message)s")
    # What is not HTTP is answered with 400; it is no error of the cloud's.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    forget_aws_settings()
    not_needed.leave_out("pytest")  # for which time-machine has fixtures
    try:
        listener = listen(port)
    except OSError as error:
        say(error=explain(port, error))
        return 1
    try:
        asyncio.run(serve(listener, with_parent=with_parent, say=say))
    except SettingError as error:
        say(error=str(error))
        return 1
    return 0


def forget_aws_settings() -> None:
    """Drop the reader's AWS settings: this process is a cloud and never a client of one."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull


def listen(port: int) -> socket.socket:
    """A socket bound to 127.0.0.1, and to no other address."""
    listener = socket.socket()
    if os.name == "posix":  # on Windows the option would let two clouds share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        raise
    return listener


def authority(listener: socket.socket) -> str:
    """Where a socket listens, as a URL names it."""
    host, port = listener.getsockname()
    return f"{host}:{port}"


def explain(port: int, error: OSError) -> str:
    """What to do about a port that cannot be used."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on 127.0.0.1 is taken by another program. "
            f"Choose another one (labkit up --port {port + 1}) or end that program."
        )
    return f"Port {port} on 127.0.0.1 cannot be used: {error}. Choose another one."


async def serve(listener: socket.socket, *, with_parent: bool, say: Callable[..., None]) -> None:
    """Serve a cloud on `listener` until a signal, or the parent's end."""
    from labkit.cloud.cloud import Cloud
    from labkit.cloud.functions.bootstrap import hide_memory
    from labkit.cloud.server import FrontDoor, web_server

    hide_memory()  # it holds the credentials of all functions
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows' loop has no signal handlers
            loop.add_signal_handler(number, ended.set)
    if with_parent:
        watch = threading.Thread(target=await_parents_end, args=(loop, ended), daemon=True)
        watch.start()
    inner_listener = listen(0)
    cloud = Cloud(authority=authority(listener), functions_authority=authority(inner_listener))
    front_door = FrontDoor(cloud)
    server = web_server(front_door)
    inner_server = web_server(front_door, for_functions=True)
    door = await loop.create_server(server, sock=listener, backlog=512)
    inner_door = await loop.create_server(inner_server, sock=inner_listener, backlog=512)
    try:
        await cloud.start()
        spare_the_collector()
        say(
            endpoint_url=cloud.endpoint_url,
            smtp=cloud.inbox.address,
            ready_in=round(time.perf_counter() - BEGAN, 3),
        )
        await ended.wait()
    finally:
        door.close()
        inner_door.close()
        await server.shutdown(timeout=0.05)  # 0 would wait for idle connections for ever
        await inner_server.shutdown(timeout=0.05)
        await cloud.stop()


def spare_the_collector() -> None:
    """Keep Python's cycle collector from walking the whole state again and again.

    A day of orders is millions of small objects that stay. Walking them all takes up to a second,
    in which nobody is answered, and finds nothing; the young ones are collected as ever.
    """
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def await_parents_end(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    """Block until standard input closes, then end the cloud."""
    while sys.stdin.buffer.read(4096):
        pass
    with contextlib.suppress(RuntimeError):  # the loop has ended already
        loop.call_soon_threadsafe(ended.set)


def say_json(**facts: object) -> None:
    """One line of JSON for the process that started this one."""
    print(json.dumps(facts), flush=True)


def say_plainly(
    *, endpoint_url: str = "", smtp: str = "", ready_in: float = 0.0, error: str = ""
) -> None:
    """The same for a person."""
    if error:
        print(f"Error: {error}", file=sys.stderr)
        return
    from labkit.aws_settings import LOCAL_KEYS

    keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")
    settings = "".join(f" {name}={LOCAL_KEYS[name]}" for name in keys)
    print(
        f"The local cloud is ready at {endpoint_url} after {ready_in:.1f} s: API Gateway, SQS, "
        f"Lambda, DynamoDB and Streams, SNS, IAM, STS, CloudWatch; inbox at smtp://{smtp}.\n"
        f"Use it:  export AWS_ENDPOINT_URL={endpoint_url}{settings}\nStop it: Ctrl-C",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(run(with_parent="--with-parent" in sys.argv))
