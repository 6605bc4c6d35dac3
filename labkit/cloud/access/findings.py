"""What Access Analyzer says of a policy document: findings, with its types, codes and links.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

REFERENCE = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
)


class Kind(StrEnum):
    """How grave a finding is."""

    ERROR = "ERROR"
    SECURITY_WARNING = "SECURITY_WARNING"
    WARNING = "WARNING"
    SUGGESTION = "SUGGESTION"


# What the page calls them in its headings.
HEADINGS = {Kind.WARNING: "general-warning"}


@dataclass(frozen=True)
class Finding:
    """One finding; `path` leads to its place in the document, with `of_key` to a name there."""

    kind: Kind
    code: str
    details: str
    path: tuple[str | int, ...] = ()
    of_key: bool = False

    @property
    def place(self) -> str:
        """The path as a person writes it: `Statement[0].Action[1]`."""
        return "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path
        ).lstrip(".")

    @property
    def link(self) -> str:
        """Where AWS explains it.

        >>> Finding(Kind.ERROR, "MISSING_EFFECT", "").link.partition("#")[2]
        'access-analyzer-reference-policy-checks-error-missing-effect'
        """
        name = f"{HEADINGS.get(self.kind, self.kind)}-{self.code}".lower().replace("_", "-")
        return f"{REFERENCE}#access-analyzer-reference-policy-checks-{name}"


def error(code: str, details: str, *path: str | int, of_key: bool = False) -> Finding:
    """A finding of the gravest kind.

    >>> error("INVALID_ACTION", "There is no action.", "Action", 1).place
    'Action[1]'
    """
    return Finding(Kind.ERROR, code, details, path, of_key)
