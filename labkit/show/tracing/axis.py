"""A time axis: where an instant stands, and round numbers beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

MOST_TICKS = 5
ROUND = (1, 2, 5, 10)


@dataclass(frozen=True)
class Axis:
    """From the instant `first` to `last` (epoch seconds), between the pixels `left` and `right`."""

    first: float
    last: float
    left: int
    right: int

    def x(self, instant: float) -> float:
        """Where an instant stands.

        >>> Axis(10.0, 12.0, 100, 200).x(11.0)
        150.0
        """
        span = max(self.last - self.first, 0.001)
        return round(self.left + (instant - self.first) / span * (self.right - self.left), 1)

    def ticks(self) -> list[tuple[float, str]]:
        """Places and labels of round lengths of time after the first instant.

        >>> Axis(10.0, 12.0, 100, 200).ticks()
        [(100.0, '0 ms'), (125.0, '500 ms'), (150.0, '1.0 s'), (175.0, '1.5 s'), (200.0, '2.0 s')]
        """
        span = self.last - self.first
        if span < 0.001:
            return [(self.x(self.first), length(0.0))]
        power = 10 ** math.floor(math.log10(span / MOST_TICKS))
        step = next(n * power for n in ROUND if span / (n * power) < MOST_TICKS)
        count = math.floor(span / step + 1e-9)
        return [(self.x(self.first + n * step), length(n * step)) for n in range(count + 1)]


def length(seconds: float) -> str:
    """A length of time for reading.

    >>> length(0.0124), length(31.449), length(124.5)
    ('12 ms', '31.4 s', '2 min 4 s')
    """
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"
