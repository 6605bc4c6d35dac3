"""What AWS offers and the local cloud does not: service, operation, parameter and reason.

`refusals` refuses it; `tests/cloud/test_refusals.py` compares it with the services' models.
"""

from __future__ import annotations

from collections.abc import Mapping

from labkit.cloud.refused import apis, functions, identities, messages, observation, tables
from labkit.cloud.refused.refusal import Refusals

REFUSED: Mapping[str, Mapping[str, Refusals]] = {
    **apis.REFUSED,
    **functions.REFUSED,
    **identities.REFUSED,
    **messages.REFUSED,
    **observation.REFUSED,
    **tables.REFUSED,
}
