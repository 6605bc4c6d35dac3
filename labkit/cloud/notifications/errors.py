"""Why a delivery did not succeed.

DeliveryFailed        the subscriber is unavailable: try again as the policy says
+-- NoAnswer          it took too long
+-- DeliveryRefused   trying again cannot help: straight to the dead-letter queue
https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
"""

from __future__ import annotations


class DeliveryFailed(Exception):
    """A server-side error: SNS tries again."""


class NoAnswer(DeliveryFailed):
    """The time for an answer is over: SNS tries again."""


class DeliveryRefused(DeliveryFailed):
    """A client-side error: SNS does not try again."""
