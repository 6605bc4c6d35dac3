"""What one submitted notebook may use of the machine."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024
# The cloud, the judge and the watch get their turn, whatever a notebook does. Functions stay
# as they are: AWS gives them ten seconds to start.
NICENESS = 5
FILES = 1024  # open at once
# Address space is more than memory: libraries reserve what they never touch.
ADDRESS_SPACE = 8
# The system's own limit is the second line behind `watch`, which names the reason.
PROCESSES = 2


@dataclass(frozen=True)
class Limits:
    """Seconds of wall time; megabytes of memory, of files and of printed output; processes.

    >>> Limits(cell_seconds=30).memory_mb
    2048
    """

    cell_seconds: int = 120
    notebook_seconds: int = 600
    memory_mb: int = 2048
    disk_mb: int = 256
    output_mb: int = 20
    processes: int = 100

    @property
    def threads(self) -> int:
        """How many threads all its processes may have together."""
        return PROCESSES * self.processes

    def impose(self) -> None:
        """Limit this process and all that it will start; a system without a limit goes without."""
        try:
            import resource
        except ImportError:  # Windows
            return
        wanted = {
            "RLIMIT_CORE": 0,
            "RLIMIT_NOFILE": FILES,
            "RLIMIT_CPU": self.notebook_seconds,
            "RLIMIT_FSIZE": self.disk_mb * MEGABYTE,
            "RLIMIT_DATA": self.memory_mb * MEGABYTE,
            "RLIMIT_AS": ADDRESS_SPACE * self.memory_mb * MEGABYTE,
            "RLIMIT_NPROC": self.threads,
        }
        for name, amount in wanted.items():
            number = getattr(resource, name, None)
            if number is None:
                continue
            hard = resource.getrlimit(number)[1]
            most = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
            try:
                resource.setrlimit(number, (most, most))
            except (OSError, ValueError):  # macOS refuses some
                continue
