"""What every resource of the pipeline is called."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

from labkit.errors import StudentIdError

_STUDENT = re.compile(r"[a-z0-9]{1,16}")  # short enough for every name that AWS limits
_SHARED = {"stage"}  # lies inside of the API, whose own name tells students apart


@dataclass(frozen=True)
class Names:
    """The name of each resource; give others with `Names(queue=...)`.

    >>> Names().queue
    'orders'
    >>> Names(queue="orders-of-anna").dead_letter_queue
    'orders-dead'
    """

    # Roles and policies. The path marks what is the lab's: teardown touches no policy outside it.
    path: str = "/orders-lab/"
    api_role: str = "orders-api-role"
    writer_role: str = "order-writer-role"
    notifier_role: str = "order-notifier-role"
    # The stages, in the order in which an order passes them.
    api: str = "orders-api"
    stage: str = "lab"
    queue: str = "orders"
    dead_letter_queue: str = "orders-dead"
    writer: str = "order-writer"
    table: str = "Orders"
    notifier: str = "order-notifier"
    topic: str = "order-events"
    # Who listens to the topic.
    email: str = "student@example.com"
    webhook: str = "orders"
    audit_queue: str = "orders-audit"
    # What watches the dead-letter queue, and whom it tells.
    alarm: str = "orders-dead-letters"
    alarm_topic: str = "order-alarms"

    def practice(self, name: str) -> str:
        """The name of a resource that an exercise makes; teardown finds it by how it begins.

        >>> Names().practice("returns"), Names.of("s01").practice("returns")
        ('practice-returns', 'practice-returns-s01')
        """
        return f"practice-{name}{self.path[len(Names.path) - 1 : -1]}"

    def is_practice(self, name: str) -> bool:
        """Whether a resource of this name is one that an exercise makes.

        >>> Names().is_practice("practice-returns"), Names.of("s01").is_practice("practice-returns")
        (True, False)
        """
        prefix, _, suffix = self.practice("/").partition("/")
        return name.startswith(prefix) and name.endswith(suffix)

    @classmethod
    def of(cls, student_id: str) -> Names:
        """The names of one student's resources.

        Raises `StudentIdError` unless the id is 1 to 16 lower-case letters and digits, or empty.

        >>> Names.of("s01").queue, Names.of("s01").email, Names.of("s01").path
        ('orders-s01', 'student+s01@example.com', '/orders-lab-s01/')
        >>> Names.of("") == Names()
        True
        """
        if not student_id:
            return cls()
        if not _STUDENT.fullmatch(student_id):
            raise StudentIdError(
                f"'{student_id}' cannot be a student's id, since it becomes part of the names of "
                "resources. Use 1 to 16 lower-case letters and digits, such as 's01'."
            )
        named = {field.name: _with(str(field.default), student_id) for field in fields(cls)}
        return cls(**{name: value for name, value in named.items() if name not in _SHARED})


def _with(name: str, student_id: str) -> str:
    if "@" in name:
        return name.replace("@", f"+{student_id}@")
    if name.endswith("/"):
        return f"{name[:-1]}-{student_id}/"
    return f"{name}-{student_id}"
