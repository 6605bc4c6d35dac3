"""Stage 6, the order notifier: from the stream to the topic, each new order once.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

from __future__ import annotations

from labkit.errors import StageMissing
from labkit.lab import Lab
from labkit.pipeline import function, mapping, stream
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.arns import topic_arn

BATCH_SIZE = 100  # records in one invocation; AWS's default
# Seconds. Each record is a call of SNS, and what is stopped in the middle is announced again.
TIMEOUT = 30


def build(lab: Lab) -> str:
    """Make the topic and the function, and map the stream to it; return the function's ARN."""
    source = stream.stream_arn(lab)  # says so when there is no stream
    build_topic(lab)
    arn = function.deploy(
        lab,
        lab.names.notifier,
        source="order_notifier",
        role=lab.names.notifier_role,
        environment={"TOPIC_ARN": topic_arn(lab)},
        timeout=TIMEOUT,
    )
    # From the oldest record: LATEST would miss the orders stored while the mapping is made.
    mapping.connect(lab, lab.names.notifier, source, start="TRIM_HORIZON", batch_size=BATCH_SIZE)
    return arn


def build_topic(lab: Lab) -> str:
    """Make the topic of order events; return its ARN."""
    return lab.client("sns").create_topic(Name=lab.names.topic)["TopicArn"]


def find_topic(lab: Lab) -> str:
    """The ARN of the topic. Raises `StageMissing` before it is built."""
    arn = topic_arn(lab)
    if unless_absent(lab.client("sns").get_topic_attributes, TopicArn=arn) is None:
        raise StageMissing(
            f"Topic '{lab.names.topic}' does not exist yet. Run notebook 06, or "
            "notifier.build(lab)."
        )
    return arn


def teardown(lab: Lab) -> None:
    """Delete the mapping, the function with its logs, and the topic."""
    mapping.disconnect(lab, lab.names.notifier)
    function.remove(lab, lab.names.notifier)
    unless_absent(lab.client("sns").delete_topic, TopicArn=topic_arn(lab))
