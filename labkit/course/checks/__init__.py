"""What a notebook checks with: `check.queue(lab)` a stage, `check.q2_1(lab, answer)` an exercise.

    from labkit.course import checks as check

Each looks at the configuration first, then sends something through and looks where it comes out.
What a check sends it takes out again, except for the mails and calls that it has caused.
"""

from labkit.course.checks._api import api
from labkit.course.checks._end_to_end import end_to_end, first_order
from labkit.course.checks._fan_out import fan_out
from labkit.course.checks._identity import identity
from labkit.course.checks._notifier import notifier
from labkit.course.checks._queue import queue
from labkit.course.checks._stream import stream
from labkit.course.checks._writer import writer
from labkit.course.exercises.api import q3_1, q3_2, q3_3
from labkit.course.exercises.end_to_end import q8_1, q8_2, q8_3
from labkit.course.exercises.fan_out import q7_1, q7_2, q7_3
from labkit.course.exercises.notifier import q6_1, q6_2, q6_3
from labkit.course.exercises.queue import q2_1, q2_2, q2_3
from labkit.course.exercises.roles import q1_1, q1_2, q1_3
from labkit.course.exercises.start import q0_1, q0_2
from labkit.course.exercises.stream import q5_1, q5_2, q5_3
from labkit.course.exercises.writer import q4_1, q4_2, q4_3

__all__ = [
    "api",
    "end_to_end",
    "fan_out",
    "first_order",
    "identity",
    "notifier",
    "q0_1",
    "q0_2",
    "q1_1",
    "q1_2",
    "q1_3",
    "q2_1",
    "q2_2",
    "q2_3",
    "q3_1",
    "q3_2",
    "q3_3",
    "q4_1",
    "q4_2",
    "q4_3",
    "q5_1",
    "q5_2",
    "q5_3",
    "q6_1",
    "q6_2",
    "q6_3",
    "q7_1",
    "q7_2",
    "q7_3",
    "q8_1",
    "q8_2",
    "q8_3",
    "queue",
    "stream",
    "writer",
]
