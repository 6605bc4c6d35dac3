"""Alarms through boto3, on the lab's clock."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.metrics.conftest import Watch, named
from tests.permissions import let_send

VISIBLE = "AWS/SQS:ApproximateNumberOfMessagesVisible"
CREATED = "Alarm updated from INSUFFICIENT_DATA to"


def put(watch: Watch, name: str, value: float, *, minutes_ago: int = 0) -> None:
    """Put one value of a user's metric."""
    at = watch.now() - timedelta(minutes=minutes_ago)
    datum = {"MetricName": name, "Value": value, "Timestamp": at}
    watch.cloudwatch.put_metric_data(Namespace="Alarms", MetricData=[datum])


def inbox(watch: Watch) -> tuple[str, str]:
    """The ARN of a new topic, and the URL of a queue that gets its bare messages."""
    url, arn = watch.aws.queue()
    topic = watch.aws.sns.create_topic(Name=watch.aws.name("topic"))["TopicArn"]
    raw = {"RawMessageDelivery": "true"}
    let_send(watch.aws.sqs, url)
    watch.aws.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=raw)
    return topic, url


def mail(watch: Watch, url: str) -> dict[str, Any]:
    """The next message of an alarm."""
    (message,) = watch.aws.receive(url)["Messages"]
    watch.aws.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return json.loads(message["Body"])


@pytest.mark.fidelity(
    "CloudWatch",
    "An alarm is evaluated each minute, and notifies its topics of a change with AWS's JSON.",
    source="CloudWatch guide: Notify_Users_Alarm_Changes",
)
def test_a_dead_letter_sets_off_an_alarm(watch: Watch) -> None:
    """From no data to ALARM, and to OK when the queue is empty again."""
    topic, letters = inbox(watch)
    name = watch.aws.name("dead")
    url, _ = watch.aws.queue(name)
    minute = watch.begin_minute()
    alarm = watch.alarm(
        VISIBLE,
        dimensions={"QueueName": name},
        Statistic="Maximum",
        AlarmDescription="Somebody must look at the dead letters",
        AlarmActions=[topic],
        OKActions=[topic],
    )
    described = watch.described(alarm)
    assert described["StateValue"] == "INSUFFICIENT_DATA"
    assert described["StateReason"] == "Unchecked: Initial alarm creation"
    watch.aws.send(url, "order")
    watch.aws.advance(60)
    message = mail(watch, letters)
    reason = (
        f"Threshold Crossed: 1 datapoint [1.0 ({minute:%d/%m/%y %H:%M:%S})] was greater than the "
        "threshold (0.0)."
    )
    changed = minute + timedelta(minutes=1)
    assert message.pop("AlarmConfigurationUpdatedTimestamp")[:16] == f"{minute:%Y-%m-%dT%H:%M}"
    assert message == {
        "AlarmName": alarm,
        "AlarmDescription": "Somebody must look at the dead letters",
        "AWSAccountId": "123456789012",
        "NewStateValue": "ALARM",
        "NewStateReason": reason,
        "StateChangeTime": f"{changed:%Y-%m-%dT%H:%M:%S}.000+0000",
        "Region": "US East (N. Virginia)",
        "AlarmArn": f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{alarm}",
        "OldStateValue": "INSUFFICIENT_DATA",
        "OKActions": [topic],
        "AlarmActions": [topic],
        "InsufficientDataActions": [],
        "Trigger": {
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Namespace": "AWS/SQS",
            "StatisticType": "Statistic",
            "Statistic": "MAXIMUM",
            "Unit": None,
            "Dimensions": [{"value": name, "name": "QueueName"}],
            "Period": 60,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 0.0,
            "TreatMissingData": "",
            "EvaluateLowSampleCountPercentile": "",
        },
    }
    described = watch.described(alarm)
    assert (described["StateValue"], described["StateReason"]) == ("ALARM", reason)
    assert described["StateUpdatedTimestamp"] == changed
    watch.aws.sqs.purge_queue(QueueUrl=url)
    watch.aws.advance(60)
    assert mail(watch, letters)["NewStateValue"] == "OK"
    assert watch.history(alarm) == [
        f'Alarm "{alarm}" created',
        f"{CREATED} ALARM",
        f"Successfully executed action {topic}",
        "Alarm updated from ALARM to OK",
        f"Successfully executed action {topic}",
    ]


