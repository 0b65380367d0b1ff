"""Which engine: that of the database the bot runs on."""

from __future__ import annotations

from bot.clock import Clock
from bot.jobs import Jobs
from bot.jobs.embedded import EmbeddedJobs
from bot.store import Database


def jobs_on(db: Database, clock: Clock) -> Jobs:
    """The engine for this open database."""
    if not db.shared:
        return EmbeddedJobs(db, clock)
    from bot.jobs.procrastinate import ProcrastinateJobs  # of the optional packages

    return ProcrastinateJobs(db, clock)
