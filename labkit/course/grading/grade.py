"""Grades a class: every submission by itself, several at once, each loss with its reason."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from labkit.course.grading import course, marks, processors, sandbox
from labkit.course.grading.course import Assignment
from labkit.course.grading.limits import Limits
from labkit.course.grading.marks import Mark, Report, Verdict
from labkit.course.grading.restore import restore
from labkit.course.grading.run import run
from labkit.course.grading.submissions import Submission
from labkit.course.grading.submitted import read
from labkit.course.printable import printable

INTERRUPTED = "Grading was interrupted before this was done."

log = logging.getLogger("labkit.grade")


@dataclass(frozen=True)
class Grader:
    """How a class is graded: against which notebooks, within which limits."""

    assignments: Sequence[Assignment]
    limits: Limits
    sandboxed: bool = True
    stopped: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)

    def grade(self, submissions: Sequence[Submission], *, jobs: int) -> Iterator[Report]:
        """The reports as they get ready, `jobs` submissions at a time.

        Interrupted, or left before its end, it ends the sessions that run. Raises `GradingError`
        where there is no sandbox to grade in.
        """
        if self.sandboxed:
            sandbox.require()
        count = max(1, min(jobs, len(submissions)))
        shares = processors.queue(count)
        with ThreadPoolExecutor(
            count, "grade", initializer=processors.keep_to_one, initargs=(shares,)
        ) as pool:
            graded = [pool.submit(self._grade_surely, each) for each in submissions]
            try:
                for each in as_completed(graded):
                    yield each.result()
            except BaseException:
                self.stopped.set()
                raise
            finally:
                pool.shutdown(cancel_futures=True)

    def grade_one(self, submission: Submission) -> Report:
        """The report of one submission, whatever is in it."""
        began = time.monotonic()
        found: list[Mark] = []
        notes, failures = list(submission.notes), list(submission.failures)
        for assignment in self.assignments:
            if self.stopped.is_set():
                found += marks.without(assignment.tasks, Verdict.NOT_GRADED, INTERRUPTED)
            elif assignment.name in submission.notebooks:
                graded, said, failure = self._grade_notebook(submission, assignment)
                found += graded
                notes += said
                failures += failure
            elif submission.failures:
                # Which notebook it was that cannot be graded, nobody can tell.
                reason = "See what could not be graded."
                found += marks.without(assignment.tasks, Verdict.NOT_GRADED, reason)
            else:
                reason = f"{assignment.name}.ipynb was not handed in."
                found += marks.without(assignment.tasks, Verdict.NOT_HANDED_IN, reason)
        return Report(
            submission.student,
            tuple(found),
            tuple(map(printable, notes)),
            tuple(map(printable, failures)),
            round(time.monotonic() - began, 1),
        )

    def _grade_surely(self, submission: Submission) -> Report:
        try:
            return self.grade_one(submission)
        except Exception as error:  # of one submission; the others are graded all the same
            log.exception("Grading %s failed.", submission.student)
            return self.not_graded(
                submission, f"The grader failed: {type(error).__name__}: {error}"
            )

    def not_graded(self, submission: Submission, reason: str) -> Report:
        """The report of a submission that could not be graded."""
        tasks = [task for assignment in self.assignments for task in assignment.tasks]
        found = marks.without(tasks, Verdict.NOT_GRADED, "See what could not be graded.")
        return Report(submission.student, tuple(found), (), (printable(reason),))

    def _grade_notebook(
        self, submission: Submission, assignment: Assignment
    ) -> tuple[list[Mark], list[str], list[str]]:
        path = submission.notebooks[assignment.name]
        restored = restore(
            read(path), assignment, release=course.release(), student_id=submission.student_id
        )
        outcome = run(
            restored.steps,
            student_id=submission.student_id,
            files=path.parent,
            limits=self.limits,
            sandboxed=self.sandboxed,
            stopped=self.stopped,
        )
        found = marks.marks(assignment, outcome.exercises, lost=restored.lost, ended=outcome.ended)
        notes = list(restored.notes)
        if outcome.ended:
            notes.append(f"{assignment.name} did not come to its end: {outcome.ended}.")
        failures = [f"{assignment.name}: {outcome.failure}"] if outcome.failure else []
        return found, notes, failures
