"""Mappings of queues at work: failures, throttles, deletions, and who waits for whom."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from labkit.cloud.mappings.queue_source import CONCURRENT_BATCHES, visibility
from tests.cloud.mappings.conftest import Aws
from tests.waiting import until

#: Seconds of the lab's clock for which a function hangs; longer than anything a test waits for.
LONG = 600


def bodies(event: Any) -> list[str]:
    """The bodies of an event's messages."""
    return [record["body"] for record in event["Records"]]


def hang(aws: Aws, function: str) -> None:
    """Make a function hang at its next invocation."""
    aws.answer(function, status=200, times=1, delay=LONG)


@pytest.mark.fidelity(
    "SQS to Lambda",
    "Without a window a batch is what is there, up to the batch size.",
    source="Lambda guide: with-sqs",
)
def test_without_a_window_a_batch_is_what_is_there(aws: Aws) -> None:
    """Messages that wait already come together, up to the batch size."""
    queue_url, queue_arn = aws.queue()
    function = aws.function()
    for number in range(5):
        aws.send(queue_url, str(number))
    aws.mapping(queue_arn, function, BatchSize=3)
    events = aws.events(function, 2)
    assert sorted(map(len, map(bodies, events))) == [2, 3]
    assert sorted(itertools.chain(*map(bodies, events))) == list("01234")


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A batch has up to 10,000 messages when a window of up to 300 s gathers them.",
    source="Lambda guide: with-sqs",
)
def test_a_window_of_thousands_is_one_batch(aws: Aws) -> None:
    """A batch may have up to 10,000 messages when a window gathers them."""
    queue_url, queue_arn = aws.queue()
    function = aws.function()
    for start in range(0, 1000, 10):
        aws.sqs.send_message_batch(
            QueueUrl=queue_url,
            Entries=[{"Id": str(i), "MessageBody": str(start + i)} for i in range(10)],
        )
    aws.mapping(queue_arn, function, BatchSize=10_000, MaximumBatchingWindowInSeconds=300)
    until(lambda: aws.counts(queue_url) == (0, 1000))
    aws.advance(300)
    [event] = aws.events(function, 1)
    assert sorted(map(int, bodies(event))) == list(range(1000))


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A function that hangs holds up no other mapping.",
    source="Lambda guide: invocation-eventsourcemapping",
)
def test_a_hung_function_holds_up_only_itself(aws: Aws) -> None:
    """Another mapping goes on while a function hangs."""
    (slow_url, slow_arn), (quick_url, quick_arn) = aws.queue(), aws.queue()
    slow, quick = aws.function(timeout=20), aws.function()
    hang(aws, slow)
    aws.mapping(slow_arn, slow)
    aws.mapping(quick_arn, quick)
    aws.send(slow_url, "stuck")
    aws.events(slow, 1)
    for number in range(10):
        aws.send(quick_url, str(number))
    until(lambda: aws.counts(quick_url) == (0, 0))
    assert aws.counts(slow_url) == (0, 1)
    aws.advance(LONG)


