"""Whether a request comes from whom it says: signature, session token, expiry, unknown keys.

A key that this cloud did not issue belongs to the account's administrator, whatever its signature:
the lab works with any credentials that a client happens to have. By the functions' own door it is
refused, as on AWS: no handler becomes the administrator by inventing a key, and none by leaving the
signature out. Unsigned requests from elsewhere are answered, or not, by the services that they are
for.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.cloud import stages, unsigned
from labkit.cloud.access import denials, signature
from labkit.cloud.access.denials import Refusal
from labkit.cloud.access.identities import Identities, Identity
from labkit.cloud.messages import Request, Response

SPELLED_OTHERWISE = {"IoTSecuredTunneling"}


@dataclass(frozen=True)
class Caller:
    """Who signed a request, for which service and region."""

    identity: Identity
    service: str
    region: str


def authenticate(request: Request, identities: Identities) -> Caller | Response | None:
    """Who makes a request: a Caller, the answer to an impostor, or None when it is unsigned.

    API Gateway decides on calls of its stages itself.
    """
    if stages.find(request.path):
        return None
    signed = signature.read(request)
    if signed is None:
        return _unsigned(request, identities)
    identity = identities.of_key(signed.access_key)
    if request.from_function and identity is identities.administrator:
        identity = None
    refusal = _refusal(request, signed, identity)
    if refusal is None and not _is_spelled(signed.service):
        refusal = Refusal.WRONG_SERVICE
    if refusal is not None or identity is None:
        return denials.response(request, signed.service, refusal or Refusal.UNKNOWN_KEY)
    return Caller(identity, signed.service, signed.region)


def _refusal(
    request: Request, signed: signature.Signature, identity: Identity | None
) -> Refusal | None:
    if identity is None:
        return Refusal.UNKNOWN_KEY
    if identity.secret is None:
        return None
    if identity.token is not None and signed.token != identity.token:
        return Refusal.UNKNOWN_KEY
    if not signature.is_valid(request, signed, identity.secret):
        return Refusal.BAD_SIGNATURE
    return Refusal.EXPIRED if identity.has_expired else None


def _is_spelled(service: str) -> bool:
    """Whether a service's signing name is as AWS spells it: all are in lower case but one."""
    return service == service.lower() or service in SPELLED_OTHERWISE


def _unsigned(request: Request, identities: Identities) -> Response | None:
    """What names a known key and cannot be read as a signature gets nobody in.

    Nor does anything of the kind from a function: what it sends is signed, or has no signature.
    """
    claimed = signature.credential(request)
    key = claimed.access_key if claimed else ""
    if request.from_function:
        pretends = signature.is_claimed(request)
    else:
        pretends = bool(key) and identities.of_key(key) is not identities.administrator
    if not pretends:
        return unsigned.refusal(request) if request.from_function else None
    service = claimed.service if claimed else ""
    return denials.response(request, service, Refusal.BAD_SIGNATURE)
