"""The AWS settings of this process: a lab's own for as long as it is open, then the reader's.

Labs may be opened over one another and closed in any order: the settings in force are those of the
lab opened last among the open ones, and with the last of them the reader's own come back.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import boto3

REGION = "us-east-1"

# Local credentials in the form that AWS's have; the local cloud takes keys that it did not issue
# for the account's administrator.
LOCAL_KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIALABKITLOCALADMIN",
    "AWS_SECRET_ACCESS_KEY": "not-a-secret",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
NO_PROXY = ("NO_PROXY", "no_proxy")


@dataclass(eq=False)
class _Settings:
    """What decides where boto3, and every child process, sends its calls."""

    environment: dict[str, str]
    session: boto3.Session | None

    @classmethod
    def now(cls) -> _Settings:
        names = [name for name in os.environ if _is_one(name)]
        return cls({name: os.environ[name] for name in names}, boto3.DEFAULT_SESSION)

    def apply(self) -> None:
        for name in [name for name in os.environ if _is_one(name)]:
            del os.environ[name]
        os.environ.update(self.environment)
        boto3.DEFAULT_SESSION = self.session


_covered: list[_Settings] = []  # what each open lab covers, the reader's own first


def _is_one(name: str) -> bool:
    return name.startswith("AWS_") or name in NO_PROXY


def shadow(endpoint_url: str) -> Callable[[], None]:
    """Point boto3, and every child process, at `endpoint_url`; return what undoes it.

    >>> before = dict(os.environ)
    >>> restore = shadow("http://127.0.0.1:4566")
    >>> os.environ["AWS_ENDPOINT_URL"]
    'http://127.0.0.1:4566'
    >>> restore()
    >>> os.environ == before
    True
    """
    covered = _Settings.now()
    _covered.append(covered)
    direct = {
        name: ",".join(filter(None, [covered.environment.get(name), "127.0.0.1", "localhost"]))
        for name in NO_PROXY
    }
    _Settings(LOCAL_KEYS | direct | {"AWS_ENDPOINT_URL": endpoint_url}, session=None).apply()

    def restore() -> None:
        at = _covered.index(covered)
        del _covered[at]
        if at == len(_covered):
            covered.apply()
        else:  # a lab opened later is still open, and now covers what this one did
            later = _covered[at]
            later.environment, later.session = covered.environment, covered.session

    return restore
