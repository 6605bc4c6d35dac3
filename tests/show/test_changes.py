"""What an action changed at every stage, once the pipeline has come to rest."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from labkit import orders, pipeline, show
from labkit.lab import Lab
from labkit.pipeline import api, identity, queue
from labkit.pipeline.arns import topic_arn


@pytest.fixture(scope="module", autouse=True)
def built(lab: Lab) -> None:
    """The whole pipeline."""
    pipeline.build(lab, progress=False)


def changed(seen) -> dict[str, str]:
    table = seen.table
    names = table["stage"] + ", " + table["what"]
    return dict(zip(names, table["change"], strict=True))


def test_an_order_moves_every_stage(lab):
    """One order is one message, item, record, notification, mail and call."""
    with show.changes(lab, wait=20) as seen:
        lab.post_order(orders.first())
    assert changed(seen) == {
        "queue orders, messages sent": "+1",
        "table Orders, items": "+1",
        "stream Orders, records": "+1",
        "topic order-events, messages published": "+1",
        "inbox, mails": "+1",
        "webhook orders, requests": "+1",
    }
    assert seen.settled
    assert "come to rest" not in repr(seen)


def test_a_duplicate_moves_the_queue_only(lab):
    """The block ends when the writer has worked it off, and nothing else has moved."""
    with show.changes(lab, wait=20) as seen:
        lab.post_order(orders.first())
    assert changed(seen) == {"queue orders, messages sent": "+1"}


def test_a_refused_order_stays_in_flight(lab):
    """What waits for its next delivery is at rest: nobody waits for the visibility timeout."""
    with show.changes(lab, wait=20) as seen:
        lab.post_order(orders.difficult()["no description"])
    assert seen.settled
    assert changed(seen) == {
        "queue orders, messages sent": "+1",
        "queue orders, in flight": "+1",
    }


def test_nothing_changed(lab):
    """Then the table is empty; `all` still has every stage."""
    with show.changes(lab) as seen:
        pass
    assert repr(seen).splitlines() == ["stage  what  before  after  change", "nothing here"]
    assert len(seen.all) == 12
    assert not any(seen.all["change"])


def test_confirmations_are_no_news(lab):
    """They have a row of their own, so that mails and requests are counted as in the picture."""
    sns, mails = lab.client("sns"), len(lab.inbox())
    with show.changes(lab) as seen:
        other = sns.create_topic(Name="other")["TopicArn"]
        sns.subscribe(TopicArn=other, Protocol="email", Endpoint=lab.names.email)
        [mail] = lab.inbox(after=mails, wait=20)
        token = parse_qs(urlsplit(mail["links"][0]).query)["Token"][0]
        arn = sns.confirm_subscription(TopicArn=other, Token=token)["SubscriptionArn"]
        sns.unsubscribe(SubscriptionArn=arn)
        assert lab.inbox(after=mails + 1, wait=20)
    sns.delete_topic(TopicArn=other)
    assert changed(seen) == {"inbox, confirmations": "+2"}
    counted = seen.all.set_index(["stage", "what"])["after"]
    stages = show.pipeline(lab).stages
    assert counted["inbox", "mails"] == int(stages["email"].count)
    assert counted["webhook orders", "requests"] == int(stages["webhook"].count)


def test_so_far(lab):
    """Inside the block the table says what has changed until now."""
    with show.changes(lab) as seen:
        url = lab.client("sqs").get_queue_url(QueueName=lab.names.audit_queue)["QueueUrl"]
        lab.client("sqs").send_message(QueueUrl=url, MessageBody="audit")
        assert changed(seen) == {"queue orders-audit, messages": "+1"}


def test_an_error_in_the_block_is_not_waited_for(lab):
    """It comes out at once, and what changed until then is known."""
    with pytest.raises(ZeroDivisionError), show.changes(lab, wait=60) as seen:
        _ = 1 / 0
    assert changed(seen) == {}


def test_what_is_stuck_is_said(lab):
    """When the stream is blocked the block ends in time and says that something is missing."""
    functions, name = lab.client("lambda"), lab.names.notifier
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": {"TOPIC_ARN": topic_arn(lab) + "-typo"}}
    )
    with show.changes(lab, wait=2) as seen:
        lab.post_order(orders.first() | {"id": "990001"})
    assert not seen.settled
    assert "The pipeline has not come to rest within 2 s" in repr(seen)
    assert "lab.trace(order_id) shows where" in seen._repr_html_()


def test_half_a_pipeline(lab):
    """Without a writer a message that waits is at rest; what is not built is not counted."""
    pipeline.teardown(lab, progress=False)
    with show.changes(lab, wait=20) as seen:
        for stage in (identity, queue, api):
            stage.build(lab)
        lab.post_order(orders.first())
    assert seen.settled
    assert changed(seen)["queue orders, waiting"] == "+1"
    row = seen.all.set_index("what").loc["waiting"]
    assert (row["before"], row["after"]) == ("not there", 1)
    assert "items" not in set(seen.all["what"])


def test_on_aws(aws_lab):
    """Nothing local is asked for there, nor metrics that would come too late."""
    url = aws_lab.client("sqs").create_queue(QueueName=aws_lab.names.queue)["QueueUrl"]
    with show.changes(aws_lab) as seen:
        aws_lab.client("sqs").send_message(QueueUrl=url, MessageBody="order")
    assert changed(seen) == {"queue orders, waiting": "+1"}
    assert list(seen.all["what"]) == ["waiting", "in flight"]
