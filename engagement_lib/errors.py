"""The errors that a person is meant to read: one line each, and the exit code that a scheduler sees."""

import difflib
import sys
import traceback
from collections.abc import Callable, Iterable

_NO_SPACE = "No space left on device"
_TRACEBACK = "Traceback (most recent call last):"


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


def exit_code_of(job: Callable[[], int], *, debug: bool) -> int:
    """Run a job and return its exit code; what goes wrong is said in one line, with ``debug`` where it happened as well."""
    try:
        return job()
    except Exception as problem:
        if debug:
            traceback.print_exc()
        print(f"error: {in_one_line(problem)}", file=sys.stderr)
        return problem.exit_code if isinstance(problem, EngagementError) else EnvironmentProblem.exit_code


def nearest(name: object, known: Iterable[str], *, besides: Iterable[str] = ()) -> str:
    """A hint for a name that does not exist (YAML may have read it as no text): the nearest known one, else all of them.

    ``besides``: other names that may have been meant, too many to list.
    """
    names = sorted(known)
    close = difflib.get_close_matches(str(name), [*names, *besides], n=1)
    return f"did you mean {close[0]}?" if close else f"there are: {', '.join(names)}"


def is_full_disk(problem: Exception) -> bool:
    """Whether a disk is full. Spark only says that a task failed; the reason stands far below."""
    return _NO_SPACE in str(problem)


def last_words(problem: Exception) -> str:
    """What an exception of Spark says, in one line of its stack traces: the innermost message of ours, else the last cause,
    else its own first line.
    """
    lines = [line for line in str(problem).splitlines() if line.strip()]
    ours = [line.partition(": ")[2] for line in map(str.strip, lines) if line.startswith("engagement_lib.errors.")]
    causes = [at for at, line in enumerate(lines) if line.startswith("Caused by: ")]
    # What Java's gateway says first is only which call it was.
    own = [line.removeprefix(": ") for line in lines if not line.startswith("An error occurred while calling ")]
    said = ours[:1] or [_first_words(lines[at:]) for at in causes[-1:]] or [_first_words(own) or type(problem).__name__]
    return said[0][:300]


def _first_words(lines: list[str]) -> str:
    """The first line; where a traceback of Python begins instead, its end, up to which it is indented."""
    begins = next((at for at, line in enumerate(lines[:2], start=1) if line.endswith(_TRACEBACK)), 0)
    rest = [line for line in lines[begins:] if not line[0].isspace()] if begins else lines
    return rest[0].strip().removeprefix("Caused by: ") if rest else ""


def in_one_line(problem: Exception) -> str:
    """What went wrong: our own message, else a line about what no check foresaw."""
    if isinstance(problem, EngagementError):
        return str(problem)
    if is_full_disk(problem):
        return "no space is left on a device of the lake or of Spark (spark.local.dir); free some and run again, nothing is lost"
    return f"{type(problem).__name__}: {last_words(problem)}; --debug shows where"
