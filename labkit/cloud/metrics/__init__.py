"""CloudWatch: what the services report and users put, and the alarms on it.

store       one aggregate for each minute of each metric; `record` is what the planes call
plane       Metrics: these, and gauges that are looked up when somebody asks (queues/gauges.py)
queries     GetMetricData, GetMetricStatistics
evaluation  which state the data put an alarm in
alarms      when that is asked, and what follows from it
"""

from labkit.cloud.metrics.plane import Metrics

__all__ = ["Metrics"]
