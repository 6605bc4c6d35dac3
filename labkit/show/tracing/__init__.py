"""One order's journey: what `lab.trace(order_id)` returns.

evidence   what every stage says of the order, read with boto3
events     one event of the journey, and the order in which they are told
invoked    a function's invocation as an event, from its log
intake     the causes and effects as far as the table: requests, messages, deliveries, the item
outlet     and from there on: stream record, publications, what the subscribers got
rows       the rows of its tables
trace      the journey as a table, with times, and as hops
ending     where the journey ended, in a sentence
timeline   the journey as a picture, laid out by cause and effect or by time
"""

from labkit.show.tracing.trace import Trace, trace

__all__ = ["Trace", "trace"]
