"""What exercises leave behind is found by its name, shown, and taken away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.request import urlopen

import pytest

import labkit
from labkit import pipeline
from labkit.functions import package_files
from labkit.lab import Lab
from labkit.names import Names
from labkit.pipeline import policies


@pytest.fixture(scope="module", params=["", "s01"])
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A lab of its own, for nobody in particular and for a student."""
    with labkit.connect(student_id=request.param) as opened:
        yield opened


def make_all(lab: Lab) -> None:
    """One practice resource of each kind."""
    name = lab.names.practice("trial")
    statement = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
    arn = lab.client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps(policies.document("Trust-Lambda", lab))
    )["Role"]["Arn"]
    lab.client("iam").put_role_policy(
        RoleName=name,
        PolicyName="all",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    queue = lab.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    queue_arn = lab.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    functions = lab.client("lambda")
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.handler",
        Role=arn,
        Code={"ZipFile": package_files({"app.py": "def handler(event, context): ..."})},
    )
    functions.create_event_source_mapping(
        FunctionName=name, EventSourceArn=queue_arn["Attributes"]["QueueArn"]
    )
    lab.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
    lab.client("sns").create_topic(Name=name)
    lab.client("apigateway").create_rest_api(name=name)
    lab.client("dynamodb").create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    lab.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/SQS",
        MetricName="NumberOfMessagesSent",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )


def test_practice_is_shown_and_taken_down(lab: Lab):
    """Every kind is in the table of what remains, and gone after teardown, twice in a row."""
    others = lab.client("sqs").create_queue(QueueName="practice-of-somebody-else-s99")["QueueUrl"]
    for _ in range(2):
        make_all(lab)
        left = pipeline.remaining(lab)
        mine = left[(left["stage"] == "practice") & (left["name"].str.contains("trial"))]
        assert sorted(mine["resource"]) == [
            "REST API",
            "alarm",
            "function",
            "log group",
            "queue",
            "role",
            "table",
            "topic",
        ]
        pipeline.teardown(lab, progress=False)
        assert "trial" not in str(list(pipeline.remaining(lab)["name"]))
    if lab.student_id:
        assert others in lab.client("sqs").list_queues()["QueueUrls"]


def test_arrivals_are_forgotten(lab: Lab):
    """The calls of the lab's and the exercises' webhooks go, those of another student stay."""
    own = [lab.names.webhook, lab.names.practice("parcels")]
    others = "somebody-else-s99"
    for name in (*own, others):
        with urlopen(lab.webhook_url(name), data=b"called") as answer:
            assert answer.status == 200
    lab.forget_arrivals()
    assert [len(lab.webhook(name)) for name in (*own, others)] == [0, 0, 1]


def test_teardown_from_a_notebook_on_leaves_what_comes_before(lab: Lab):
    """`start=3` takes the API and what follows, and leaves roles and queues."""
    pipeline.build(lab, before=4, progress=False)
    pipeline.teardown(lab, start=3, progress=False)
    left = pipeline.remaining(lab)
    assert set(left["stage"]) == {"identity", "queue"}
    assert set(left.loc[left["resource"] == "queue", "name"]) == {lab.names.queue}
    pipeline.teardown(lab, progress=False)
    assert not len(pipeline.remaining(lab))


def test_names_of_a_student_are_valid_everywhere():
    """Each name differs from the common one, but for the stage."""
    common, own = vars(Names()), vars(Names.of("s01"))
    assert [name for name in common if common[name] == own[name]] == ["stage"]