def test_errors_of_a_function_set_off_an_alarm(watch: Watch) -> None:
    """Which stays on until newer data are good, or none are left to look at."""
    function = watch.aws.function(ANSWER="raise")
    watch.begin_minute()
    alarm = watch.alarm("AWS/Lambda:Errors", dimensions={"FunctionName": function})
    watch.aws.lambda_.invoke(FunctionName=function)
    watch.aws.advance(60)
    assert watch.state(alarm) == "ALARM"
    watch.aws.advance(120)
    assert watch.state(alarm) == "ALARM"
    watch.aws.advance(60)
    assert watch.state(alarm) == "INSUFFICIENT_DATA"


def test_a_jump_of_the_clock_is_lived_through(watch: Watch) -> None:
    """Each minute in between is evaluated, with its own time."""
    start = watch.begin_minute()
    alarm = watch.alarm("Alarms:Jump", dimensions={}, TreatMissingData="notBreaching")
    put(watch, "Jump", 1)
    watch.aws.advance(3600)
    assert watch.state(alarm) == "OK"
    items = watch.cloudwatch.describe_alarm_history(
        AlarmName=alarm, HistoryItemType="StateUpdate", ScanBy="TimestampAscending"
    )["AlarmHistoryItems"]
    assert [(item["HistorySummary"], item["Timestamp"]) for item in items] == [
        (f"{CREATED} ALARM", start + timedelta(minutes=1)),
        ("Alarm updated from ALARM to OK", start + timedelta(minutes=4)),
    ]
    old, new = (json.loads(items[1]["HistoryData"])[name] for name in ("oldState", "newState"))
    assert (old["stateValue"], new["stateValue"]) == ("ALARM", "OK")
    assert new["stateReasonData"]["evaluatedDatapoints"]


@pytest.mark.fidelity(
    "CloudWatch",
    "An alarm with a period below a minute is evaluated at the end of each.",
    source="LocalStack's recording: cloudwatch/test_cloudwatch",
)
def test_an_alarm_has_a_short_period(watch: Watch) -> None:
    """test_breaching_alarm_actions and test_put_metric_alarm: missing data, and a minute's data."""
    minute = watch.begin_minute()
    breaching = watch.alarm(
        "Alarms:Short",
        dimensions={},
        Period=10,
        EvaluationPeriods=2,
        TreatMissingData="breaching",
    )
    half = watch.alarm("Alarms:Half", dimensions={}, Period=30, TreatMissingData="ignore")
    put(watch, "Half", 43)
    watch.aws.advance(30)
    described = watch.described(breaching)
    assert described["StateReason"] == (
        "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints "
        "were treated as [Breaching]."
    )
    assert described["StateUpdatedTimestamp"] == minute + timedelta(seconds=10)
    described = watch.described(half)
    assert described["StateReason"] == (
        f"Threshold Crossed: 1 datapoint [43.0 ({minute:%d/%m/%y %H:%M:%S})] was greater than the "
        "threshold (0.0)."
    )
    assert described["StateUpdatedTimestamp"] == minute + timedelta(seconds=30)


def test_data_from_before_the_alarm_count(watch: Watch) -> None:
    """At its first evaluation; M out of N need not follow one another."""
    watch.begin_minute()
    for minutes_ago, value in ((5, 9), (4, 0), (3, 9), (2, 0), (1, 9)):
        put(watch, "Before", value, minutes_ago=minutes_ago)
    put(watch, "Before", 0)
    two, three = (
        watch.alarm("Alarms:Before", dimensions={}, EvaluationPeriods=5, DatapointsToAlarm=needed)
        for needed in (2, 3)
    )
    watch.aws.advance(60)
    assert (watch.state(two), watch.state(three)) == ("ALARM", "OK")
    reason = watch.described(two)["StateReason"]
    assert reason.startswith("Threshold Crossed: 2 out of the last 5 datapoints [9.0 (")
    assert reason.endswith("(minimum 2 datapoints for OK -> ALARM transition).")


def test_a_percentile_is_watched_like_a_sum(watch: Watch) -> None:
    """ExtendedStatistic, with its name in the notification."""
    topic, letters = inbox(watch)
    watch.begin_minute()
    put(watch, "Tail", 5)
    alarm = watch.alarm(
        "Alarms:Tail",
        dimensions={},
        Statistic="",
        ExtendedStatistic="p99",
        AlarmActions=[topic],
    )
    watch.aws.advance(60)
    trigger = mail(watch, letters)["Trigger"]
    assert (trigger["StatisticType"], trigger["ExtendedStatistic"]) == ("ExtendedStatistic", "p99")
    assert watch.state(alarm) == "ALARM"


