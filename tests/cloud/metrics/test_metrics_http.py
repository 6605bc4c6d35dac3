"""Metrics through boto3: what the services report, and what users put."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.metrics.conftest import Watch, named
from tests.permissions import let_send
from tests.waiting import until


@pytest.mark.fidelity(
    "CloudWatch",
    "A function reports invocations, errors, throttles, duration and concurrency.",
    source="Lambda guide: monitoring-metrics-types",
)
def test_a_function_reports(watch: Watch) -> None:
    """A success is an error of 0 and a throttle of 0, so that both have data."""
    good, bad = watch.aws.function(timeout=30), watch.aws.function(timeout=30, ANSWER="raise")
    for function in (good, good, bad):
        watch.aws.lambda_.invoke(FunctionName=function)
    assert sum(watch.values("AWS/Lambda:Invocations", FunctionName=good)) == 2
    assert sum(watch.values("AWS/Lambda:Errors", FunctionName=good)) == 0
    assert sum(watch.values("AWS/Lambda:Errors", "SampleCount", FunctionName=good)) == 2
    assert sum(watch.values("AWS/Lambda:Throttles", "SampleCount", FunctionName=good)) == 2
    assert sum(watch.values("AWS/Lambda:Errors", FunctionName=bad)) == 1
    assert max(watch.values("AWS/Lambda:ConcurrentExecutions", "Maximum", FunctionName=bad)) == 1
    assert 0 < min(watch.values("AWS/Lambda:Duration", "p50", FunctionName=good)) < 30_000
    assert sum(watch.values("AWS/Lambda:Invocations")) == 3  # across all functions


@pytest.mark.fidelity(
    "CloudWatch",
    "An invocation counts in the minute in which it began.",
    source="Lambda guide: monitoring-metrics",
)
def test_an_invocation_counts_when_it_began(watch: Watch) -> None:
    """However late it ends."""
    aws, function = watch.aws, watch.aws.function(timeout=60)
    began = watch.begin_minute()
    aws.answer(function, delay=0.5)
    aws.lambda_.invoke(FunctionName=function, InvocationType="Event")
    aws.events(function, 1)
    aws.advance(120)
    invocations = "AWS/Lambda:Invocations"
    until(lambda: watch.values(invocations, FunctionName=function) == [1])
    points = watch.cloudwatch.get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Invocations",
        Dimensions=named({"FunctionName": function}),
        StartTime=began,
        EndTime=began + timedelta(minutes=5),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    assert [point["Timestamp"] for point in points] == [began]


@pytest.mark.fidelity(
    "CloudWatch",
    "A throttled invocation is neither an invocation nor an error.",
    source="Lambda guide: monitoring-metrics-types",
)
def test_a_throttle_is_no_invocation(watch: Watch) -> None:
    """It counts as a throttle only."""
    function = watch.aws.function()
    watch.aws.lambda_.put_function_concurrency(
        FunctionName=function, ReservedConcurrentExecutions=0
    )
    with pytest.raises(ClientError, match="TooManyRequests") as refused:
        watch.aws.lambda_.invoke(FunctionName=function)
    attempts = refused.value.response["ResponseMetadata"]["RetryAttempts"] + 1
    assert sum(watch.values("AWS/Lambda:Throttles", FunctionName=function)) == attempts
    assert watch.values("AWS/Lambda:Invocations", FunctionName=function) == []


@pytest.mark.fidelity(
    "CloudWatch",
    "A stream's mapping reports the age of a batch's last record as the function's IteratorAge.",
    source="Lambda guide: monitoring-metrics-types",
)
def test_a_stream_reports_its_iterator_age(watch: Watch) -> None:
    """Milliseconds between the write and the invocation."""
    aws = watch.aws
    table, stream = aws.stream()
    aws.dynamodb.put_item(TableName=table, Item={"id": {"S": "a"}})
    aws.advance(120)
    function = aws.function()
    aws.mapping(stream, function, StartingPosition="TRIM_HORIZON")
    aws.events(function, 1)
    (age,) = watch.values("AWS/Lambda:IteratorAge", "Maximum", FunctionName=function)
    assert 120_000 <= age < 150_000


@pytest.mark.fidelity(
    "CloudWatch",
    "A queue reports what is sent, received, deleted and asked for in vain.",
    source="SQS guide: sqs-available-cloudwatch-metrics",
)
def test_a_queue_reports(watch: Watch) -> None:
    """Messages through the API; gauges of what is there now."""
    sqs, name = watch.aws.sqs, watch.aws.name("queue")
    url, _ = watch.aws.queue(name)
    sqs.send_message_batch(
        QueueUrl=url, Entries=[{"Id": str(n), "MessageBody": "12345"} for n in range(4)]
    )
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=3)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=received[0]["ReceiptHandle"])
    empty, _ = watch.aws.queue(empty_name := watch.aws.name("queue"))
    sqs.receive_message(QueueUrl=empty)
    assert sum(watch.values("AWS/SQS:NumberOfMessagesSent", QueueName=name)) == 4
    assert sum(watch.values("AWS/SQS:SentMessageSize", QueueName=name)) == 20
    assert sum(watch.values("AWS/SQS:NumberOfMessagesReceived", QueueName=name)) == 3
    assert sum(watch.values("AWS/SQS:NumberOfMessagesDeleted", QueueName=name)) == 1
    assert sum(watch.values("AWS/SQS:NumberOfEmptyReceives", QueueName=empty_name)) == 1
    gauges = ("Visible", "NotVisible", "Delayed")
    assert [
        watch.values(f"AWS/SQS:ApproximateNumberOfMessages{gauge}", "Maximum", QueueName=name)[-1]
        for gauge in gauges
    ] == [1, 2, 0]
    watch.aws.advance(600)
    age = watch.values("AWS/SQS:ApproximateAgeOfOldestMessage", "Maximum", QueueName=name)
    assert 600 <= age[-1] < 660


@pytest.mark.fidelity(
    "CloudWatch",
    "A mapping's poller reports no empty receives.",
    differs="It waits for messages instead of asking for them in vain.",
)
def test_a_mapping_receives_what_there_is(watch: Watch) -> None:
    """And deletes what succeeded."""
    aws, name = watch.aws, watch.aws.name("queue")
    url, arn = aws.queue(name)
    function = aws.function()
    aws.mapping(arn, function)
    aws.send(url, "order")
    aws.events(function, 1)
    deleted = "AWS/SQS:NumberOfMessagesDeleted"
    until(lambda: sum(watch.values(deleted, QueueName=name)) == 1)
    assert sum(watch.values("AWS/SQS:NumberOfMessagesReceived", QueueName=name)) == 1
    assert watch.values("AWS/SQS:NumberOfEmptyReceives", QueueName=name) == []


@pytest.mark.fidelity(
    "CloudWatch",
    "A topic reports what is published, delivered, filtered out and given up.",
    source="SNS guide: sns-monitoring-using-cloudwatch",
)
def test_a_topic_reports(watch: Watch) -> None:
    """Each subscription's delivery for itself."""
    aws, name = watch.aws, watch.aws.name("topic")
    topic = aws.sns.create_topic(Name=name)["TopicArn"]
    url, good = aws.queue()
    _, picky = aws.queue()
    let_send(aws.sqs, url)
    policy = '{"kind": ["other"]}'
    aws.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=good)
    aws.sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=picky, Attributes={"FilterPolicy": policy}
    )
    aws.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=good + "-gone")
    aws.sns.publish(TopicArn=topic, Message="12345")
    assert aws.receive(url)["Messages"]
    failed = "AWS/SNS:NumberOfNotificationsFailed"
    until(lambda: watch.values(failed, TopicName=name) == [1])
    delivered = "AWS/SNS:NumberOfNotificationsDelivered"
    until(lambda: watch.values(delivered, TopicName=name) == [1])
    assert watch.values("AWS/SNS:NumberOfMessagesPublished", TopicName=name) == [1]
    assert watch.values("AWS/SNS:PublishSize", "Maximum", TopicName=name) == [5]
    assert watch.values("AWS/SNS:NumberOfNotificationsFilteredOut", TopicName=name) == [1]


