"""Wrong answers to the exercises of notebook 00."""

from __future__ import annotations

from labkit.course.mutants import Mutant

_UNSENT = """\
mine = orders.yours(lab.student_id)[0]
packing = {"units": sum(line["quantity"] for line in mine["lines"]), "total": mine["total"]}"""
_LINES = _UNSENT.replace('sum(line["quantity"] for line in mine["lines"])', 'len(mine["lines"])')
_ROUNDED = _UNSENT.replace('mine["total"]}', 'round(mine["total"])}')
_SENT = "\nlab.post_order(mine)"

_HEARD = """\
twice = orders.yours(lab.student_id)[1]
for click in range(%d):
    lab.post_order(twice)
heard = {"table": %d, "inbox": %d, "audit queue": %s}"""
_RULE = 'int(twice["total"] >= 1000)'

MUTANTS = (
    Mutant("q0_1", "reckoned, not sent", _UNSENT, "is not in the table"),
    Mutant("q0_1", "lines instead of units", _LINES + _SENT, "is the number of lines"),
    Mutant("q0_1", "a rounded total", _ROUNDED + _SENT, "money is exact"),
    Mutant("q0_1", "a sentence", 'packing = "449 items for 855.86 GBP"', "is a dictionary"),
    Mutant("q0_2", "sent once", _HEARD % (1, 1, 1, _RULE), "only once"),
    Mutant("q0_2", "two items", _HEARD % (2, 2, 2, _RULE), "not the number of items"),
    Mutant("q0_2", "a mail for each click", _HEARD % (2, 1, 2, _RULE), "not the number of mails"),
    Mutant(
        "q0_2",
        "the filter read the wrong way",
        _HEARD % (2, 1, 1, f"1 - {_RULE}"),
        "not the number of messages",
    ),
)
