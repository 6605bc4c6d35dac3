"""The gauges of SQS in CloudWatch: one value a minute, taken from the queue when somebody asks.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
A past minute has the value of its end; the present one has that of now. A deleted queue takes its
values along.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from moto.sqs.models import sqs_backends

from labkit.cloud.metrics.aggregate import Aggregate
from labkit.cloud.metrics.store import MINUTE, Metric, Series
from labkit.cloud.queues.depths import Depth
from labkit.cloud.queues.queue import IndexedQueue

DIMENSION = "QueueName"
AGE = "ApproximateAgeOfOldestMessage"
COUNTS: dict[str, Callable[[Depth], int]] = {
    "ApproximateNumberOfMessagesVisible": lambda depth: depth.visible,
    "ApproximateNumberOfMessagesNotVisible": lambda depth: depth.hidden,
    "ApproximateNumberOfMessagesDelayed": lambda depth: depth.delayed,
}


class QueueGauges:
    """What CloudWatch asks all queues of an account."""

    namespace = "AWS/SQS"

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id

    def metrics(self, region: str) -> Iterator[Metric]:
        """Four metrics for each queue."""
        for name in self._queues(region):
            for gauge in (*COUNTS, AGE):
                yield Metric(region, self.namespace, gauge, ((DIMENSION, name),))

    def unit(self, name: str) -> str | None:
        """Seconds for the age, a count for the others."""
        if name == AGE:
            return "Seconds"
        return "Count" if name in COUNTS else None

    def series(self, metric: Metric, first: int, end: int) -> Series:
        """One value for each minute between two instants in which the queue was active."""
        names = dict(metric.dimensions)
        queue = self._queues(metric.region).get(names.get(DIMENSION, ""))
        if queue is None or len(names) != 1:
            return {}
        series: Series = {}
        for minute, instant, depth in queue.depths(first // MINUTE, math.ceil(end / MINUTE)):
            if metric.name == AGE:
                value = 0.0 if depth.oldest is None else float(max(0, int(instant - depth.oldest)))
            else:
                value = float(COUNTS[metric.name](depth))
            series[minute * MINUTE] = aggregate = Aggregate()
            aggregate.add(value)
        return series

    def _queues(self, region: str) -> dict[str, IndexedQueue]:
        queues: dict[str, IndexedQueue] = sqs_backends[self._account_id][region].queues
        return queues
