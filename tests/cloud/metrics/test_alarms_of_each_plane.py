"""An alarm on a metric of each plane, set off by what it is there for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cloud.gateway.apis import new_api, queue_integration
from tests.cloud.metrics.conftest import Watch
from tests.waiting import until

Named = dict[str, str]


def slow_stream(watch: Watch) -> Named:
    """A function that refuses a record of a stream for more than a minute."""
    aws = watch.aws
    function, (table, stream) = aws.function(ANSWER="raise"), aws.stream()
    aws.mapping(stream, function, StartingPosition="TRIM_HORIZON", MaximumRetryAttempts=50)
    aws.dynamodb.put_item(TableName=table, Item={"id": {"S": "a"}})
    aws.events(function, 4, advancing=30)
    return {"FunctionName": function}


def throttled(watch: Watch) -> Named:
    """A function that may not run, with a message to work off."""
    aws = watch.aws
    function, (url, arn) = aws.function(), aws.queue()
    aws.lambda_.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    aws.mapping(arn, function)
    aws.send(url, "order")
    until(lambda: aws.counts(url) == (0, 1))
    return {"FunctionName": function}


def old_message(watch: Watch) -> Named:
    """A queue with a message that nobody takes."""
    name = watch.aws.name("queue")
    url, _ = watch.aws.queue(name)
    watch.aws.send(url, "order")
    watch.aws.advance(90)
    return {"QueueName": name}


def lost_notification(watch: Watch) -> Named:
    """A topic with a subscriber that is gone."""
    aws, name = watch.aws, watch.aws.name("topic")
    topic = aws.sns.create_topic(Name=name)["TopicArn"]
    gone = "arn:aws:sqs:us-east-1:123456789012:gone"
    aws.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=gone)
    aws.sns.publish(TopicArn=topic, Message="order")
    return {"TopicName": name}


CAUSES: dict[str, tuple[str, Callable[[Watch], Named]]] = {
    "AWS/Lambda:IteratorAge": ("Maximum", slow_stream),
    "AWS/Lambda:Throttles": ("Sum", throttled),
    "AWS/SQS:ApproximateAgeOfOldestMessage": ("Maximum", old_message),
    "AWS/SNS:NumberOfNotificationsFailed": ("Sum", lost_notification),
}


def goes_off(watch: Watch, metric: str, statistic: str, dimensions: Named) -> None:
    """The alarm on a metric comes to ALARM, from data that are there already or in a minute."""
    periods = {"EvaluationPeriods": 3, "DatapointsToAlarm": 1}
    alarm = watch.alarm(metric, dimensions=dimensions, Statistic=statistic, **periods)
    watch.aws.advance(60)
    assert watch.state(alarm) == "ALARM"


@pytest.mark.parametrize("metric", CAUSES)
def test_each_plane_sets_off_its_alarm(watch: Watch, metric: str) -> None:
    """Blocked streams, throttles, old messages and lost notifications."""
    statistic, cause = CAUSES[metric]
    dimensions = cause(watch)
    until(lambda: max(watch.values(metric, statistic, **dimensions), default=0) > 0)
    goes_off(watch, metric, statistic, dimensions)


@pytest.mark.fidelity(
    "CloudWatch",
    "An API reports calls, errors of both kinds, latency and that of its integration.",
    source="API Gateway guide: api-gateway-metrics-and-dimensions",
)
def test_an_api_reports(watch: Watch, cloud: str, client: Callable[..., Any]) -> None:
    """For the API and for its stage; one that no backend answers has no IntegrationLatency."""
    sqs, api = client("sqs"), new_api(client, cloud)
    queue = watch.aws.name("queue")
    sqs.create_queue(QueueName=queue)
    api.put(queue_integration("Action=SendMessage&MessageBody=x", queue))
    api.put({"requestTemplates": {"application/json": "no status"}}, method="PUT")
    api.deploy()
    statuses = [
        api.call("{}").status,
        api.call("{}", path="/nothing").status,
        api.call("{}", method="PUT").status,
    ]
    assert statuses == [200, 403, 500]
    name = api.client.get_rest_api(restApiId=api.id)["name"]
    for dimensions in ({"ApiName": name}, {"ApiName": name, "Stage": "lab"}):

        def total(metric: str, stat: str = "Sum", where: Named = dimensions) -> float:
            return sum(watch.values(f"AWS/ApiGateway:{metric}", stat, hours=0.1, **where))

        assert (total("Count"), total("4XXError"), total("5XXError")) == (3, 1, 1)
        assert total("Latency", "SampleCount") == 3
        assert total("IntegrationLatency", "SampleCount") == 1
        assert 0 <= total("IntegrationLatency") <= total("Latency")


@pytest.mark.parametrize("metric", ["4XXError", "5XXError"])
def test_an_api_sets_off_its_alarm(
    watch: Watch, cloud: str, client: Callable[..., Any], metric: str
) -> None:
    """A caller's mistake, and a mistake of the API's own."""
    api = new_api(client, cloud)
    api.put({"requestTemplates": {"application/json": "no status"}})
    api.deploy()
    assert [api.call("{}").status, api.call("{}", path="/nothing").status] == [500, 403]
    name = api.client.get_rest_api(restApiId=api.id)["name"]
    goes_off(watch, f"AWS/ApiGateway:{metric}", "Sum", {"ApiName": name, "Stage": "lab"})
