"""Requests with everything real but what they call back: a card rack, a vendor and a list of who may approve."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.approvals import Approvals, Callbacks, Request, Result, handlers
from bot.audit import Audit
from bot.calls import Calls
from bot.clock import MovableClock
from bot.jobs.choosing import jobs_on
from bot.model import Outcome, Person
from bot.policy import Allow, Decision, Deny
from bot.reply import Text
from bot.store import Store
from bot.voice import Posted
from tests.fakes.storage import ANN, BOB, CARD, EVE, NOON, opened


class Outside:
    """What a request calls back. Remembers what its card shows and who was told what; a test may replace each part."""

    def __init__(self) -> None:
        self.may_decide = {ANN, BOB, EVE}
        self.card: list[str] = []
        self.posts = 0
        self.told: list[tuple[Person, str]] = []
        self.performed: list[str] = []
        self.judges: Callable[[Request, Person], Awaitable[Decision]] = self._judge
        self.does: Callable[[Request], Awaitable[Result]] = self._do
        self.shows: Callable[[Request, Posted | None], Awaitable[Posted]] = self._show
        self.answers: Callable[[Request, Person, Text], Awaitable[None]] = self._answer

    @property
    def callbacks(self) -> Callbacks:
        """As the engine takes them."""
        return Callbacks(
            judge=lambda request, person: self.judges(request, person),
            perform=self._perform,
            show=lambda request, card: self.shows(request, card),
            answer=lambda request, person, why: self.answers(request, person, why),
            tell=self._tell,
        )

    async def _judge(self, request: Request, person: Person) -> Decision:
        return Allow("today's role") if person in self.may_decide else Deny("role", ("You can't approve this here.",))

    async def _perform(self, request: Request) -> Result:
        self.performed.append(request.id)
        return await self.does(request)

    async def _do(self, request: Request) -> Result:
        return Result(Outcome.ACCEPTED, ("Ringing.",), {"number": "+40 74… 777"})

    async def _show(self, request: Request, card: Posted | None) -> Posted:
        self.card.append(request.word)
        self.posts += card is None
        return card or CARD

    async def _answer(self, request: Request, person: Person, why: Text) -> None:
        self.told.append((person, str(why[0])))

    async def _tell(self, request: Request) -> None:
        self.told.append((request.requester, request.word))


class Office:
    """One running process."""

    def __init__(self, store: Store, clock: MovableClock, outside: Outside) -> None:
        self.store = store
        self.clock = clock
        self.outside = outside
        self.audit = Audit(store.db, clock)
        self.jobs = jobs_on(store.db, clock)
        self.calls = Calls(store)
        self.approvals = Approvals(store, self.jobs, self.audit, clock)

    async def run(self) -> None:
        """Carry out jobs until cancelled."""
        work = handlers(
            self.approvals,
            self.outside.callbacks,
            store=self.store,
            jobs=self.jobs,
            audit=self.audit,
            clock=self.clock,
        )
        await self.jobs.run(work)

    async def click(self, request: Request, person: Person, verdict: str = "approve", *, key: str = "") -> Request:
        """One click and all that follows from it."""
        await self.approvals.decide(request.id, person, verdict, key or f"{person.user_id} {verdict}")
        return await self.settled(request)

    async def settled(self, request: Request) -> Request:
        """The request once nothing is under way."""
        await self.jobs.idle()
        now = await self.approvals.get(request.id)
        assert now is not None
        return now

    async def trail(self) -> list[tuple[str, str, str]]:
        """The audit, oldest first: who, what, how it ended."""
        rows = await self.audit.search(since=NOON, limit=100)
        return [(Person.parse(row.actor).user_id, row.action, row.outcome) for row in reversed(rows)]


@asynccontextmanager
async def office(folder: Path, clock: MovableClock, outside: Outside, *, works: bool = True) -> AsyncIterator[Office]:
    """A process from its start to its (sudden) end; `works`: it carries out jobs."""
    async with opened(folder, clock) as store:
        here = Office(store, clock, outside)
        await here.approvals.recover()
        running = asyncio.create_task(here.run() if works else asyncio.sleep(0))
        try:
            yield here
        finally:
            running.cancel()
            await asyncio.wait({running})
