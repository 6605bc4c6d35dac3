"""The mails of SNS's e-mail subscribers, in AWS's words.

https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html. AWS's confirmation mail is
HTML with the link behind "Confirm subscription"; here it is plain text with the link itself.
"""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

SENDER = "AWS Notifications"
CONFIRMATION_SUBJECT = "AWS Notification - Subscription Confirmation"
UNSUBSCRIBED_SUBJECT = "AWS Notification - Unsubscribe Confirmation"
DEFAULT_SUBJECT = "AWS Notification Message"

CONFIRMATION = """\
You have chosen to subscribe to the topic:
{topic_arn}

To confirm this subscription, click or visit the link below \
(If this was in error no action is necessary):
{subscribe_url}

Please do not reply directly to this email. If you wish to remove yourself from receiving all \
future SNS subscription confirmation requests please send an email to sns-opt-out
"""
UNSUBSCRIBED = """\
Your subscription to the topic below has been deactivated:
{topic_arn}

If this was in error or you wish to resubscribe, click or visit the link below:
{subscribe_url}
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


def confirmation_mail(
    to: str, *, topic_arn: str, subscribe_url: str, unsubscribed: bool = False, sender: str = ""
) -> EmailMessage:
    """The mail that asks to confirm a subscription, or that says that it has ended."""
    subject = UNSUBSCRIBED_SUBJECT if unsubscribed else CONFIRMATION_SUBJECT
    text = UNSUBSCRIBED if unsubscribed else CONFIRMATION
    text = text.format(topic_arn=topic_arn, subscribe_url=subscribe_url)
    return _mail(to, subject, text, sender)


def notification_mail(
    to: str, *, subject: str | None, message: str, unsubscribe_url: str, sender: str = ""
) -> EmailMessage:
    """The mail for a message of a topic."""
    text = NOTIFICATION.format(message=message, unsubscribe_url=unsubscribe_url)
    return _mail(to, subject or DEFAULT_SUBJECT, text, sender)


def json_mail(to: str, *, subject: str | None, document: str, sender: str = "") -> EmailMessage:
    """The mail of an email-json subscriber: the signed notification itself."""
    return _mail(to, subject or DEFAULT_SUBJECT, document + "\n", sender)


def _mail(to: str, subject: str, text: str, sender: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(sender or SENDER, "no-reply", "sns.amazonaws.com")
    mail["To"] = to
    mail["Subject"] = subject
    mail.set_content(text)
    return mail