@pytest.mark.fidelity(
    "SNS",
    "A subscription's dead-letter queue gets a message only if its policy lets SNS send; metrics "
    "tell both.",
    source="SNS guide: sns-configure-dead-letter-queue",
)
def test_a_dead_letter_queue_must_let_sns_send(watch: Watch) -> None:
    """Without such a policy the message is lost, and counted as that."""
    aws, name = watch.aws, watch.aws.name("topic")
    topic = aws.sns.create_topic(Name=name)["TopicArn"]
    url, dead = aws.queue()
    redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": dead})}
    aws.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=dead + "-gone", Attributes=redrive)
    aws.sns.publish(TopicArn=topic, Message="lost")
    lost = "AWS/SNS:NumberOfNotificationsFailedToRedriveToDlq"
    until(lambda: watch.values(lost, TopicName=name) == [1])
    let_send(aws.sqs, url)
    aws.sns.publish(TopicArn=topic, Message="kept")
    (message,) = aws.receive(url)["Messages"]
    assert json.loads(message["Body"])["Message"] == "kept"
    kept = "AWS/SNS:NumberOfNotificationsRedrivenToDlq"
    until(lambda: watch.values(kept, TopicName=name) == [1])
    assert sum(watch.values(lost, TopicName=name)) == 1


@pytest.mark.fidelity(
    "CloudWatch",
    "A failed attempt at an HTTP endpoint counts each time.",
    source="SNS guide: sns-monitoring-using-cloudwatch",
)
def test_every_failed_attempt_at_an_http_endpoint_counts(watch: Watch) -> None:
    """The confirmation does not."""
    aws, name, hook = watch.aws, watch.aws.name("topic"), watch.aws.name("hook")
    topic = aws.sns.create_topic(Name=name)["TopicArn"]
    endpoint = f"{aws.endpoint_url}/_lab/webhook/{hook}"
    aws.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint)
    (asked,) = aws.page("GET", f"/_lab/webhook/{hook}?wait=10")
    token = json.loads(asked["body"])["Token"]
    aws.sns.confirm_subscription(TopicArn=topic, Token=token)
    aws.answer(hook, status=500)
    aws.sns.publish(TopicArn=topic, Message="12345")
    failed = "AWS/SNS:NumberOfNotificationsFailed"
    until(lambda: sum(watch.values(failed, TopicName=name)) == 1)
    aws.advance(20)
    until(lambda: sum(watch.values(failed, TopicName=name)) == 2)
    assert watch.values("AWS/SNS:NumberOfNotificationsDelivered", TopicName=name) == []


