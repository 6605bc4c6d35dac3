"""The statistics that CloudWatch computes of an aggregate, by the names that requests give them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
Trimmed means and the like (tm90, TC, PR, IQM) need every single value, which nothing here keeps.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from moto.cloudwatch.exceptions import InvalidParameterValue

from labkit.cloud.metrics.aggregate import Aggregate
from labkit.cloud.metrics.errors import refuse

Statistic = Callable[[Aggregate], float | None]

SIMPLE: dict[str, Statistic] = {
    "Sum": lambda aggregate: aggregate.total,
    "Average": lambda aggregate: aggregate.total / aggregate.count,
    "Minimum": lambda aggregate: aggregate.minimum,
    "Maximum": lambda aggregate: aggregate.maximum,
    "SampleCount": lambda aggregate: aggregate.count,
}
PERCENTILE = re.compile(r"p(100|\d{1,2}(?:\.\d{1,10})?)")
OF_SINGLE_VALUES = re.compile(r"(?:tm|wm|tc|ts|IQM|TM|WM|TC|TS|PR)\b.*|(?:tm|wm|tc|ts)[\d.]+")


def statistic(name: str) -> Statistic:
    """What computes the statistic `name`, such as Sum or p99; None where there is no value.

    >>> aggregate = Aggregate()
    >>> aggregate.add(2), aggregate.add(4)
    (None, None)
    >>> statistic("Average")(aggregate)
    3.0
    """
    if name in SIMPLE:
        return SIMPLE[name]
    if found := PERCENTILE.fullmatch(name):
        percent = float(found[1])
        return lambda aggregate: aggregate.percentile(percent)
    if OF_SINGLE_VALUES.fullmatch(name):
        raise refuse(f"Statistic {name}")
    raise InvalidParameterValue(f"The value {name} for parameter Stat is not supported.")
