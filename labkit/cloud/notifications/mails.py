"""The mails of SNS's e-mail subscribers, in AWS's words.

https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html. AWS's confirmation mail is
HTML with the link behind "Confirm subscription"; here it is plain text with the link itself.
"""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

SENDER = "AWS Notifications"
DEFAULT_SUBJECT = "AWS Notification Message"
SUBJECTS = {
    "SubscriptionConfirmation": "AWS Notification - Subscription Confirmation",
    "UnsubscribeConfirmation": "AWS Notification - Unsubscribe Confirmation",
}

SUBSCRIPTION = """\
You have chosen to subscribe to the topic:
{TopicArn}

To confirm this subscription, click or visit the link below \
(If this was in error no action is necessary):
{SubscribeURL}

Please do not reply directly to this email. If you wish to remove yourself from receiving all \
future SNS subscription confirmation requests please send an email to sns-opt-out
"""
UNSUBSCRIBED = """\
Your subscription to the topic below has been deactivated:
{TopicArn}

If this was in error or you wish to resubscribe, click or visit the link below:
{SubscribeURL}
"""
NOTIFICATION = """\
{message}

--
If you wish to stop receiving notifications from this topic, please click or visit the link \
below to unsubscribe:
{unsubscribe_url}

Please do not reply directly to this email. If you have any questions or comments regarding this \
email, please contact us at https://aws.amazon.com/support
"""
TEXTS = {"SubscriptionConfirmation": SUBSCRIPTION, "UnsubscribeConfirmation": UNSUBSCRIBED}


def confirmation(document: dict[str, Any]) -> str:
    """The text that asks to confirm a subscription, or that says that it has ended."""
    return TEXTS[document["Type"]].format(**document)


def notification(message: str, unsubscribe_url: str) -> str:
    """The text of a mail with a message of a topic."""
    return NOTIFICATION.format(message=message, unsubscribe_url=unsubscribe_url)


def mail(to: str, subject: str | None, text: str, *, sender: str = "") -> EmailMessage:
    """A mail to a subscriber, from the topic's display name if it has one."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(sender or SENDER, "no-reply", "sns.amazonaws.com")
    message["To"] = to
    message["Subject"] = subject or DEFAULT_SUBJECT
    message.set_content(text)
    return message
