"""The records of the table's stream."""

from __future__ import annotations

from itertools import count

import pytest

from labkit.errors import StageMissing
from labkit.show import stream
from labkit.show.streams import STREAM_COLUMNS

NUMBERS = count(1)


@pytest.fixture
def name() -> str:
    """A table of this test's own, since all tests of this module share a cloud."""
    return f"Orders-{next(NUMBERS)}"


def build_table(lab, name: str, *, view: str | None):
    specification = {"StreamEnabled": True, "StreamViewType": view} if view else None
    return lab.session.resource("dynamodb", endpoint_url=lab.endpoint_url).create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "orderID", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "orderID", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        **({"StreamSpecification": specification} if specification else {}),
    )


def test_records_in_order(lab, name):
    """Each change is a row with key and images, in the order of the changes, however often read."""
    table = build_table(lab, name, view="NEW_AND_OLD_IMAGES")
    table.put_item(Item={"orderID": "536365", "country": "France"})
    table.put_item(Item={"orderID": "536365", "country": "Spain"})
    table.delete_item(Key={"orderID": "536365"})
    frame = stream(lab, name)
    assert list(frame.columns) == STREAM_COLUMNS
    assert list(frame["event"]) == ["INSERT", "MODIFY", "REMOVE"]
    assert list(frame["record"]) == ["record-1", "record-2", "record-3"]
    assert frame.loc[1, "new image"] == "country=Spain, orderID=536365"
    assert frame.loc[1, "old image"] == "country=France, orderID=536365"
    assert list(frame["key"].unique()) == ["orderID=536365"]
    assert frame.equals(stream(lab, name))


def test_more_records_than_a_page(lab, name):
    """GetRecords gives at most 1,000 records; all pages are read."""
    table = build_table(lab, name, view="KEYS_ONLY")
    with table.batch_writer() as batch:
        for number in range(1005):
            batch.put_item(Item={"orderID": str(number)})
    assert len(stream(lab, name)) == 1005


def test_empty_stream(lab, name):
    """A stream without records is an empty table."""
    build_table(lab, name, view="NEW_IMAGE")
    assert stream(lab, name).empty


def test_no_stream_says_what_to_do(lab, name):
    """A table without a stream names the notebook that switches it on."""
    build_table(lab, name, view=None)
    with pytest.raises(StageMissing, match=r"Run notebook 05, or stream\.build"):
        stream(lab, name)
