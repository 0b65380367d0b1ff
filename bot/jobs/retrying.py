"""What follows from a handler that failed: the same on every engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from structlog import get_logger

from bot.errors import Unavailable
from bot.jobs import Job

TRIES_OF_A_CRASH = 5
TRIES_WHILE_UNAVAILABLE = 50  # about four hours
LONGEST_PAUSE = timedelta(minutes=5)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Again:
    """When, and after how many failures; `state` is that of its row among the waiting jobs."""

    failures: int
    pause: timedelta
    state: str  # todo | parked
    error: str  # the kind of the failure, never its text


def after(job: Job, error: BaseException) -> Again:
    """What becomes of this job, told to the log."""
    failures = job.failures + 1
    again = failures < (TRIES_WHILE_UNAVAILABLE if isinstance(error, Unavailable) else TRIES_OF_A_CRASH)
    told = log.bind(job=job.name, key=job.key, failures=failures, again=again)
    if isinstance(error, Unavailable):
        told.warning("job failed for now", sentence=str(error))
    else:
        told.error("job crashed", exc_info=error)
    pause = min(timedelta(seconds=2.0 ** min(failures, 10)), LONGEST_PAUSE)
    return Again(failures, pause, "todo" if again else "parked", type(error).__name__)