def test_users_put_values_sets_and_statistics(watch: Watch) -> None:
    """All of them in one metric, each in the minute of its timestamp."""
    put = watch.cloudwatch.put_metric_data
    minute = watch.begin_minute()
    before = minute - timedelta(minutes=5)
    tag = {"Dimensions": named({"Store": "a"}), "MetricName": "Orders", "Unit": "Count"}
    put(Namespace="Shop", MetricData=[{**tag, "Value": 7, "Timestamp": before}])
    put(Namespace="Shop", MetricData=[{**tag, "Values": [1, 2], "Counts": [2, 3]}])
    statistics = {"SampleCount": 5, "Sum": 100, "Minimum": 10, "Maximum": 30}
    put(Namespace="Shop", MetricData=[{**tag, "StatisticValues": statistics}])
    assert watch.values("Shop:Orders", Store="a") == [7, 108]
    assert watch.values("Shop:Orders", "SampleCount", Store="a") == [1, 10]
    assert watch.values("Shop:Orders", "Maximum", Store="a") == [7, 30]
    assert watch.values("Shop:Orders", "p50", Store="a") == [7]
    assert watch.values("Shop:Orders", period=3600, Store="a") == [115]


@pytest.mark.fidelity(
    "CloudWatch",
    "A metric is named by exactly its dimensions.",
    source="CloudWatch guide: cloudwatch_concepts",
)
def test_dimensions_name_a_metric_exactly(watch: Watch) -> None:
    """Neither fewer nor more of them find it; ListMetrics takes fewer."""
    put = watch.cloudwatch.put_metric_data
    both = named({"Store": "a", "Till": "1"})
    put(Namespace="Exact", MetricData=[{"MetricName": "M", "Value": 1, "Dimensions": both}])
    assert watch.values("Exact:M", Till="1", Store="a") == [1]
    assert watch.values("Exact:M", Store="a") == watch.values("Exact:M") == []
    listed = watch.cloudwatch.list_metrics
    for filters in ({"Dimensions": [{"Name": "Till"}]}, {"MetricName": "M"}, {}):
        (found,) = listed(Namespace="Exact", **filters)["Metrics"]
        assert found == {"Namespace": "Exact", "MetricName": "M", "Dimensions": both}
    assert not listed(Namespace="Exact", Dimensions=named({"Till": "2"}))["Metrics"]
    watch.aws.advance(4 * 3600)
    assert not listed(Namespace="Exact", RecentlyActive="PT3H")["Metrics"]
    assert listed(Namespace="Exact")["Metrics"]


