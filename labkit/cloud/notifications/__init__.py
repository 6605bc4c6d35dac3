"""SNS's data plane: what happens between Publish and a subscriber.

backend    moto's SNS state with AWS's checks; hands each publication to the plane
plane      Notifications: one lane of deliveries per subscription
courier    what is sent to a subscriber of each protocol, and its dead-letter queue
lane       order, retries and patience for one subscriber
senders/   one attempt: an HTTP POST, a mail, a queue message, a function's invocation
"""

from labkit.cloud.notifications.plane import Notifications

__all__ = ["Notifications"]
