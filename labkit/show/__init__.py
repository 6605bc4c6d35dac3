"""The state of the lab, to look at: every stage as a table, the pipeline as a picture.

Each function reads with boto3, changes nothing (`messages` says where that cannot be had), and
returns a pandas DataFrame whose columns and order are the same in every run. Aliases stand for ids
unless `ids=True` asks for them, and times are seconds after the first one shown. A resource that
does not exist raises `StageMissing`, which says how to build it; `pipeline` draws what is missing.

    from labkit import show
    show.queue(lab)

`lab.trace(order_id)` shows one order's way through all stages; see `labkit.show.tracing`.
"""

from labkit.show.changes import changes
from labkit.show.deliveries import inbox, webhook
from labkit.show.functions import function, mappings
from labkit.show.gateway import api
from labkit.show.identity import policy, roles
from labkit.show.log_events import logs
from labkit.show.overview import pipeline
from labkit.show.permissions import access
from labkit.show.queues import messages, queue
from labkit.show.streams import stream
from labkit.show.tables import table
from labkit.show.topics import subscriptions, topic

__all__ = [
    "access",
    "api",
    "changes",
    "function",
    "inbox",
    "logs",
    "mappings",
    "messages",
    "pipeline",
    "policy",
    "queue",
    "roles",
    "stream",
    "subscriptions",
    "table",
    "topic",
    "webhook",
]