def test_lists_metrics_in_pages(watch: Watch) -> None:
    """Of 500."""
    data = [{"MetricName": f"M{n:03}", "Value": 1} for n in range(501)]
    watch.cloudwatch.put_metric_data(Namespace="Many", MetricData=data)
    pages = list(watch.cloudwatch.get_paginator("list_metrics").paginate(Namespace="Many"))
    assert [len(page["Metrics"]) for page in pages] == [500, 1]


def test_statistics_come_together(watch: Watch) -> None:
    """GetMetricStatistics answers several at once, percentiles apart, by unit."""
    put = watch.cloudwatch.put_metric_data
    minute = watch.begin_minute()
    data = [{"MetricName": "M", "Values": [1, 3], "Unit": unit} for unit in ("Count", "Bytes")]
    put(Namespace="Statistics", MetricData=data)
    asked = {
        "Namespace": "Statistics",
        "MetricName": "M",
        "StartTime": minute,
        "EndTime": minute + timedelta(minutes=5),
        "Period": 300,
        "Statistics": ["Sum", "Average"],
    }
    answer = watch.cloudwatch.get_metric_statistics(**asked, ExtendedStatistics=["p100"])
    point = {"Timestamp": minute, "Sum": 4, "Average": 2, "ExtendedStatistics": {"p100": 3}}
    by_unit = sorted(answer["Datapoints"], key=lambda each: each["Unit"])
    assert by_unit == [{**point, "Unit": "Bytes"}, {**point, "Unit": "Count"}]
    assert answer["Label"] == "M"
    one = watch.cloudwatch.get_metric_statistics(**asked, Unit="Bytes")
    assert [each["Unit"] for each in one["Datapoints"]] == ["Bytes"]


@pytest.mark.fidelity(
    "CloudWatch",
    "Data count at once.",
    differs="On AWS it takes up to a few minutes until new data are found.",
)
def test_newest_comes_first_unless_asked_otherwise(watch: Watch) -> None:
    """ScanBy; and a query that returns no data returns nothing."""
    now = watch.begin_minute()
    for age in (2, 1, 0):
        datum = {"MetricName": "M", "Value": age, "Timestamp": now - timedelta(minutes=age)}
        watch.cloudwatch.put_metric_data(Namespace="Order", MetricData=[datum])
    stat = {
        "Metric": {"Namespace": "Order", "MetricName": "M"},
        "Period": 60,
        "Stat": "Sum",
    }
    queries = [
        {"Id": "shown", "MetricStat": stat, "Label": "my label"},
        {"Id": "hidden", "MetricStat": stat, "ReturnData": False},
    ]
    (answer,) = watch.cloudwatch.get_metric_data(
        MetricDataQueries=queries,
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
    )["MetricDataResults"]
    assert answer["Values"] == [0, 1, 2]
    assert answer["Timestamps"][0] == now
    assert (answer["Id"], answer["Label"], answer["StatusCode"]) == (
        "shown",
        "my label",
        "Complete",
    )


DAY = {"StartTime": 0, "EndTime": 86_400}