@pytest.mark.fidelity(
    "CloudWatch",
    "SetAlarmState lasts until the next evaluation, and executes the state's actions.",
    source="CloudWatch API: SetAlarmState",
)
def test_a_state_can_be_set_for_a_test(watch: Watch) -> None:
    """The alarm notifies as if it had come by itself, and goes back."""
    topic, letters = inbox(watch)
    watch.begin_minute()
    put(watch, "Set", 0)
    alarm = watch.alarm("Alarms:Set", dimensions={}, AlarmActions=[topic])
    watch.aws.advance(60)
    assert watch.state(alarm) == "OK"
    put(watch, "Set", 0)
    set_state = {"AlarmName": alarm, "StateValue": "ALARM", "StateReason": "a test"}
    watch.cloudwatch.set_alarm_state(**set_state)
    assert mail(watch, letters)["NewStateReason"] == "a test"
    assert watch.state(alarm) == "ALARM"
    watch.aws.advance(60)
    assert watch.state(alarm) == "OK"
    deep = {"StateReasonData": "[" * 3900}
    for wrong in ({"AlarmName": "none"}, {"StateValue": "RED"}, {"StateReasonData": "{"}, deep):
        with pytest.raises(ClientError) as refused:
            watch.cloudwatch.set_alarm_state(**{**set_state, **wrong})
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] < 500


def test_actions_can_be_disabled(watch: Watch) -> None:
    """The state changes all the same, in silence."""
    topic, _ = inbox(watch)
    alarm = watch.alarm("Alarms:Silent", dimensions={}, AlarmActions=[topic])
    change = {"AlarmName": alarm, "StateReason": "a test"}
    watch.cloudwatch.disable_alarm_actions(AlarmNames=[alarm])
    assert watch.described(alarm)["ActionsEnabled"] is False
    watch.cloudwatch.set_alarm_state(StateValue="ALARM", **change)
    watch.cloudwatch.set_alarm_state(StateValue="OK", **change)
    watch.cloudwatch.enable_alarm_actions(AlarmNames=[alarm])
    watch.cloudwatch.set_alarm_state(StateValue="ALARM", **change)
    assert len(watch.history(alarm, HistoryItemType="Action")) == 1
    assert len(watch.history(alarm, HistoryItemType="StateUpdate")) == 3


@pytest.mark.fidelity(
    "CloudWatch",
    "CloudWatch does not check that an action's topic exists; the history says that it failed.",
    source="CloudWatch guide: AlarmThatSendsEmail",
)
def test_an_action_without_a_topic_fails(watch: Watch) -> None:
    """The alarm itself does not."""
    topic = "arn:aws:sns:us-east-1:123456789012:gone"
    alarm = watch.alarm("Alarms:Gone", dimensions={}, AlarmActions=[topic])
    watch.cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="a test")
    (summary,) = watch.history(alarm, HistoryItemType="Action")
    assert summary.startswith(f"Failed to execute action {topic}.")


@pytest.mark.fidelity(
    "CloudWatch",
    "An update of an alarm leaves its state unchanged.",
    source="CloudWatch API: PutMetricAlarm",
)
def test_an_update_leaves_the_state(watch: Watch) -> None:
    """And overwrites everything else."""
    alarm = watch.alarm("Alarms:Update", dimensions={}, AlarmDescription="old")
    watch.cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="a test")
    watch.cloudwatch.put_metric_alarm(
        AlarmName=alarm,
        Namespace="Alarms",
        MetricName="Update",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=2,
        Threshold=5,
        ComparisonOperator="LessThanThreshold",
    )
    described = watch.described(alarm)
    assert (described["StateValue"], described["StateReason"]) == ("ALARM", "a test")
    assert (described["Period"], described.get("AlarmDescription")) == (300, None)
    assert watch.history(alarm)[-1] == f'Alarm "{alarm}" updated'


