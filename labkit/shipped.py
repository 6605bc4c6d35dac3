"""What comes with the code: the notebooks of the course, and the policy documents.

In the repository they lie beside `labkit/`, where everybody sees them; a wheel has them within.
"""

from __future__ import annotations

from pathlib import Path

_CODE = Path(__file__).parent
_WITHIN = _CODE / "shipped"
_HOME = _WITHIN if _WITHIN.is_dir() else _CODE.parent

NOTEBOOKS = _HOME / "notebooks"
POLICIES = _HOME / "policies"