@pytest.mark.parametrize(
    ("operation", "document"),
    [
        ("GetMetricData", {}),
        ("GetMetricData", {"MetricDataQueries": "x", **DAY}),
        ("GetMetricData", {"MetricDataQueries": [{"Id": "a", "MetricStat": {}}], **DAY}),
        ("GetMetricData", {"MetricDataQueries": [], "StartTime": "soon", "EndTime": 1e30}),
        ("GetMetricStatistics", {"Namespace": [], "MetricName": 5, "Period": 60, **DAY}),
        ("ListMetrics", {"Dimensions": [{}]}),
        ("ListMetrics", {"NextToken": "x"}),
        ("ListMetrics", []),
        ("PutMetricData", {"Namespace": "A", "MetricData": [{"MetricName": "B", "Value": "x"}]}),
        ("PutMetricData", {"Namespace": "A", "MetricData": [{"MetricName": "B", "Value": 1e999}]}),
        (
            "PutMetricData",
            {"Namespace": "A", "MetricData": [{"MetricName": "B", "Timestamp": 1e18}]},
        ),
        ("PutMetricAlarm", {"AlarmName": "a", "Period": "b"}),
        ("SetAlarmState", {}),
        ("DeleteAlarms", {"AlarmNames": 7}),
        ("DescribeAlarmHistory", {"StartDate": "x"}),
    ],
)
def test_what_no_sdk_would_send_is_refused(watch: Watch, operation: str, document: Any) -> None:
    """With status 400, not as a failure of this cloud."""
    scope = "20260101/us-east-1/monitoring/aws4_request"
    request = urllib.request.Request(
        watch.aws.endpoint_url,
        json.dumps(document).encode(),
        {
            "Authorization": f"AWS4-HMAC-SHA256 Credential=A/{scope}",
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"GraniteServiceVersion20100801.{operation}",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    with refused.value as answer:
        assert (answer.status, "alid" in answer.read().decode()) == (
            400,
            True,
        )


STAT = {"Metric": {"Namespace": "A", "MetricName": "B"}, "Period": 60, "Stat": "Sum"}


@pytest.mark.fidelity(
    "CloudWatch",
    "Metric math, Metrics Insights, trimmed statistics and dynamic labels are refused.",
    differs="The lab's questions need sums and extremes of metrics.",
)
@pytest.mark.parametrize(
    "query",
    [
        {"Expression": "a / b"},
        {"Expression": 'SELECT AVG(Errors) FROM SCHEMA("AWS/Lambda")', "Period": 60},
        {"MetricStat": {**STAT, "Stat": "tm99"}},
        {"MetricStat": STAT, "Label": "${LAST}"},
        {"MetricStat": STAT, "AccountId": "123456789012"},
    ],
)
def test_what_is_not_here_is_refused(watch: Watch, query: dict[str, Any]) -> None:
    """With the message that names the fidelity table."""
    now = watch.now()
    with pytest.raises(ClientError, match="fidelity table"):
        watch.cloudwatch.get_metric_data(
            MetricDataQueries=[{"Id": "a", **query}],
            StartTime=now - timedelta(hours=1),
            EndTime=now,
        )


@pytest.mark.parametrize(
    ("datum", "message"),
    [
        (
            {"Value": 1, "Values": [1]},
            "Value and MetricData.member.2.Values are mutually exclusive",
        ),
        ({"Value": 1, "Timestamp": timedelta(days=-15)}, "past two weeks"),
        ({"Value": 1, "Timestamp": timedelta(hours=3)}, "two hours in the future"),
        ({"Value": float("nan")}, "NaN"),
        ({"Values": [1], "Counts": [1, 2]}, "same size"),
    ],
)
def test_bad_data_are_refused(watch: Watch, datum: dict[str, Any], message: str) -> None:
    """None of a request's data is taken in when one is bad."""
    if isinstance(offset := datum.get("Timestamp"), timedelta):
        datum = {**datum, "Timestamp": watch.now() + offset}
    name = watch.aws.name("bad")
    with pytest.raises(ClientError, match=message):
        watch.cloudwatch.put_metric_data(
            Namespace="Bad",
            MetricData=[{"MetricName": name, "Value": 1}, {"MetricName": name, **datum}],
        )
    assert watch.values(f"Bad:{name}") == []


def test_namespaces_of_aws_are_not_for_users(watch: Watch) -> None:
    """They would mix with what the services report."""
    with pytest.raises(ClientError, match="AWS/Lambda for parameter Namespace is invalid"):
        watch.cloudwatch.put_metric_data(
            Namespace="AWS/Lambda", MetricData=[{"MetricName": "Errors", "Value": 1}]
        )


@pytest.mark.fidelity(
    "CloudWatch",
    "GetMetricStatistics answers 1,440 data points, wherever in a minute the request begins.",
    source="LocalStack's recording: cloudwatch/test_cloudwatch",
)
def test_a_request_has_at_most_1440_datapoints(watch: Watch) -> None:
    """test_invalid_amount_of_datapoints; longer periods help."""
    end = watch.now().replace(second=30, microsecond=500)
    asked = {
        "Namespace": "A",
        "MetricName": "B",
        "StartTime": end - timedelta(days=1),
        "EndTime": end,
        "Statistics": ["Sum"],
    }
    with pytest.raises(ClientError, match="up to 86,400 datapoints, which exceeds the limit of"):
        watch.cloudwatch.get_metric_statistics(**asked, Period=1)
    assert not watch.cloudwatch.get_metric_statistics(**asked, Period=60)["Datapoints"]


@pytest.mark.parametrize(
    ("start", "message"), [(1, "EndTime must be greater"), (0, "StartTime must not equal")]
)
def test_metric_data_of_no_time_at_all_is_refused(
    client: Callable[..., Any], start: int, message: str
) -> None:
    """With a ValidationError, where GetMetricStatistics has an InvalidParameterValue."""
    end = datetime.now(UTC).replace(microsecond=0)
    stat = {"Metric": {"Namespace": "Shop", "MetricName": "Orders"}, "Period": 60, "Stat": "Sum"}
    with pytest.raises(ClientError, match=message) as refused:
        client("cloudwatch").get_metric_data(
            MetricDataQueries=[{"Id": "orders", "MetricStat": stat}],
            StartTime=end + timedelta(seconds=start),
            EndTime=end,
        )
    assert refused.value.response["Error"]["Code"] == "ValidationError"


def test_ids_of_queries_begin_with_a_small_letter(watch: Watch) -> None:
    """Each that does not is named, as github.com/influxdata/telegraf/issues/5420 shows."""
    pattern = "is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.\n"
    now = watch.now()
    with pytest.raises(ClientError) as refused:
        watch.cloudwatch.get_metric_data(
            MetricDataQueries=[{"Id": id_, "MetricStat": STAT} for id_ in ("Sum", "ok_1", "5xx")],
            StartTime=now - timedelta(hours=1),
            EndTime=now,
        )
    error = refused.value.response["Error"]
    assert (error["Code"], error["Message"]) == (
        "ValidationError",
        f"The value Sum for parameter MetricDataQueries.member.1.Id {pattern}"
        f"The value 5xx for parameter MetricDataQueries.member.3.Id {pattern}",
    )


@pytest.mark.fidelity(
    "CloudWatch",
    "GetMetricData has MaxDatapoints of them in a page.",
    source="CloudWatch API: GetMetricData",
)
def test_data_points_come_in_pages(watch: Watch) -> None:
    """Counted over all results, of which one that goes on has partial data."""
    now = watch.begin_minute()
    asked = {
        "MetricDataQueries": [
            {
                "Id": each,
                "MetricStat": {**STAT, "Metric": {"Namespace": "Paged", "MetricName": "M"}},
            }
            for each in ("a", "b")
        ],
        "StartTime": now - timedelta(hours=1),
        "EndTime": now + timedelta(minutes=1),
    }
    for age in (0, 1):
        datum = {"MetricName": "M", "Value": age, "Timestamp": now - timedelta(minutes=age)}
        watch.cloudwatch.put_metric_data(Namespace="Paged", MetricData=[datum])
    with pytest.raises(ClientError, match="NextToken is invalid"):
        watch.cloudwatch.get_metric_data(**asked, NextToken="x")
    first = watch.cloudwatch.get_metric_data(**asked, MaxDatapoints=3)
    last = watch.cloudwatch.get_metric_data(**asked, MaxDatapoints=3, NextToken=first["NextToken"])
    assert "NextToken" not in last
    assert [
        [(result["Values"], result["StatusCode"]) for result in page["MetricDataResults"]]
        for page in (first, last)
    ] == [
        [([0, 1], "Complete"), ([0], "PartialData")],
        [([], "Complete"), ([1], "Complete")],
    ]


STORED = {"Namespace": "Recorded", "MetricName": "stored"}


@pytest.mark.fidelity(
    "CloudWatch",
    "Without a unit GetMetricData has the data of one, and tells which there are.",
    source="LocalStack's recording: cloudwatch/test_cloudwatch",
)
def test_data_of_several_units_are_told(watch: Watch) -> None:
    """test_get_metric_data_different_units_no_unit_in_query."""
    data = [("Milliseconds", 60_000), ("Seconds", 60), ("Count", 5)]
    name = watch.aws.name("units")
    watch.begin_minute()

    def result() -> dict[str, Any]:
        stat = {**STAT, "Metric": {"Namespace": "Recorded", "MetricName": name}}
        now = watch.now()
        return watch.cloudwatch.get_metric_data(
            MetricDataQueries=[{"Id": "m1", "MetricStat": stat}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(minutes=1),
        )["MetricDataResults"][0]

    for number, (values, units) in enumerate(
        [
            ([60_000], None),
            ([60_000], "Milliseconds, Seconds"),
            ([5], "Count, Milliseconds, Seconds"),
        ]
    ):
        unit, value = data[number]
        datum = {"MetricName": name, "Value": value, "Unit": unit}
        watch.cloudwatch.put_metric_data(Namespace="Recorded", MetricData=[datum])
        told = {"Code": "MultipleUnits", "Value": f"Multiple units returned: '[{units}]'"}
        assert result()["Values"] == values
        assert result().get("Messages") == ([told] if units else None)


@pytest.mark.fidelity(
    "CloudWatch",
    "A label without a name of its own tells statistic and period where they differ.",
    source="LocalStack's recording: cloudwatch/test_cloudwatch",
)
@pytest.mark.parametrize(
    ("pairs", "labels"),
    [
        ([("Sum", 60), ("Minimum", 30)], ["stored Sum 60", "stored Minimum 30"]),
        ([("Sum", 60), ("Minimum", 60)], ["stored Sum", "stored Minimum"]),
        ([("Sum", 60), ("Sum", 30)], ["stored 60", "stored 30"]),
        ([("Sum", 60), ("Sum", 60)], ["stored", "stored"]),
    ],
)
def test_labels_tell_what_differs(
    watch: Watch, pairs: list[tuple[str, int]], labels: list[str]
) -> None:
    """test_label_generation."""
    now = watch.now()
    results = watch.cloudwatch.get_metric_data(
        MetricDataQueries=[
            {"Id": f"q{number}", "MetricStat": {"Metric": STORED, "Stat": stat, "Period": period}}
            for number, (stat, period) in enumerate(pairs)
        ],
        StartTime=now - timedelta(hours=1),
        EndTime=now,
    )["MetricDataResults"]
    assert [result["Label"] for result in results] == labels


@pytest.mark.fidelity(
    "CloudWatch",
    "Data of high resolution are kept by the second, for periods below a minute.",
    source="CloudWatch API: PutMetricData",
)
def test_high_resolution_is_kept_by_the_second(watch: Watch) -> None:
    """Data of standard resolution begin with their minute."""
    minute, name = watch.begin_minute(), watch.aws.name("fine")
    for resolution in (1, 60):
        watch.cloudwatch.put_metric_data(
            Namespace="Fine",
            MetricData=[
                {
                    "MetricName": f"{name}-{resolution}",
                    "Value": second,
                    "Timestamp": minute + timedelta(seconds=second),
                    "StorageResolution": resolution,
                }
                for second in (1, 9, 10, 59)
            ],
        )
    assert watch.values(f"Fine:{name}-1", period=10) == [10, 10, 59]
    assert watch.values(f"Fine:{name}-60", period=10) == [79]
    assert watch.values(f"Fine:{name}-1") == [79]
