"""The links in SNS's messages: unsigned GETs that confirm or end a subscription, with XML answers.

https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html and API_Unsubscribe.html
"""

from __future__ import annotations

import uuid
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from multidict import CIMultiDict

from labkit.cloud.messages import Request, Response

NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"
ACTIONS = ("ConfirmSubscription", "Unsubscribe")
CERTIFICATE = "/SimpleNotificationService-"


def link_of(request: Request) -> dict[str, str] | None:
    """The parameters of a link that somebody follows, or None for any other request.

    >>> link_of(Request("GET", "/", "Action=Unsubscribe&SubscriptionArn=arn"))
    {'Action': 'Unsubscribe', 'SubscriptionArn': 'arn'}
    """
    if request.method != "GET" or request.path != "/" or "Authorization" in request.headers:
        return None
    parameters = {name: values[0] for name, values in parse_qs(request.query).items()}
    signed = "X-Amz-Signature" in parameters
    return None if signed or parameters.get("Action") not in ACTIONS else parameters


def is_public(request: Request) -> bool:
    """Whether SNS answers a request unsigned: a link, or its certificate.

    >>> is_public(Request("GET", "/SimpleNotificationService-0123.pem"))
    True
    """
    certificate = request.method == "GET" and request.path.startswith(CERTIFICATE)
    return certificate or link_of(request) is not None


def confirmed(subscription_arn: str) -> Response:
    """The answer to a confirmation."""
    arn = f"<SubscriptionArn>{escape(subscription_arn)}</SubscriptionArn>"
    result = f"<ConfirmSubscriptionResult>{arn}</ConfirmSubscriptionResult>"
    return _xml("ConfirmSubscriptionResponse", result + _metadata())


def unsubscribed() -> Response:
    """The answer to the end of a subscription."""
    return _xml("UnsubscribeResponse", _metadata())


def _metadata() -> str:
    return f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"


def _xml(root: str, content: str) -> Response:
    document = f'<{root} xmlns="{NAMESPACE}">{content}</{root}>'
    return Response(200, CIMultiDict({"Content-Type": "text/xml"}), document.encode())