def test_alarms_are_found_by_name_state_and_action(watch: Watch) -> None:
    """By all that is asked for, in pages."""
    topic, _ = inbox(watch)
    one = watch.alarm("Alarms:Find", dimensions={"Store": "a"}, AlarmActions=[topic])
    two = watch.alarm("Alarms:Find", dimensions={"Store": "b"})
    watch.cloudwatch.set_alarm_state(AlarmName=two, StateValue="ALARM", StateReason="a test")

    def found(**filters: Any) -> set[str]:
        pages = watch.cloudwatch.get_paginator("describe_alarms").paginate(**filters)
        return {each["AlarmName"] for page in pages for each in page["MetricAlarms"]} & {one, two}

    first = watch.cloudwatch.describe_alarms(AlarmNames=[one, two], MaxRecords=1)
    second = watch.cloudwatch.describe_alarms(
        AlarmNames=[one, two], MaxRecords=1, NextToken=first["NextToken"]
    )
    assert [page["MetricAlarms"][0]["AlarmName"] for page in (first, second)] == [one, two]
    assert "NextToken" not in second
    assert found() == found(AlarmNamePrefix="alarm") == found(MaxRecords=1) == {one, two}
    assert found(StateValue="ALARM", AlarmNames=[one, two]) == {two}
    assert found(ActionPrefix=topic) == {one}
    assert found(AlarmTypes=["CompositeAlarm"]) == set()
    of_metric = watch.cloudwatch.describe_alarms_for_metric(
        Namespace="Alarms", MetricName="Find", Dimensions=named({"Store": "b"})
    )["MetricAlarms"]
    assert [each["AlarmName"] for each in of_metric] == [two]
    watch.cloudwatch.delete_alarms(AlarmNames=[one])
    assert found() == {two}
    assert watch.history(one)[-1] == f'Alarm "{one}" deleted'


@pytest.mark.fidelity(
    "CloudWatch",
    "Alarms on expressions, anomalies or few samples are refused; so are composite ones, and "
    "actions other than SNS topics.",
    differs="One metric and a notification are what the lab's questions need.",
)
@pytest.mark.parametrize(
    "settings",
    [
        {"ComparisonOperator": "LessThanLowerThreshold"},
        {"AlarmActions": ["arn:aws:automate:us-east-1:ec2:reboot"]},
        {"Metrics": [{"Id": "a", "Expression": "b", "ReturnData": True}]},
        {"EvaluateLowSampleCountPercentile": "ignore"},
        {"Statistic": "", "ExtendedStatistic": "tm95"},
    ],
)
def test_what_is_not_here_is_refused(watch: Watch, settings: dict[str, Any]) -> None:
    """With the message that names the fidelity table."""
    with pytest.raises(ClientError, match="fidelity table"):
        watch.alarm("Alarms:Refused", dimensions={}, **settings)


def test_composite_alarms_and_detectors_are_refused(watch: Watch) -> None:
    """As a whole."""
    calls = (
        lambda: watch.cloudwatch.put_composite_alarm(AlarmName="a", AlarmRule="ALARM(b)"),
        lambda: watch.cloudwatch.put_anomaly_detector(Namespace="a", MetricName="b", Stat="Sum"),
        lambda: watch.cloudwatch.put_insight_rule(RuleName="a", RuleDefinition="{}"),
        lambda: watch.cloudwatch.put_metric_stream(
            Name="a", FirehoseArn="arn:aws:a", RoleArn="arn:aws:iam::1:role/a", OutputFormat="json"
        ),
    )
    for call in calls:
        with pytest.raises(ClientError, match="fidelity table"):
            call()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"Period": 90}, "multiple of 60"),
        ({"Period": 5}, "multiple of 60"),
        ({"ComparisonOperator": "MoreThan"}, "comparisonOperator"),
        ({"DatapointsToAlarm": 2}, "DatapointsToAlarm"),
        ({"EvaluationPeriods": 1441}, "86400 seconds"),
        ({"TreatMissingData": "gone"}, "TreatMissingData"),
        ({"Statistic": "Median"}, "statistic"),
        ({"ExtendedStatistic": "p99"}, "Statistic"),
        ({"AlarmActions": ["topic"]}, "Invalid arn syntax"),
        ({"OKActions": ["arn:aws:sns:eu-west-1:123456789012:a"]}, "Invalid region eu-west-1"),
    ],
)
def test_bad_alarms_are_refused(watch: Watch, settings: dict[str, Any], message: str) -> None:
    """As AWS refuses them."""
    with pytest.raises(ClientError, match=message):
        watch.alarm("Alarms:Bad", dimensions={}, **settings)


