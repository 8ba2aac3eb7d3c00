"""The errors that a person is meant to read: one line each, and the exit code that a scheduler sees."""


class EngagementError(Exception):
    """Base of all errors with a message for people; ``exit_code`` is what the job ends with."""

    exit_code = 1


class CheckFailed(EngagementError):
    """A data check of severity ``fail`` did not hold; nothing new was published for the table."""

    exit_code = 1


class ConfigError(EngagementError):
    """An argument, a configuration file or a parameter is wrong."""

    exit_code = 2


class InputRefused(EngagementError):
    """At least one input file was refused; the accepted ones were loaded."""

    exit_code = 3


class LakeBusy(EngagementError):
    """Another run holds the lake."""

    exit_code = 4


class EnvironmentProblem(EngagementError):
    """Java, the Delta jars, disk space or permissions are missing."""

    exit_code = 5
