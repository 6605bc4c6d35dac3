"""Wrong answers to the exercises of notebook 02."""

from __future__ import annotations

from labkit.course.mutants import Mutant

_RETURNS = """\
returns_url = sqs.create_queue(QueueName=lab.names.practice("returns"))["QueueUrl"]
sqs.set_queue_attributes(QueueUrl=returns_url, Attributes={"VisibilityTimeout": "%d"})"""

_DEAD = """\
dead_letters_url = sqs.create_queue(QueueName=lab.names.practice("returns-dead"))["QueueUrl"]
dead = sqs.get_queue_attributes(QueueUrl=dead_letters_url, AttributeNames=["QueueArn"])
policy = {"deadLetterTargetArn": dead["Attributes"]["QueueArn"], "maxReceiveCount": %d}
sqs.set_queue_attributes(QueueUrl=%s, Attributes={"RedrivePolicy": json.dumps(policy)})"""

_OWN = """\
dead_letters_url = sqs.create_queue(QueueName=lab.names.practice("returns-dead"))["QueueUrl"]
own = sqs.get_queue_attributes(QueueUrl=returns_url, AttributeNames=["QueueArn"])
policy = {"deadLetterTargetArn": own["Attributes"]["QueueArn"], "maxReceiveCount": 3}
sqs.set_queue_attributes(QueueUrl=returns_url, Attributes={"RedrivePolicy": json.dumps(policy)})"""

_REDRIVE = """\
%s
arn = sqs.get_queue_attributes(QueueUrl=dead_letters_url, AttributeNames=["QueueArn"])
arn = arn["Attributes"]["QueueArn"]
sqs.start_message_move_task(SourceArn=arn, DestinationArn=%s)
moved = 3"""

_HOME = 'arn.removesuffix(arn.rpartition(":")[2]) + lab.names.practice("returns")'
_ELSEWHERE = 'arn.removesuffix(arn.rpartition(":")[2]) + lab.names.queue'

MUTANTS = (
    Mutant("q2_1", "the default of 30 s", _RETURNS % 30, "not for the retries"),
    Mutant("q2_1", "shorter than the function runs", _RETURNS % 10, "shorter than the function's"),
    Mutant("q2_1", "the name in place of the URL", 'returns_url = "returns"', "is not the URL"),
    Mutant(
        "q2_1", "the whole answer", (_RETURNS % 120).replace('["QueueUrl"]', "", 1), "is all that"
    ),
    Mutant("q2_2", "policy on the wrong queue", _DEAD % (3, "dead_letters_url"), "has none"),
    Mutant("q2_2", "the queue as its own", _OWN, "names itself"),
    Mutant("q2_2", "one crash makes a dead letter", _DEAD % (1, "returns_url"), "after 1 receives"),
    Mutant(
        "q2_3",
        "purged instead of moved",
        "bad_day(returns_url)\nsqs.purge_queue(QueueUrl=dead_letters_url)\nmoved = 3",
        "ever moved back",
    ),
    Mutant("q2_3", "moved too early", _REDRIVE % ("", _HOME), "but only"),
    Mutant(
        "q2_3", "moved elsewhere", _REDRIVE % ("bad_day(returns_url)", _ELSEWHERE), "another queue"
    ),
    Mutant("q2_3", "nobody works", _REDRIVE % ("bad_day(returns_url)", _HOME), "worked on them"),
    Mutant(
        "q2_3",
        "moved, then purged",
        _REDRIVE % ("bad_day(returns_url)", _HOME) + "\nsqs.purge_queue(QueueUrl=returns_url)",
        "no worker has done them",
    ),
)