@pytest.mark.fidelity(
    "CloudWatch",
    "An alarm publishes only to a topic whose policy lets CloudWatch, of this alarm or account.",
    source="re:Post: cloudwatch-receive-sns-for-alarm-trigger",
)
def test_a_topic_says_which_alarms_it_takes(watch: Watch) -> None:
    """Its default policy takes those of the account, a scoped one the alarm that it names."""
    topic, letters = inbox(watch)
    alarm = watch.alarm("Alarms:Scoped", dimensions={}, AlarmActions=[topic])
    arn = watch.described(alarm)["AlarmArn"]
    publishes = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
    }
    refused = (
        f'Failed to execute action {topic}. Received error: "Resource: {arn} is not authorized to '
        f'perform: SNS:Publish on resource: {topic}"'
    )
    for condition, expected in (
        (None, f"Successfully executed action {topic}"),
        ({"ArnEquals": {"aws:SourceArn": f"{arn}-other"}}, refused),
        ({"StringEquals": {"aws:SourceAccount": "999999999999"}}, refused),
        ({"ArnEquals": {"aws:SourceArn": arn}}, f"Successfully executed action {topic}"),
    ):
        if condition:
            statement = {**publishes, "Condition": condition}
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            watch.aws.sns.set_topic_attributes(
                TopicArn=topic, AttributeName="Policy", AttributeValue=policy
            )
        for value in ("OK", "ALARM"):
            watch.cloudwatch.set_alarm_state(
                AlarmName=alarm, StateValue=value, StateReason="a test"
            )
        assert watch.history(alarm, HistoryItemType="Action")[-1] == expected
        if expected != refused:
            assert mail(watch, letters)["NewStateValue"] == "ALARM"
    assert "Messages" not in watch.aws.receive(letters, wait=0)


def test_the_history_is_asked_by_kind_and_time(watch: Watch) -> None:
    """Newest first unless asked otherwise, in pages."""
    alarm = watch.alarm("Alarms:Past", dimensions={})
    made = watch.now()
    watch.aws.advance(3600)
    watch.cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="a test")
    asked = {"AlarmName": alarm, "AlarmTypes": ["MetricAlarm"]}

    def kinds(**filters: Any) -> list[str]:
        pages = watch.cloudwatch.get_paginator("describe_alarm_history")
        found = pages.paginate(**asked, **filters)
        return [item["HistoryItemType"] for page in found for item in page["AlarmHistoryItems"]]

    assert kinds() == kinds(MaxRecords=1) == ["StateUpdate", "ConfigurationUpdate"]
    assert kinds(ScanBy="TimestampAscending") == ["ConfigurationUpdate", "StateUpdate"]
    assert kinds(HistoryItemType="StateUpdate") == ["StateUpdate"]
    assert kinds(StartDate=made + timedelta(minutes=30)) == ["StateUpdate"]
    assert kinds(EndDate=made + timedelta(minutes=30)) == ["ConfigurationUpdate"]
    asked["AlarmTypes"] = ["CompositeAlarm"]
    assert kinds() == []


def test_alarms_of_a_metric_are_told_by_what_they_watch(watch: Watch) -> None:
    """Statistic, percentile, period and unit narrow what DescribeAlarmsForMetric finds."""
    where = {"Namespace": "Alarms", "MetricName": "Of", "Dimensions": named({"Store": "a"})}
    store = {"Store": "a"}
    total = watch.alarm("Alarms:Of", dimensions=store)
    slow = watch.alarm("Alarms:Of", dimensions=store, Period=300, Unit="Bytes")
    high = watch.alarm("Alarms:Of", dimensions=store, Statistic="", ExtendedStatistic="p99")

    def found(**filters: Any) -> set[str]:
        answer = watch.cloudwatch.describe_alarms_for_metric(**where, **filters)
        return {each["AlarmName"] for each in answer["MetricAlarms"]}

    assert found() == {total, slow, high}
    assert found(Statistic="Sum") == {total, slow}
    assert found(ExtendedStatistic="p99") == {high}
    assert found(Period=300) == found(Unit="Bytes") == {slow}


@pytest.mark.fidelity(
    "CloudWatch",
    "An alarm tells figures as its reason only if it has some; data come with a list of messages.",
    source="LocalStack's recording: cloudwatch/test_cloudwatch",
)
def test_what_is_not_there_is_not_told(watch: Watch) -> None:
    """A new alarm and one that was set by hand have no figures, one that was evaluated has."""
    alarm = watch.alarm("Alarms:untold", dimensions={}, TreatMissingData="notBreaching")
    assert not {"StateReasonData", "Metrics"} & set(watch.described(alarm))
    watch.aws.advance(60)
    assert json.loads(watch.described(alarm)["StateReasonData"])["statistic"] == "Sum"
    watch.cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="by hand")
    assert not {"StateReasonData", "Metrics"} & set(watch.described(alarm))
    metric = {"Namespace": "Alarms", "MetricName": "untold"}
    answer = watch.cloudwatch.get_metric_data(
        MetricDataQueries=[
            {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
        ],
        StartTime=watch.now() - timedelta(hours=1),
        EndTime=watch.now(),
    )
    assert answer["Messages"] == []
