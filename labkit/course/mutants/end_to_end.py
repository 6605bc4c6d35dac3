"""Wrong answers to the exercises of notebook 08."""

from __future__ import annotations

from labkit.course.mutants import Mutant

_COUNTS = 'counts = {"deliveries": %d, "items": %d, "mails": %d}'

_DOLLARS = """\
sizes = [len(orders.to_json(order)) for order in mine]
dollars = %s * 30 * 24 * 60 * prices["DynamoDB write units"] / 1_000_000"""

_START = """\
[mapping] = aws_lambda.list_event_source_mappings(FunctionName=lab.names.writer)[
    "EventSourceMappings"
]
aws_lambda.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
wait.until_enabled(lab, mapping["UUID"])
"""

_UNFILTER = """\
[mapping] = aws_lambda.list_event_source_mappings(FunctionName=lab.names.notifier)[
    "EventSourceMappings"
]
aws_lambda.update_event_source_mapping(UUID=mapping["UUID"], FilterCriteria={})
wait.until_enabled(lab, mapping["UUID"])
"""

_SEND = """\
proof = "990004"
lab.post_order(new_order(proof))
"""

MUTANTS = (
    Mutant(
        "q8_1", "the API knows an order again", _COUNTS % (1, 1, 1), "1 is not the number of deliv"
    ),
    Mutant("q8_1", "three times stored", _COUNTS % (3, 3, 1), "3 is not the number of items"),
    Mutant("q8_1", "three times announced", _COUNTS % (3, 1, 3), "3 is not the number of mails"),
    Mutant("q8_1", "a number alone", "counts = 1", "not a dictionary"),
    Mutant(
        "q8_1",
        "numbers as text",
        'counts = {"deliveries": "3", "items": "1", "mails": "1"}',
        "with numbers of",
    ),
    Mutant("q8_2", "a unit for each order", _DOLLARS % "len(sizes)", "whatever its size"),
    Mutant("q8_2", "the sum is rounded", _DOLLARS % "-(-sum(sizes) // 1024)", "rounds up each"),
    Mutant(
        "q8_2",
        "a day",
        _DOLLARS % "sum(-(-size // 1024) for size in sizes) / 30",
        "the cost of a day",
    ),
    Mutant(
        "q8_2",
        "the price of one",
        _DOLLARS % "1_000_000 * sum(-(-size // 1024) for size in sizes)",
        "for a million",
    ),
    Mutant("q8_3", "nothing is mended", _SEND, "waits in the queue"),
    Mutant(
        "q8_3",
        "the queue only",
        _START + _SEND + "wait.until_stored(lab, proof)",
        "nobody is told",
    ),
    Mutant(
        "q8_3",
        "the order itself",
        _START + _UNFILTER + "proof = new_order('990004')",
        "number of an",
    ),
    Mutant("q8_3", "sent too early", _START + _UNFILTER + _SEND, "has not heard of it"),
    Mutant(
        "q8_3",
        "sent before the fault",
        _START + _UNFILTER + 'proof = orders.first()["id"]',
        "before the colleague came",
    ),
)
