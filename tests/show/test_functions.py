"""Functions and their event source mappings."""

from __future__ import annotations

import io
import json
import time
import zipfile

import pytest

from labkit.errors import StageMissing
from labkit.show import function, logs, mappings
from labkit.show.functions import FUNCTION_COLUMNS, MAPPING_COLUMNS


def build_writer(lab) -> None:
    role = lab.client("iam").create_role(
        RoleName="order-writer-role",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}),
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): ...")
    lab.client("lambda").create_function(
        FunctionName="order-writer",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="app.handler",
        Code={"ZipFile": packed.getvalue()},
        Timeout=5,
        Environment={"Variables": {"TABLE_NAME": "Orders", "MODE": "strict"}},
    )


def map_queue(lab) -> str:
    sqs = lab.client("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    made = lab.client("lambda").create_event_source_mapping(
        EventSourceArn=arn["QueueArn"],
        FunctionName="order-writer",
        BatchSize=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        FilterCriteria={"Filters": [{"Pattern": '{"body": {}}'}]},
    )
    return made["UUID"]


def test_settings_then_variables(aws_lab):
    """One row for each setting, then the environment by name; ARNs are shown as names."""
    build_writer(aws_lab)
    frame = function(aws_lab, "order-writer")
    assert list(frame.columns) == FUNCTION_COLUMNS
    settings = dict(zip(frame["setting"], frame["value"], strict=True))
    assert settings["role"] == "order-writer-role"
    assert settings["timeout (s)"] == "5"
    assert settings["log group"] == "/aws/lambda/order-writer"
    assert list(settings)[-2:] == ["env MODE", "env TABLE_NAME"]


@pytest.mark.parametrize("look", [function, logs])
@pytest.mark.parametrize(
    ("name", "notebook"), [("order-writer", "04"), ("order-notifier", "06"), ("mine", "04")]
)
def test_missing_function_says_what_to_do(aws_lab, look, name, notebook):
    """A function that is not there is an error with the next step."""
    with pytest.raises(
        StageMissing, match=rf"'{name}' does not exist yet. Run notebook {notebook}"
    ):
        look(aws_lab, name)


def test_no_mapping_is_an_empty_table(aws_lab):
    """Functions without a mapping, and no functions at all, give no rows."""
    assert list(mappings(aws_lab).columns) == MAPPING_COLUMNS
    assert mappings(aws_lab).empty


def test_mapping_of_a_queue(aws_lab):
    """A mapping shows what it reads, whom it calls and how it handles failures."""
    build_writer(aws_lab)
    uuid = map_queue(aws_lab)
    row = mappings(aws_lab).iloc[0]
    assert row["mapping"] == "mapping-1"
    assert row["source"] == "queue orders"
    assert row["function"] == "order-writer"
    assert row["batch size"] == 10
    assert mappings(aws_lab, ids=True).loc[0, "mapping"] == uuid


def test_no_log_yet(aws_lab):
    """A function that never ran has an empty log, not an error."""
    build_writer(aws_lab)
    assert logs(aws_lab, "order-writer").empty


def test_log_with_aliases(aws_lab):
    """Request ids become aliases, other ids and measurements an ellipsis; `ids` shows them all."""
    build_writer(aws_lab)
    request, message = (f"{digit * 8}-1111-4111-8111-111111111111" for digit in "12")
    cloudwatch = aws_lab.client("logs")
    where = {"logGroupName": "/aws/lambda/order-writer", "logStreamName": "a"}
    cloudwatch.create_log_group(logGroupName=where["logGroupName"])
    cloudwatch.create_log_stream(**where)
    lines = [
        f"START RequestId: {request} Version: $LATEST",
        f'[INFO]\t2026-11-23T03:41:30.123Z\t{request}\t{{"outcome": "stored", "id": "{message}"}}',
        f"REPORT RequestId: {request}\tDuration: 15.74 ms\tMemory Size: 128 MB\t",
    ]
    # CloudWatch takes nothing that is older than 14 days.
    now = int(time.time() * 1000)
    events = [{"timestamp": now + n, "message": line} for n, line in enumerate(lines)]
    cloudwatch.put_log_events(**where, logEvents=events)
    frame = logs(aws_lab, "order-writer")
    assert list(frame["message"]) == [
        "START RequestId: request-1 Version: $LATEST",
        "outcome=stored, id=…",
        "REPORT RequestId: request-1  Duration: … ms  Memory Size: 128 MB",
    ]
    assert list(frame["level"]) == ["PLATFORM", "INFO", "PLATFORM"]
    assert set(logs(aws_lab, "order-writer", ids=True)["request"]) == {request}
