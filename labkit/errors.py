"""What labkit raises, each message saying where, what, and the next step.

LabError
├── UnknownTarget     connect() was given a target that does not exist
├── UnknownStage      connect() was given a stage that no notebook has
├── CloudNotReady     the local cloud did not start or does not answer
├── SettingError      an environment variable of the lab cannot be understood
├── StudentIdError    a student's id cannot become part of a resource's name
├── WrongAccount      the AWS account is unknown, or not the one that the reader allowed
├── LocalOnly         only the local cloud has this (inbox, webhooks, the clock)
├── StageMissing      an earlier stage of the pipeline has not been built
├── Conflict          a resource of this name exists and cannot be made into ours
├── TooLate           what should have come through the pipeline has not come in time
├── NotSeen           no stage of the pipeline knows of the order
├── PolicyError       a document in policies/ cannot be found, read or filled in
├── PackageError      a function's source cannot be packed
├── NotebookError     a notebook does not exist, or does not take a parameter
├── WorkspaceError    a folder cannot be a workspace or a release, or be written to
├── CheckFailed       nbgrader is grading, and a check has not passed
└── GradingError      a class cannot be graded here, or its grades cannot be put together
"""

from __future__ import annotations


class LabError(Exception):
    """The base of everything that labkit raises on purpose."""


class UnknownTarget(LabError):
    """The lab cannot run there."""


class UnknownStage(LabError):
    """No notebook has that number."""


class CloudNotReady(LabError):
    """The local cloud did not start or does not answer."""


class SettingError(LabError):
    """An environment variable of the lab cannot be understood."""


class StudentIdError(LabError):
    """A student's id cannot become part of a resource's name."""


class WrongAccount(LabError):
    """The AWS account is unknown, or not the one that the reader allowed."""


class LocalOnly(LabError):
    """Only the local cloud has what was asked for."""


class StageMissing(LabError):
    """A stage of the pipeline needs one that has not been built."""


class Conflict(LabError):
    """A resource of this name exists and cannot be made into the pipeline's."""


class TooLate(LabError):
    """What should have come through the pipeline has not come in time."""


class NotSeen(LabError):
    """No stage of the pipeline knows of the order."""


class PolicyError(LabError):
    """A policy document cannot be found, read or filled in."""


class PackageError(LabError):
    """A function's source cannot be packed."""


class NotebookError(LabError):
    """A notebook does not exist, or does not take a parameter."""


class WorkspaceError(LabError):
    """A folder cannot be what was asked for without losing what is in it."""


class CheckFailed(LabError):
    """A check has not passed, and nbgrader, which counts exceptions, is grading."""


class GradingError(LabError):
    """A class cannot be graded here, or its grades cannot be put together."""