@pytest.mark.parametrize("failure", ["raise", "exit"])
@pytest.mark.fidelity(
    "SQS to Lambda",
    "A failed batch is not deleted and comes back when its visibility timeout ends.",
    source="recorded: test_failing_lambda_retries_after_visibility_timeout",
)
@pytest.mark.fidelity(
    "SQS to Lambda",
    "A failed batch is tried again as soon as its visibility timeout has ended.",
    source="Lambda guide: services-sqs-errorhandling",
    differs="AWS takes fewer batches at a time while a function fails; a lesson does not wait.",
)
def test_a_failed_batch_comes_back_after_the_visibility_timeout(aws: Aws, failure: str) -> None:
    """An exception, or the death of the worker, deletes nothing; the batch is tried again."""
    queue_url, queue_arn = aws.queue(VisibilityTimeout="7")
    function = aws.function(ANSWER=failure)
    aws.mapping(queue_arn, function)
    aws.send(queue_url, "again")
    [first] = aws.events(function, 1)
    assert aws.counts(queue_url) == (0, 1)
    aws.advance(7)
    second = aws.events(function, 2)[1]
    [before], [after] = first["Records"], second["Records"]
    assert after["messageId"] == before["messageId"]
    assert after["receiptHandle"] != before["receiptHandle"]
    assert after["attributes"]["ApproximateReceiveCount"] == "2"


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A timeout of the function fails the batch as an exception does.",
    source="Lambda guide: services-sqs-errorhandling",
)
def test_a_function_that_times_out_fails_its_batch(aws: Aws) -> None:
    """A timeout deletes nothing; the message comes again when its visibility timeout ends."""
    queue_url, queue_arn = aws.queue(VisibilityTimeout="30")
    function = aws.function(timeout=2)
    hang(aws, function)
    aws.mapping(queue_arn, function)
    aws.send(queue_url, "slow")
    aws.events(function, 1)
    until(lambda: aws.logged(function, "Task timed out after 2.00 seconds"))
    assert aws.counts(queue_url) == (0, 1)
    aws.advance(30)
    [record] = aws.events(function, 2)[1]["Records"]
    assert record["attributes"]["ApproximateReceiveCount"] == "2"
    until(lambda: aws.counts(queue_url) == (0, 0))
    assert len(aws.logged(function, "Task timed out")) == 1


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A throttled batch is tried again until its visibility timeout ends.",
    source="Lambda guide: services-sqs-errorhandling",
)
def test_a_throttled_batch_is_retried_until_it_is_visible_again(aws: Aws) -> None:
    """Lambda keeps a throttled batch; when its time is up the queue gives it out once more."""
    queue_url, queue_arn = aws.queue(VisibilityTimeout="30")
    function = aws.function()
    aws.limit(function, 0)
    aws.mapping(queue_arn, function)
    aws.send(queue_url, "patience")
    until(lambda: aws.counts(queue_url) == (0, 1))
    aws.advance(4)
    aws.limit(function, 1)
    aws.advance(4)
    [event] = aws.events(function, 1)
    assert event["Records"][0]["attributes"]["ApproximateReceiveCount"] == "1"
    until(lambda: aws.counts(queue_url) == (0, 0))


def test_what_is_visible_again_is_not_invoked_from_the_old_copy(aws: Aws) -> None:
    """A throttled batch whose time has passed is dropped; the function sees the next receive."""
    queue_url, queue_arn = aws.queue(VisibilityTimeout="30")
    function = aws.function()
    aws.limit(function, 0)
    aws.mapping(queue_arn, function, ScalingConfig={"MaximumConcurrency": 2})
    aws.send(queue_url, "patience")
    until(lambda: aws.counts(queue_url) == (0, 1))
    aws.limit(function, 1)
    aws.advance(30)
    [event] = aws.events(function, 1)
    assert event["Records"][0]["attributes"]["ApproximateReceiveCount"] == "2"
    until(lambda: aws.counts(queue_url) == (0, 0))
    assert len(aws.events(function, 1)) == 1


@pytest.mark.fidelity(
    "SQS to Lambda",
    "MaximumConcurrency bounds the batches under way; other messages stay visible in the queue.",
    source="Lambda guide: services-sqs-scaling",
)
def test_concurrency_is_bounded_by_the_mapping(aws: Aws) -> None:
    """With MaximumConcurrency 2 a third batch waits in the queue, visible to others."""
    queue_url, queue_arn = aws.queue()
    function = aws.function(timeout=20)
    aws.answer(function, status=200, delay=LONG)
    scaling = {"MaximumConcurrency": 2}
    aws.mapping(queue_arn, function, BatchSize=1, ScalingConfig=scaling)
    for number in range(3):
        aws.send(queue_url, str(number))
    aws.events(function, 2)
    assert aws.counts(queue_url) == (1, 2)
    aws.answer(function, status=200)
    aws.advance(LONG)


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A FIFO group is worked off in order, one batch at a time; groups do not wait for each other.",
    source="Lambda guide: with-sqs",
)
def test_a_fifo_queue_keeps_the_order_of_each_group(aws: Aws) -> None:
    """A group is worked off in order, one batch at a time; groups do not wait for each other."""
    queue_url, queue_arn = aws.fifo_queue()
    function = aws.function()
    mapping = aws.mapping(queue_arn, function, BatchSize=2)
    order = [f"{group}{number}" for number in range(6) for group in "abc"]
    with ThreadPoolExecutor(1) as sender:
        sent = sender.map(lambda body: aws.send(queue_url, body, MessageGroupId=body[0]), order)
        assert len(list(sent)) == 18
    until(lambda: aws.counts(queue_url) == (0, 0))
    seen = list(itertools.chain(*map(bodies, aws.events(function, 1))))
    for group in "abc":
        assert [body for body in seen if body[0] == group] == [f"{group}{n}" for n in range(6)]
    aws.lambda_.delete_event_source_mapping(UUID=mapping["UUID"])


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A mapping whose queue is deleted waits, and goes on with a new queue of that name.",
    differs="AWS does not say how soon; here at once.",
)
def test_a_mapping_outlives_its_queue(aws: Aws) -> None:
    """Without its queue a mapping is idle and says so; a new queue of that name wakes it."""
    name = aws.name("queue")
    queue_url, queue_arn = aws.queue(name)
    function = aws.function()
    uuid = aws.mapping(queue_arn, function)["UUID"]
    aws.sqs.delete_queue(QueueUrl=queue_url)
    assert (aws.state(uuid), aws.result(uuid)) == (
        "Enabled",
        "PROBLEM: The event source does not exist",
    )
    queue_url, _ = aws.queue(name)
    aws.send(queue_url, "back")
    assert bodies(aws.events(function, 1)[0]) == ["back"]
    assert aws.result(uuid) is None


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A mapping whose function is deleted leaves the messages alone until there is one again.",
    differs="AWS does not say how soon; here at once.",
)
def test_a_mapping_outlives_its_function(aws: Aws) -> None:
    """Without its function a mapping leaves the messages alone; a new function gets them."""
    queue_url, queue_arn = aws.queue()
    function = aws.function()
    uuid = aws.mapping(queue_arn, function)["UUID"]
    aws.lambda_.delete_function(FunctionName=function)
    aws.send(queue_url, "kept")
    until(lambda: aws.result(uuid) == "PROBLEM: The function does not exist")
    assert aws.counts(queue_url) == (1, 0)
    aws.function(name=function)
    [record] = aws.events(function, 1)[0]["Records"]
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert aws.result(uuid) is None


