"""What comes to a webhook overnight: messages of SNS, one of them twice, and forgeries.

For exercise 7.3. SNS has signed what is genuine; the forger has changed a message, has signed with
a key of his own, and has let SNS sign a message of a topic of his own.
"""

from __future__ import annotations

import base64
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from labkit import orders
from labkit.course.probes.arrivals import find, latest
from labkit.course.probes.signatures import HASHES, text_to_sign
from labkit.errors import StageMissing
from labkit.lab import Lab
from labkit.orders.accounting import order_of_post
from labkit.orders.invoices import Order
from labkit.pipeline.arns import topic_arn

Message = dict[str, Any]
KINDS = ("genuine", "other attributes", "changed", "own key", "other topic")


def roles(student_id: str) -> dict[str, Order]:
    """The order in each of the messages of one student, by what is the matter with the message.

    >>> roles("s01").keys() == set(KINDS), roles("s01") == roles("s01")
    (True, True)
    """
    drawn = orders.yours(student_id, count=len(KINDS))
    random.Random(f"roles of {student_id}").shuffle(drawn)
    return dict(zip(KINDS, drawn, strict=True))


def overnight(lab: Lab) -> list[Message]:
    """Six messages as they came to the warehouse's webhook, each a dictionary.

    Raises `StageMissing` when the webhook of the lab has no confirmed subscription.
    """
    by_kind = roles(lab.student_id)
    found = {
        kind: _published(lab, topic_arn(lab), lab.names.webhook, by_kind[kind])
        for kind in ("genuine", "other attributes", "changed")
    }
    found["other attributes"]["MessageAttributes"]["total"]["Value"] = "0.01"
    found["changed"]["Message"] = _text(by_kind["changed"] | {"country": "Nowhere"})
    found["other topic"] = _of_another_topic(lab, by_kind["other topic"])
    found["own key"] = _signed_by_the_forger(found["genuine"], by_kind["own key"])
    messages = [found[kind] for kind in KINDS] + [found["genuine"]]
    random.Random(f"night of {lab.student_id}").shuffle(messages)
    return messages


def _published(lab: Lab, topic: str, webhook: str, order: Order) -> Message:
    def posts(**query: Any) -> list[dict[str, Any]]:
        return lab.webhook(webhook, **query)

    after = latest(posts())
    lab.client("sns").publish(
        TopicArn=topic,
        Subject=f"Order {order['id']}",
        Message=_text(order),
        MessageAttributes={"total": {"DataType": "Number", "StringValue": str(order["total"])}},
    )
    post = find(posts, lambda post: order_of_post(post) == order["id"], after=after)
    if post is None:
        raise StageMissing(f"Webhook '{webhook}' hears nothing yet. Run step 2, then this again.")
    return json.loads(post["body"])


def _of_another_topic(lab: Lab, order: Order) -> Message:
    sns, webhook = lab.client("sns"), lab.names.practice("offers")
    topic = sns.create_topic(Name=webhook)["TopicArn"]
    after = latest(lab.webhook(webhook))
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=lab.webhook_url(webhook))
    [request] = lab.webhook(webhook, after=after, wait=30)
    sns.confirm_subscription(TopicArn=topic, Token=json.loads(request["body"])["Token"])
    message = _published(lab, topic, webhook, order)
    sns.delete_topic(TopicArn=topic)
    return message


def _signed_by_the_forger(model: Message, order: Order) -> Message:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = {**model, "Subject": f"Order {order['id']}", "Message": _text(order)}
    forged["MessageId"] = model["MessageId"][::-1]
    digest = HASHES[forged["SignatureVersion"]]()
    signature = key.sign(text_to_sign(forged), padding.PKCS1v15(), digest)
    # A URL that holds what it leads to, since the lab has no host of a forger's.
    url = f"data:application/x-pem-file;base64,{base64.b64encode(_certificate(key)).decode()}"
    return forged | {"Signature": base64.b64encode(signature).decode(), "SigningCertURL": url}


def _certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=365)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _text(order: Order) -> str:
    wanted = {"orderID": order["id"], "country": order["country"], "total": order["total"]}
    return orders.to_json(wanted)
