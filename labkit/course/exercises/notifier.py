"""Exercises of notebook 06: a second reader, where it got stuck, and a stream never blocked."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from labkit.course.exercise import exercise
from labkit.course.judgement import Mistake, require
from labkit.course.probes.batches import (
    PACKING,
    WATCHING,
    goes_on_from_the_first,
    hand_over,
    packs_all,
    reported,
)
from labkit.course.probes.functions import find_mapping, reports_failures
from labkit.course.probes.orders import make_order
from labkit.course.probes.permissions import allows, read_documents
from labkit.course.probes.poison import give_up, notes_go_to
from labkit.course.probes.queue_urls import is_url_of
from labkit.course.probes.readers import let_through
from labkit.course.probes.sources import readable
from labkit.course.probes.trial import trial
from labkit.lab import Lab
from labkit.pipeline.arns import queue_arn
from labkit.pipeline.stream import stream_arn

RETRIES = 2
REPEATED = "the records before the one that failed would be worked on again"


@exercise(
    points=2,
    hints=(
        "Four settings: where the records come from, where to begin, which ones to let through, "
        "and that the answer counts.",
        "EventSourceArn, StartingPosition, FilterCriteria and FunctionResponseTypes. You have used "
        "all but the filter in steps 4 and 6.",
        '`{"EventSourceArn": stream_arn, "StartingPosition": "TRIM_HORIZON", "FilterCriteria": '
        '{"Filters": [{"Pattern": ...}]}, "FunctionResponseTypes": ["ReportBatchItemFailures"]}`; '
        """the pattern is a text: `'{"eventName": [...]}'`.""",
    ),
)
def q6_1(lab: Lab, settings: dict[str, Any]) -> str:
    """How do you connect a second reader that hears of new orders only?"""
    require(isinstance(settings, dict), "Your answer should be a dictionary of settings.")
    live = stream_arn(lab)
    require(
        settings.get("EventSourceArn") != live.partition("/stream/")[0],
        "EventSourceArn is the ARN of the table. A mapping reads the stream.",
        "The stream's ARN is longer: describe_table gives it as LatestStreamArn.",
    )
    require(
        settings.get("EventSourceArn") == live,
        f"EventSourceArn is not the live stream of table '{lab.names.table}'.",
        "describe_table gives it as LatestStreamArn.",
    )
    require(
        settings.get("StartingPosition") != "LATEST",
        "From LATEST on it never hears of the orders that are stored before the mapping reads.",
        "Begin at the oldest record that the stream has.",
    )
    reports_failures(settings, REPEATED)
    require(
        settings.get("FilterCriteria"),
        "Without a filter your function is called for every record, also for a REMOVE, which has "
        "no NewImage.",
        'FilterCriteria={"Filters": [{"Pattern": ...}]}, and the pattern is a text.',
    )
    try:
        events = let_through(lab, settings)
    except (ClientError, ParamValidationError) as error:
        said = error.response["Error"]["Message"] if isinstance(error, ClientError) else error
        raise Mistake(
            f"Lambda does not take these settings: {said}",
            "Name them as in steps 4 and 6. A pattern is a text in JSON, whose values are lists.",
        ) from None
    require(
        "INSERT" in events,
        "Two orders were stored, and nothing came through: your filter keeps out new orders too.",
        "eventName stands beside dynamodb in a record, not in it; for a new order it is INSERT, in "
        "capitals.",
    )
    others = sorted(set(events) - {"INSERT"})
    require(
        not others,
        f"What your filter lets through besides new orders: {', '.join(others)}.",
        "One filter, with one event in its list.",
    )
    return (
        "Of two orders, one of them changed and deleted, the function was called for both INSERTs "
        "and for nothing else; one was stored before there was a mapping."
    )


@exercise(
    points=2,
    hints=(
        "Take the handler of step 6, and see what has to become of its return inside of the loop.",
        "Gather the SequenceNumber of each record that failed in a list, and return at the end.",
        "With `failed = []` at the beginning, for each INSERT:\n\n"
        "`        try:\n"
        "            pack(...)\n"
        "        except Exception:\n"
        "            number = record['dynamodb']['SequenceNumber']\n"
        "            failed.append({'itemIdentifier': number})`\n\n"
        "and at last `return {'batchItemFailures': failed}`.",
    ),
)
def q6_2(lab: Lab, code: str) -> str:
    """What does a handler report that goes through its whole batch?"""
    require(
        isinstance(code, str),
        "Your answer should be the code of a handler, as a text.",
        'It begins like app in step 2: """ ... def handler(event, context): ... """',
    )
    readable({"app.py": code})
    good, other, last = make_order(), make_order(), make_order()
    first_bad, second_bad = (make_order() | {"lines": []} for _ in range(2))
    batch = {
        "good": ("INSERT", good),
        "changed": ("MODIFY", good),
        "removed": ("REMOVE", other),
        "first bad": ("INSERT", first_bad),
        "other": ("INSERT", other),
        "second bad": ("INSERT", second_bad),
        "last": ("INSERT", last),
    }
    sources = {"app.py": code, "packing.py": PACKING, "watching.py": WATCHING}
    with trial(lab, sources, handler="watching.handler") as name:
        mixed = hand_over(lab, name, batch)
        fine = hand_over(lab, name, {"good": ("INSERT", good)})
    packs_all(mixed, [good["id"], other["id"], last["id"]])
    goes_on_from_the_first(mixed, {order["id"] for _, order in batch.values()})
    require(
        not reported(fine),
        "In a batch without any failure your handler reports one.",
        "Begin each batch with an empty list.",
    )
    return (
        "Two of five orders were bad: the other three were packed, and Lambda goes on from the "
        "first bad one."
    )


@exercise(
    points=3,
    hints=(
        "Three things: a queue, a permission for the one who sends to it, three settings of the "
        "notifier's mapping.",
        "Lambda sends with the function's role: iam.put_role_policy on lab.names.notifier_role, "
        "sqs:SendMessage on your queue. The mapping has MaximumRetryAttempts, "
        "BisectBatchOnFunctionError and DestinationConfig.",
        '`update_event_source_mapping(UUID=mapping["UUID"], MaximumRetryAttempts=2, '
        'BisectBatchOnFunctionError=True, DestinationConfig={"OnFailure": {"Destination": '
        "queue_arn}})`",
    ),
)
def q6_3(lab: Lab, queue_url: str) -> str:
    """What becomes of a record that cannot be announced?"""
    name = lab.names.practice("not-announced")
    is_url_of(lab, queue_url, name)
    arn = queue_arn(lab, name)
    role = lab.names.notifier_role
    require(
        allows(list(read_documents(lab, role).values()), "sqs:SendMessage", arn),
        f"Lambda may not send to '{name}': it sends with the function's role, and '{role}' does "
        "not allow it.",
        "iam.put_role_policy: Allow sqs:SendMessage on the queue's ARN.",
    )
    function = lab.names.notifier
    mapping = find_mapping(lab, function, stream_arn(lab), f"the stream of '{lab.names.table}'")
    reports_failures(mapping, REPEATED)
    notes_go_to(lab, mapping, arn)
    attempts = mapping["MaximumRetryAttempts"]
    require(
        attempts >= 0,
        "MaximumRetryAttempts is -1, which is no limit: a bad record blocks the stream for a day.",
        f"Set it to {RETRIES}.",
    )
    require(
        attempts == RETRIES,
        f"A record is tried again {attempts} times, not {RETRIES} times.",
        f"Set MaximumRetryAttempts to {RETRIES}.",
    )
    require(
        mapping["BisectBatchOnFunctionError"],
        "When the function crashes, the whole batch is given up: a bad record takes the good ones "
        "beside it along.",
        "Set BisectBatchOnFunctionError=True: Lambda halves the batch until the bad one is alone.",
    )
    invocations = give_up(lab, queue_url, retries=RETRIES)
    return (
        f"A record that cannot be announced was tried {invocations} times; then a note about it "
        "came to your queue, and the stream went on."
    )
