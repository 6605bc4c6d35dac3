"""Stage 8, the alarm: CloudWatch tells a topic as soon as an order is in the dead-letter queue.

The topic has a policy of its own. AWS's default one would let every service that works for the
account publish here; this one lets CloudWatch, and only for this alarm. Who wants to be told
subscribes to the topic.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/dead-letter-queues-alarms-cloudwatch.html
"""

from __future__ import annotations

import json

from labkit.lab import Lab
from labkit.pipeline import queue
from labkit.pipeline.absence import unless_absent
from labkit.pipeline.policies import document

POLICY = "Topic-Alarms-From-CloudWatch"


def build(lab: Lab) -> str:
    """Make the topic with its policy, and the alarm that tells it; return the topic's ARN."""
    queue.dead_letter_queue_url(lab)  # says so when there is no queue to watch
    sns = lab.client("sns")
    arn = sns.create_topic(Name=lab.names.alarm_topic)["TopicArn"]
    policy = json.dumps(document(POLICY, lab))
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    lab.client("cloudwatch").put_metric_alarm(
        AlarmName=lab.names.alarm,
        AlarmDescription="An order could not be stored; look into the dead-letter queue.",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": lab.names.dead_letter_queue}],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",  # SQS reports nothing of a queue that nobody uses
        AlarmActions=[arn],
    )
    return arn


def topic_arn(lab: Lab) -> str:
    """The ARN of the topic that the alarm tells."""
    return f"arn:aws:sns:{lab.region}:{lab.account_id}:{lab.names.alarm_topic}"


def is_set(lab: Lab) -> bool:
    """Whether there is an alarm, whatever its state."""
    found = lab.client("cloudwatch").describe_alarms(AlarmNames=[lab.names.alarm])
    return bool(found["MetricAlarms"])


def told(lab: Lab) -> list[str]:
    """What came of telling the topic, the latest first."""
    items = lab.client("cloudwatch").describe_alarm_history(
        AlarmName=lab.names.alarm, HistoryItemType="Action"
    )["AlarmHistoryItems"]
    return [item["HistorySummary"] for item in items]


def teardown(lab: Lab) -> None:
    """Delete the alarm and its topic."""
    lab.client("cloudwatch").delete_alarms(AlarmNames=[lab.names.alarm])
    unless_absent(lab.client("sns").delete_topic, TopicArn=topic_arn(lab))
