"""SNS signs what it sends, and serves the certificate to check it with.

Version 1 is SHA1withRSA and still the default; a topic's SignatureVersion=2 selects SHA256withRSA.
https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html

Differs from AWS: the certificate signs itself and comes from the local endpoint, so a verifier's
host pattern must allow loopback.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from labkit.cloud.links import CERTIFICATE

CONFIRMATION_FIELDS = (
    "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
)  # fmt: skip
SIGNED_FIELDS = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": CONFIRMATION_FIELDS,
    "UnsubscribeConfirmation": CONFIRMATION_FIELDS,
}
HASHES: dict[str, type[hashes.HashAlgorithm]] = {"1": hashes.SHA1, "2": hashes.SHA256}


def string_to_sign(document: dict[str, Any]) -> str:
    """The text that a message's signature covers: `Key\\nValue\\n` for each signed field it has.

    Message attributes are not signed.

    >>> string_to_sign({"Type": "Notification", "Message": "hi", "MessageId": "1",
    ...                 "Timestamp": "now", "TopicArn": "arn"})
    'Message\\nhi\\nMessageId\\n1\\nTimestamp\\nnow\\nTopicArn\\narn\\nType\\nNotification\\n'
    """
    fields = SIGNED_FIELDS[document["Type"]]
    return "".join(f"{name}\n{document[name]}\n" for name in fields if name in document)


class Signer:
    """The key and certificate of one cloud, made in the background."""

    def __init__(self, endpoint_url: str) -> None:
        self.certificate_path = f"{CERTIFICATE}{secrets.token_hex(16)}.pem"
        self.certificate_url = endpoint_url + self.certificate_path
        self._key: rsa.RSAPrivateKey
        self._certificate: bytes
        self._made = asyncio.Event()
        # One message to many subscribers has one signature: PKCS #1 v1.5 is deterministic.
        self._signature = lru_cache(maxsize=32)(self._sign)

    async def make(self) -> None:
        """Make the key pair (10 to 100 ms of computing, in a thread) and its certificate."""
        self._key, self._certificate = await asyncio.to_thread(make_certificate)
        self._made.set()

    async def certificate(self) -> bytes:
        """The certificate in PEM form."""
        await self._made.wait()
        return self._certificate

    async def sign(self, document: dict[str, Any]) -> str:
        """The Base64 signature for a document's Signature field, of its SignatureVersion."""
        await self._made.wait()
        return self._signature(string_to_sign(document), document["SignatureVersion"])

    def _sign(self, text: str, version: str) -> str:
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), HASHES[version]())
        return base64.b64encode(signature).decode()


def make_certificate() -> tuple[rsa.RSAPrivateKey, bytes]:
    """A new RSA key and a certificate for it that any clock of the lab finds valid."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    names = {NameOID.COMMON_NAME: "sns.amazonaws.com", NameOID.ORGANIZATION_NAME: "Amazon"}
    name = x509.Name([x509.NameAttribute(oid, text) for oid, text in names.items()])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return key, certificate.public_bytes(serialization.Encoding.PEM)
