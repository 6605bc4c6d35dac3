"""Signatures: the text that is signed, and that standard verifiers accept what SNS sends."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from labkit.cloud.notifications.signature import Signer, string_to_sign

NOTIFICATION = {
    "Type": "Notification",
    "MessageId": "m-1",
    "TopicArn": "arn:aws:sns:us-east-1:123456789012:orders",
    "Message": "CHARLIE & LOLA\nGIN + TONIC",
    "Timestamp": "2026-11-23T03:41:30.000Z",
    "SignatureVersion": "1",
    "MessageAttributes": {"k": {"Type": "String", "Value": "v"}},
}
CONFIRMATION = {
    "Type": "SubscriptionConfirmation",
    "MessageId": "m-2",
    "TopicArn": "arn:aws:sns:us-east-1:123456789012:orders",
    "Message": "You have chosen",
    "Token": "2336412f37",
    "SubscribeURL": "http://127.0.0.1/?Action=ConfirmSubscription",
    "Timestamp": "2026-11-23T03:41:30.000Z",
    "SignatureVersion": "1",
}


def verify(document: dict[str, Any], pem: bytes) -> None:
    """Check a signature as AWS's page describes it, with nothing of labkit."""
    names = (
        ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
        if document["Type"] == "Notification"
        else ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    )
    text = "".join(f"{name}\n{document[name]}\n" for name in names if name in document)
    algorithm = {"1": hashes.SHA1, "2": hashes.SHA256}[document["SignatureVersion"]]()
    key = x509.load_pem_x509_certificate(pem).public_key()
    key.verify(
        base64.b64decode(document["Signature"]), text.encode(), padding.PKCS1v15(), algorithm
    )


@pytest.mark.fidelity(
    "SNS",
    "A signature covers the documented fields, and no attributes.",
    source="SNS guide: sns-verify-signature-of-message",
)
def test_a_notification_signs_six_fields_in_order():
    """A Notification's text holds the subject if there is one, and never its attributes."""
    assert "MessageId\nm-1\nSubject\nHi\nTimestamp\n" in string_to_sign(
        {**NOTIFICATION, "Subject": "Hi"}
    )
    assert string_to_sign(NOTIFICATION) == (
        "Message\nCHARLIE & LOLA\nGIN + TONIC\nMessageId\nm-1\n"
        "Timestamp\n2026-11-23T03:41:30.000Z\n"
        "TopicArn\narn:aws:sns:us-east-1:123456789012:orders\nType\nNotification\n"
    )


@pytest.mark.fidelity(
    "SNS",
    "The certificate is self-signed and comes over HTTP from this cloud.",
    source="SNS guide: sns-verify-signature-of-message",
    differs="AWS's key is AWS's own; a check of its host name must be told of this cloud.",
)
def test_a_confirmation_signs_its_link_and_token():
    """A confirmation's text holds SubscribeURL and Token in alphabetical order."""
    assert string_to_sign(CONFIRMATION) == (
        "Message\nYou have chosen\nMessageId\nm-2\n"
        "SubscribeURL\nhttp://127.0.0.1/?Action=ConfirmSubscription\n"
        "Timestamp\n2026-11-23T03:41:30.000Z\nToken\n2336412f37\n"
        "TopicArn\narn:aws:sns:us-east-1:123456789012:orders\nType\nSubscriptionConfirmation\n"
    )


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("document", [NOTIFICATION, CONFIRMATION])
@pytest.mark.fidelity(
    "SNS",
    "SignatureVersion 1 is SHA1 and 2 SHA256, both with RSA.",
    source="SNS guide: sns-verify-signature-of-message",
)
def test_both_versions_verify_with_the_certificate(version: str, document: dict[str, Any]):
    """SHA1 and SHA256 signatures verify; a changed message does not."""

    async def signed() -> tuple[dict[str, Any], bytes]:
        signer = Signer("http://127.0.0.1:4566")
        making = asyncio.create_task(signer.make())
        message = {**document, "SignatureVersion": version}
        message["Signature"] = await signer.sign(message)
        await making
        return message, await signer.certificate()

    message, pem = asyncio.run(signed())
    verify(message, pem)
    with pytest.raises(InvalidSignature):
        verify({**message, "Message": "forged"}, pem)
