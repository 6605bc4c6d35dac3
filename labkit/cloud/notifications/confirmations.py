"""The tokens that confirm subscriptions: each is valid for two days, however often it is used.

https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
A subscription that is still pending when its last token expires is deleted.
https://aws.amazon.com/about-aws/whats-new/2023/05/amazon-sns-automatic-deletion-unconfirmed-subscriptions/
As recorded from AWS, the
token decides which subscription is meant; of the topic's ARN only its form and region are checked.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from moto.sns.exceptions import SNSException

from labkit.cloud.clock import Clock
from labkit.cloud.notifications.checks import is_topic_arn, refuse
from labkit.cloud.notifications.subscriptions import LabSubscription

LIFETIME = 2 * 24 * 3600  # seconds
PREFIX = "2336412f37"  # as AWS's tokens begin


@dataclass(frozen=True)
class Ticket:
    """A token's subscription, and until when the token is valid."""

    subscription: LabSubscription
    expires: float


class Confirmations:
    """Every token that is valid."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tickets: dict[str, Ticket] = {}

    def issue(self, subscription: LabSubscription) -> str:
        """A new token for a subscription."""
        token = PREFIX + secrets.token_hex(64)
        self._tickets[token] = Ticket(subscription, self._clock.now() + LIFETIME)
        return token

    def redeem(self, topic_arn: str, token: str) -> LabSubscription:
        """The subscription that a token stands for; raises AWS's error when there is none."""
        if not is_topic_arn(topic_arn):
            raise refuse("Topic")
        if not re.fullmatch("[0-9a-f]+", token):
            raise SNSException("InvalidParameter", "Invalid token")
        ticket = self._tickets.get(token)
        if ticket is None:
            raise refuse("Token")
        if topic_arn.split(":")[3] != ticket.subscription.topic.arn.split(":")[3]:
            raise refuse("Topic")
        return ticket.subscription

    def forget(self, subscription: LabSubscription) -> None:
        """Make a subscription's tokens invalid."""
        self._tickets = {
            token: ticket
            for token, ticket in self._tickets.items()
            if ticket.subscription is not subscription
        }

    def clear(self) -> None:
        """Make every token invalid."""
        self._tickets.clear()

    def expire(self) -> list[LabSubscription]:
        """Forget the tokens that are no longer valid; return whose last ones they were."""
        now = self._clock.now()
        expired = []
        while self._tickets and next(iter(self._tickets.values())).expires <= now:
            expired.append(self._tickets.pop(next(iter(self._tickets))).subscription)
        valid = [ticket.subscription for ticket in self._tickets.values()] if expired else []
        return [subscription for subscription in expired if subscription not in valid]
