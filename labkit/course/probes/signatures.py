"""Whether a message over HTTP really comes from SNS: its signature, by SNS's certificate.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
"""

from __future__ import annotations

import base64
import re
import urllib.request
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_pem_x509_certificate

from labkit.lab import Lab

SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
HASHES = {"1": hashes.SHA1, "2": hashes.SHA256}
OF_SNS = re.compile(r"https://sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/.+\.pem")


def is_genuine(lab: Lab, message: dict[str, Any]) -> bool:
    """Whether a Notification was signed by SNS, or by the lab's local cloud in its place."""
    url = message.get("SigningCertURL", "")
    # Anybody can sign with a certificate of their own, so where it comes from counts first.
    if not (OF_SNS.fullmatch(url) or (lab.endpoint_url and url.startswith(f"{lab.endpoint_url}/"))):
        return False
    with urllib.request.urlopen(url, timeout=10) as answer:
        key = load_pem_x509_certificate(answer.read()).public_key()
    digest = HASHES.get(message.get("SignatureVersion", ""))
    if digest is None or not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        signature = base64.b64decode(message["Signature"])
        key.verify(signature, text_to_sign(message), padding.PKCS1v15(), digest())
    except (InvalidSignature, KeyError, ValueError):
        return False
    return True


def text_to_sign(message: dict[str, Any]) -> bytes:
    """What SNS signs of a Notification: its fields and their values, a line each.

    >>> text_to_sign({"Type": "Notification", "Message": "Hello", "Signature": "left out"})
    b'Message\\nHello\\nType\\nNotification\\n'
    """
    lines = (f"{name}\n{message[name]}\n" for name in SIGNED if name in message)
    return "".join(lines).encode()
