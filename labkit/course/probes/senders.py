"""Whether a queue lets a topic send to it, and no other: what its policy says.

https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase

from labkit.cloud.access.documents import listed
from labkit.course.judgement import require
from labkit.course.probes.permissions import Document, allows, statements
from labkit.lab import Lab
from labkit.pipeline.arns import queue_arn

SNS = "sns.amazonaws.com"


def only_topic_may_send(lab: Lab, queue: str, topic: str) -> None:
    """Require that the queue `queue` takes messages from the topic with the ARN `topic` alone."""
    sqs = lab.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {})
    policy = json.loads(found.get("Policy") or "{}")
    require(
        policy,
        f"Queue '{queue}' has no policy, so SNS may not send to it: what SNS has for it is lost.",
        "Set its attribute Policy, as in step 3: policies.document('Queue-Audit-From-SNS', lab, "
        "AuditQueueName=...).",
    )
    ours = [statement for statement in statements(policy) if _lets_sns_in(statement)]
    require(
        ours and allows([{"Statement": ours}], "sqs:SendMessage", queue_arn(lab, queue)),
        f"The policy of queue '{queue}' does not allow SNS to send to this queue.",
        f"Its Principal is {{'Service': '{SNS}'}}, its Action sqs:SendMessage, its Resource the "
        "ARN of this queue.",
    )
    sources = [source for statement in ours for source in source_arns(statement)]
    require(
        all(any(source_arns(statement)) for statement in ours),
        f"The policy of queue '{queue}' has no condition aws:SourceArn, so other "
        "topics could send to it as well.",
        "Let the condition ArnEquals compare aws:SourceArn with the ARN of the topic.",
    )
    require(
        any(fnmatchcase(topic, source) for source in sources),
        f"The policy of queue '{queue}' names another topic than the one of this lab.",
        "Let the condition aws:SourceArn hold the ARN of the topic: topic_arn.",
    )
    require(
        set(sources) == {topic},
        f"The policy of queue '{queue}' lets more topics in than this one.",
        "Let the condition aws:SourceArn hold the whole ARN of the topic, and nothing else.",
    )


def source_arns(statement: Document) -> Iterator[str]:
    """The ARNs that a statement's conditions compare aws:SourceArn with.

    >>> list(source_arns({"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:orders"}}}))
    ['arn:aws:sns:*:*:orders']
    """
    for operator, comparisons in statement.get("Condition", {}).items():
        if "Not" not in operator:
            for key, values in comparisons.items():
                if key.lower() == "aws:sourcearn":  # the case of a key does not count
                    yield from listed(values)


def _lets_sns_in(statement: Document) -> bool:
    principal = statement.get("Principal")
    services = listed(principal.get("Service")) if isinstance(principal, dict) else []
    everybody = principal == "*" or principal == {"AWS": "*"}
    return statement["Effect"] == "Allow" and (everybody or SNS in services)
