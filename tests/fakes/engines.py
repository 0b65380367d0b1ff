"""The engines that pass the jobs suite. A further one is one more line."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.clock import Clock
from bot.jobs import Jobs
from bot.jobs.embedded import EmbeddedJobs
from bot.store import Store

ENGINES: Mapping[str, Callable[[Store, Clock], Jobs]] = {
    "embedded": lambda store, clock: EmbeddedJobs(store.db, clock),
}
