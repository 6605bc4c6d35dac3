"""Every table and the picture on a whole pipeline that took two orders, over real HTTP."""

from __future__ import annotations

import pytest

from labkit import pipeline, show
from labkit.lab import Lab
from tests.waiting import until

GOOD = {
    "id": "536365",
    "customer": "17850",
    "country": "United Kingdom",
    "placed_at": "2010-12-01T08:26:00Z",
    "currency": "GBP",
    "lines": [{"sku": "85123A", "description": "CHARLIE & LOLA", "quantity": 6, "price": 2.55}],
    "total": 15.3,
}
WITHOUT_PRICE = {**GOOD, "id": "536366", "lines": [{**GOOD["lines"][0], "price": 0}], "total": 0}


@pytest.fixture(scope="module", autouse=True)
def two_orders(lab: Lab) -> None:
    """One order that arrives everywhere, and one that the order writer refuses."""
    pipeline.build(lab, progress=False)
    for order in (GOOD, WITHOUT_PRICE):
        assert lab.post_order(order).status == 200
    until(lambda: len(show.webhook(lab)) == 2)
    until(lambda: len(show.inbox(lab)) == 2)
    until(lambda: "refused" in show.logs(lab, "order-writer")["message"].str.cat())


def test_table(lab):
    """The good order is in the table, with its money exact."""
    frame = show.table(lab)
    assert frame.loc[0, ["orderID", "country", "lines"]].to_list() == [
        "536365",
        "United Kingdom",
        "1 entry",
    ]
    assert str(frame.loc[0, "total"]) == "15.30"


def test_stream(lab):
    """The stream holds its insert."""
    frame = show.stream(lab)
    assert frame[["record", "event", "key"]].values.tolist() == [
        ["record-1", "INSERT", "orderID=536365"]
    ]


def test_messages_can_be_looked_at_for_ever(lab):
    """The refused order is in flight; looking often neither counts nor moves it."""
    for _ in range(20):
        frame = show.messages(lab)
    assert frame[["message", "state", "receives"]].values.tolist() == [
        ["message-1", "in flight", 1]
    ]
    assert "536366" in frame.loc[0, "body"]
    assert show.messages(lab, "orders-dead").empty


def test_function_and_mappings(lab):
    """Both functions are active and mapped to their sources."""
    settings = show.function(lab, "order-writer").set_index("setting")["value"]
    assert settings["state"] == "Active"
    assert settings["env TABLE_NAME"] == "Orders"
    assert show.mappings(lab)[["source", "function", "reports failures"]].values.tolist() == [
        ["queue orders", "order-writer", True],
        ["stream Orders", "order-notifier", True],
    ]


def test_logs(lab):
    """Each function's log tells what became of each order, without ids that differ every run."""
    writer = show.logs(lab, "order-writer")
    outcomes = writer[writer["level"].isin(["INFO", "WARNING"])]["message"].str.split(",").str[0]
    assert sorted(outcomes) == ["outcome=refused", "outcome=stored"]
    assert set(writer["request"]) <= {"request-1", "request-2"}
    assert writer["message"].str.contains("sentTimestamp=…").sum() == 2
    assert show.logs(lab, "order-notifier")["message"].str.contains("outcome=published").sum() == 1


def test_subscribers(lab):
    """Mail and webhook got a confirmation and then the order, signed."""
    assert show.topic(lab).loc[0, "confirmed"] == 3
    assert list(show.subscriptions(lab)["endpoint"]) == [
        "student@example.com",
        "lab/_lab/webhook/orders",
        "orders-audit",
    ]
    assert list(show.webhook(lab)["type"]) == ["SubscriptionConfirmation", "Notification"]
    assert show.webhook(lab)["signed"].all()
    assert show.inbox(lab).loc[1, "subject"] == "Order 536365: 15.30 GBP"


def test_roles_and_api(lab):
    """The three roles have policies, and the API its one method on the deployed stage."""
    assert set(show.roles(lab)["role"]) == {
        "orders-api-role",
        "order-writer-role",
        "order-notifier-role",
    }
    assert show.api(lab)[["path", "method", "stage"]].values.tolist() == [
        ["/orders", "POST", "lab"]
    ]


def test_picture(lab):
    """The picture has everything built, and the counts of the tables."""
    stages = show.pipeline(lab, highlight="table").stages
    assert all(stage.built for stage in stages.values())
    assert all(stage.role in (True, None) for stage in stages.values())
    assert stages["queue"].state() == "0 waiting, 1 in flight"
    assert stages["table"].state() == "1 item"
    assert stages["email"].state() == "1 mail, confirmed"
    assert stages["webhook"].state() == "1 request, confirmed"
    assert not stages["dead_letters"].trouble


def test_same_output_at_every_look(lab):
    """What a notebook stores is the same when it looks again."""
    for look in (show.queue, show.table, show.stream, show.topic, show.subscriptions, show.roles):
        assert look(lab)._repr_html_() == look(lab)._repr_html_()
    assert show.pipeline(lab)._repr_mimebundle_() == show.pipeline(lab)._repr_mimebundle_()


def test_no_random_id_is_shown(lab):
    """Neither a UUID nor the port of this run's cloud is in any table."""
    looks = [show.queue, show.messages, show.table, show.stream, show.mappings, show.topic]
    looks += [show.subscriptions, show.inbox, show.webhook, show.roles, show.api]
    frames = [look(lab) for look in looks]
    frames += [show.logs(lab, name) for name in ("order-writer", "order-notifier")]
    for frame in frames:
        text = frame.to_csv()
        assert lab.endpoint_url not in text
        assert not frame.astype(str).stack().str.contains(r"[0-9a-f]{8}-[0-9a-f]{4}-").any(), text


def test_dead_letters_are_marked(lab):
    """Once given up, the refused order is a dead letter, in the table and in the picture."""
    for receives in range(1, 6):
        until(lambda n=receives: _receives(lab) >= n)
        lab.clock.advance(seconds=30)
    until(lambda: len(show.messages(lab, "orders-dead")) == 1)
    assert show.pipeline(lab).stages["dead_letters"].trouble == "1 dead letter"
    assert "536366" in show.messages(lab, "orders-dead").loc[0, "body"]


def _receives(lab: Lab) -> int:
    waiting = [*show.messages(lab)["receives"], *show.messages(lab, "orders-dead")["receives"]]
    return max(waiting, default=0)