def test_a_mapping_outlives_the_alias_that_it_invokes(aws: Aws) -> None:
    """It goes on when there is an alias of that name again."""
    queue_url, queue_arn = aws.queue()
    function = aws.function()
    version = aws.lambda_.publish_version(FunctionName=function)["Version"]
    alias = {"FunctionName": function, "Name": "live"}
    aws.lambda_.create_alias(**alias, FunctionVersion=version)
    uuid = aws.mapping(queue_arn, f"{function}:live")["UUID"]
    aws.lambda_.delete_alias(**alias)
    aws.send(queue_url, "kept")
    until(lambda: aws.result(uuid) == "PROBLEM: The function does not exist")
    aws.lambda_.create_alias(**alias, FunctionVersion=version)
    [event] = aws.events(function, 1)
    assert [record["body"] for record in event["Records"]] == ["kept"]


def test_a_message_is_once_in_a_batch_however_far_the_clock_is_turned(aws: Aws) -> None:
    """What is visible again before its window has closed takes its own place in the batch."""
    queue_url, queue_arn = aws.queue(VisibilityTimeout="30")
    function = aws.function()
    aws.mapping(queue_arn, function, MaximumBatchingWindowInSeconds=20)
    aws.send(queue_url, "once")
    until(lambda: aws.counts(queue_url) == (0, 1))
    aws.advance(3600)
    [event] = aws.events(function, 1)
    assert [record["body"] for record in event["Records"]] == ["once"]
    until(lambda: aws.counts(queue_url) == (0, 0))


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A disabled mapping polls no more; enabled again it goes on.",
    source="Lambda API: UpdateEventSourceMapping",
)
def test_a_disabled_mapping_leaves_the_queue_alone(aws: Aws) -> None:
    """Disabling stops the polling at once; enabling takes it up."""
    queue_url, queue_arn = aws.queue()
    function = aws.function()
    uuid = aws.mapping(queue_arn, function)["UUID"]
    update = aws.lambda_.update_event_source_mapping
    assert update(UUID=uuid, Enabled=False)["State"] == "Disabling"
    assert aws.state(uuid) == "Disabled"
    aws.send(queue_url, "later")
    assert aws.counts(queue_url) == (1, 0)
    update(UUID=uuid, Enabled=True)
    assert bodies(aws.events(function, 1)[0]) == ["later"]


