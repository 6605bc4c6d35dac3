"""What every resource of the pipeline is called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Names:
    """The name of each resource; give others with `Names(queue=...)`.

    >>> Names().queue
    'orders'
    >>> Names(queue="orders-of-anna").dead_letter_queue
    'orders-dead'
    """

    # Roles and policies. The path marks what is the lab's: teardown touches no policy outside it.
    path: str = "/orders-lab/"
    api_role: str = "orders-api-role"
    writer_role: str = "order-writer-role"
    notifier_role: str = "order-notifier-role"
    # The stages, in the order in which an order passes them.
    api: str = "orders-api"
    stage: str = "lab"
    queue: str = "orders"
    dead_letter_queue: str = "orders-dead"
    writer: str = "order-writer"
    table: str = "Orders"
    notifier: str = "order-notifier"
    topic: str = "order-events"
    # Who listens to the topic.
    email: str = "student@example.com"
    webhook: str = "orders"
    audit_queue: str = "orders-audit"
    # What watches the dead-letter queue, and whom it tells.
    alarm: str = "orders-dead-letters"
    alarm_topic: str = "order-alarms"
