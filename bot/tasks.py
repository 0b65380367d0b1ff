"""Work that outlives its request: bounded, strongly referenced, drained at the end; and the program's error boundary.

A BotError is shown to the person who asked. Anything else is a bug: logged once, with its traceback and an id that the
person sees too.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol, TypeVar

import structlog
from structlog.contextvars import bind_contextvars

from bot.errors import BotError
from bot.metrics import Metrics

log = structlog.get_logger(__name__)

Result = TypeVar("Result")


class Busy(BotError):
    """As much is under way as the bot takes on, or it is stopping; nothing was begun."""

    outcome = "unavailable"


@dataclass(frozen=True, slots=True)
class Failure:
    """A bug ended the work. The id stands beside the traceback in the log."""

    id: str

    @property
    def sentence(self) -> str:
        """What the person sees instead of a traceback."""
        return f"Something went wrong on my side. If it happens again, give an administrator this id: {self.id}"


class Presenter(Protocol):
    """Tells the person who asked how their command failed."""

    async def show(self, error: BotError) -> None:
        """Show a failure made for people."""

    async def report(self, failure: Failure) -> None:
        """Show the fixed sentence of a bug."""


class Tasks:
    """The running tasks, at most `limit` at once."""

    def __init__(self, *, limit: int, metrics: Metrics) -> None:
        self._limit = limit
        self._running: set[asyncio.Task[None]] = set()
        self._beside: set[asyncio.Task[None]] = set()
        self._stopping = False
        metrics.tasks_in_flight.set_function(lambda: len(self._running))

    def __len__(self) -> int:
        return len(self._running)

    @property
    def draining(self) -> bool:
        """Whether nothing new is taken on any more."""
        return self._stopping

    def spawn(
        self,
        work: Coroutine[Any, Any, None],
        *,
        name: str,
        correlation_id: str | None = None,
        presenter: Presenter | None = None,
    ) -> None:
        """Begin the work and return. Its failures go to `presenter`, without one to the log alone.

        `correlation_id` stands on its log lines; without it, the one of the caller does.
        Raises Busy, with the work not begun, when `limit` tasks are running or `drain` has begun.
        """
        if refusal := self._refusal():
            work.close()
            raise Busy(refusal)
        task = asyncio.create_task(self._run(work, name, correlation_id, presenter), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        # Cancelled before its first step, `_run` never awaits the work.
        task.add_done_callback(lambda _: work.close())

    def beside(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Begin what nobody waits for, such as looking out for a confirmation: dropped when as much is under way as
        the bot takes on, cut off at once by `drain`."""
        if self._stopping or len(self._beside) >= self._limit:
            work.close()
            return
        task = asyncio.create_task(self._run(work, name, None, None), name=name)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
        task.add_done_callback(lambda _: work.close())

    async def guard(self, work: Coroutine[Any, Any, Result], *, name: str) -> Result | Failure:
        """Await the work; a bug in it is logged and returned as a Failure. BotErrors are raised as they are."""
        try:
            return await work
        except BotError:
            raise
        except Exception:  # the program's one boundary: whatever it is ends here, once, in the log
            failure = Failure(secrets.token_hex(4))
            log.error("bug", work=name, failure_id=failure.id, exc_info=True)
            return failure

    async def drain(self, seconds: float) -> int:
        """Take on nothing new, wait for what is running, then cancel the rest and return how many that were."""
        self._stopping = True
        until = monotonic() + seconds
        beside = list(self._beside)
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        while self._running and (left := until - monotonic()) > 0:
            await asyncio.wait(self._running, timeout=left)
        late = list(self._running)
        if late:
            log.warning("tasks cancelled", count=len(late), names=sorted({task.get_name() for task in late}))
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return len(late)

    def _refusal(self) -> str | None:
        # What is being drained may still hand on its last steps.
        if self._stopping and asyncio.current_task() not in self._running:
            return "I am restarting; try again in a moment."
        if len(self._running) >= self._limit:
            return "I am busy with earlier commands; try again in a moment."
        return None

    async def _run(
        self, work: Coroutine[Any, Any, None], name: str, correlation_id: str | None, presenter: Presenter | None
    ) -> None:
        if correlation_id:
            bind_contextvars(correlation_id=correlation_id)
        failure = await self.guard(_shown(work, name, presenter), name=name)
        if isinstance(failure, Failure) and presenter:
            await self.guard(_reported(failure, name, presenter), name=f"{name} report")


async def _shown(work: Coroutine[Any, Any, None], name: str, presenter: Presenter | None) -> None:
    try:
        await work
    except BotError as error:
        if presenter is None:
            log.info("refused", work=name, outcome=error.outcome, sentence=str(error))
            return
        await presenter.show(error)


async def _reported(failure: Failure, name: str, presenter: Presenter) -> None:
    try:
        await presenter.report(failure)
    except BotError as error:
        log.warning("failure not shown", work=name, failure_id=failure.id, sentence=str(error))
