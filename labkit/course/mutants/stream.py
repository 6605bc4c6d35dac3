"""Wrong answers to the exercises of notebook 05."""

from __future__ import annotations

from labkit.course.mutants import Mutant

_EACH = """\
told = {"put": "INSERT", "pack": "MODIFY", "delete": "REMOVE"}
events = [told[action] for action in changes.actions(lab.student_id)]"""

_UPDATE = """\
there, packed, events = False, False, []
for action in changes.actions(lab.student_id):
    if action == "put" and (packed or not there):
        events.append("MODIFY" if there else "INSERT")
    if action == "delete" and there:
        events.append("REMOVE")
    if action == "pack" and not packed:
        events.append("MODIFY")
    there, packed = action != "delete", action == "pack\""""

_READ = """\
total = 0
for shard in streams.describe_stream(StreamArn=day_arn)["StreamDescription"]["Shards"]:
    iterator = streams.get_shard_iterator(
        StreamArn=day_arn, ShardId=shard["ShardId"], ShardIteratorType="%s"
    )["ShardIterator"]
    while (page := streams.get_records(ShardIterator=iterator, Limit=5))["Records"]:
        for record in page["Records"]:
            if record["eventName"] in %s:
                total += float(record["dynamodb"]["NewImage"]["total"]["N"])
        iterator = page["NextShardIterator"]"""

_STAYED = """\
new, gone = [], set()
for change in changes.day(lab.student_id):
    new += [change] if change.event == "INSERT" else []
    gone |= {change.order_id} if change.event == "REMOVE" else set()
total = sum(change.total for change in new if change.order_id not in gone)"""

_TABLE = """\
items = dynamodb.scan(TableName=lab.names.practice("day"))["Items"]
total = sum(float(item["total"]["N"]) for item in items)"""

_SWITCH = """\
for specification in (
    {"StreamEnabled": False},
    {"StreamEnabled": True, "StreamViewType": "%s"},
):
    table = dynamodb.update_table(
        TableName=lab.names.table, StreamSpecification=specification
    )["TableDescription"]
    dynamodb.get_waiter("table_exists").wait(TableName=lab.names.table)
changes_arn = table["%s"]"""

MUTANTS = (
    Mutant("q5_1", "a record for every action", _EACH, "some change nothing"),
    Mutant("q5_1", "an update of what is gone is a MODIFY", _UPDATE, "after it was deleted"),
    Mutant("q5_1", "silence", "events = []", "has 0 records"),
    Mutant("q5_2", "LATEST", _READ % ("LATEST", '["INSERT"]'), "no new order"),
    Mutant(
        "q5_2",
        "the first page only",
        _READ % ("TRIM_HORIZON", '["INSERT"]') + "\n        break",
        "stopped before the end",
    ),
    Mutant(
        "q5_2",
        "changes counted as new",
        _READ % ("TRIM_HORIZON", '["INSERT", "MODIFY"]'),
        "only changed",
    ),
    Mutant("q5_2", "what stayed", _STAYED, "cancelled"),
    Mutant("q5_2", "what is left in the table", _TABLE, "in the table now"),
    Mutant("q5_3", "as it is", "changes_arn = stream_arn", "what it was before is missing"),
    Mutant(
        "q5_3", "KEYS_ONLY", _SWITCH % ("KEYS_ONLY", "LatestStreamArn"), "nothing of what is in"
    ),
    Mutant("q5_3", "OLD_IMAGE", _SWITCH % ("OLD_IMAGE", "LatestStreamArn"), "what it is now"),
    Mutant("q5_3", "the table's ARN", _SWITCH % ("NEW_AND_OLD_IMAGES", "TableArn"), "of the table"),
    Mutant(
        "q5_3",
        "the ARN from before",
        _SWITCH % ("NEW_AND_OLD_IMAGES", "LatestStreamArn") + "\nchanges_arn = stream_arn",
        "switched off",
    ),
)