def test_an_update_in_a_window_gives_the_messages_back(aws: Aws) -> None:
    """What was gathered under the old settings is gathered again under the new ones."""
    queue_url, queue_arn = aws.queue()
    function = aws.function()
    uuid = aws.mapping(queue_arn, function, MaximumBatchingWindowInSeconds=300)["UUID"]
    aws.send(queue_url, "held")
    until(lambda: aws.counts(queue_url) == (0, 1))
    aws.lambda_.update_event_source_mapping(UUID=uuid, MaximumBatchingWindowInSeconds=0)
    assert bodies(aws.events(function, 1)[0]) == ["held"]
    until(lambda: aws.counts(queue_url) == (0, 0))


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A mapping is `Deleting` until its last invocation has ended.",
    source="Lambda API: DeleteEventSourceMapping",
)
def test_a_deleted_mapping_finishes_what_it_has_begun(aws: Aws) -> None:
    """A mapping is Deleting until its last invocation has ended, and then it is gone."""
    queue_url, queue_arn = aws.queue()
    function = aws.function(timeout=20)
    aws.answer(function, status=200, times=1, delay=5)
    uuid = aws.mapping(queue_arn, function)["UUID"]
    aws.send(queue_url, "last")
    aws.events(function, 1)
    assert aws.lambda_.delete_event_source_mapping(UUID=uuid)["State"] == "Deleting"
    assert aws.state(uuid) == "Deleting"
    for change in (
        lambda: aws.lambda_.delete_event_source_mapping(UUID=uuid),
        lambda: aws.lambda_.update_event_source_mapping(UUID=uuid, BatchSize=1),
    ):
        with pytest.raises(aws.lambda_.exceptions.ResourceInUseException):
            change()
    aws.send(queue_url, "not mine")
    aws.advance(5)
    until(lambda: aws.counts(queue_url) == (1, 0))
    with pytest.raises(ClientError):
        aws.state(uuid)


@pytest.mark.fidelity(
    "SQS to Lambda",
    "An event has at most 6 MB; a batch that is larger closes earlier.",
    source="Lambda guide: with-sqs",
)
def test_a_message_too_large_for_one_event_with_others_gets_its_own(aws: Aws) -> None:
    """An event has at most 6 MB, so a batch of large messages is handed over in parts."""
    queue_url, queue_arn = aws.queue()
    function = aws.function()
    for letter in "abcdefg":
        aws.send(queue_url, letter * 1_000_000)
    aws.mapping(queue_arn, function)
    events = aws.events(function, 2)
    assert [len(event["Records"]) for event in events] == [6, 1]
    until(lambda: aws.counts(queue_url) == (0, 0))


@pytest.mark.fidelity(
    "SQS to Lambda",
    "Binary attributes are Base64 in the event; AWSTraceHeader is a system attribute.",
    source="Lambda guide: with-sqs",
)
def test_a_binary_attribute_and_a_trace_header_reach_the_function(aws: Aws) -> None:
    """Binary values are Base64 in the event; X-Ray's header is a system attribute."""
    queue_url, queue_arn = aws.queue()
    function = aws.function()
    aws.mapping(queue_arn, function)
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793"
    aws.send(
        queue_url,
        "x",
        MessageAttributes={"Picture": {"DataType": "Binary.png", "BinaryValue": b"\x00\xff"}},
        MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": trace}},
    )
    [record] = aws.events(function, 1)[0]["Records"]
    assert record["messageAttributes"] == {
        "Picture": {
            "binaryValue": "AP8=",
            "stringListValues": [],
            "binaryListValues": [],
            "dataType": "Binary.png",
        }
    }
    assert record["attributes"]["AWSTraceHeader"] == trace


@pytest.mark.fidelity(
    "SQS to Lambda",
    "A mapping has as many batches under way as its function has workers, at most five.",
    differs="AWS begins with five and goes up to 1,250; a laptop has few processors.",
    source="Lambda guide: services-sqs-scaling",
)
def test_a_mapping_takes_no_more_than_its_function_has_workers(aws: Aws) -> None:
    """What could not be processed yet stays visible in the queue."""
    queue_url, queue_arn = aws.queue()
    function = aws.function(timeout=20)
    aws.answer(function, status=200, delay=LONG)
    aws.mapping(queue_arn, function, BatchSize=1)
    for number in range(CONCURRENT_BATCHES + 2):
        aws.send(queue_url, str(number))
    aws.events(function, CONCURRENT_BATCHES)
    assert aws.counts(queue_url) == (2, CONCURRENT_BATCHES)
    aws.answer(function, status=200)
    aws.advance(LONG)


@pytest.mark.fidelity(
    "SQS to Lambda",
    "With a window that outlasts it, the visibility timeout is window + function timeout + 30 s.",
    source="Lambda guide: services-sqs-configure",
)
def test_a_batch_stays_hidden_while_its_window_is_open() -> None:
    """Only where there is a window, and the queue's own timeout would be too short."""
    assert visibility(30, window=0, function_timeout=60) == 30
    assert visibility(0, window=0, function_timeout=3) == 1, "what is under way is not taken twice"
    assert visibility(30, window=20, function_timeout=15) == 65
    assert visibility(300, window=20, function_timeout=15) == 300
