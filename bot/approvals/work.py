"""The jobs of a request: show its card, weigh clicks, carry it out, expire it, tell the requester."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from structlog import get_logger

from bot.approvals.engine import CARD, EXPIRE, PERFORM, RESTARTED, TELL, WEIGH, Approvals
from bot.audit import Audit, Entry
from bot.calls import Calls
from bot.clock import Clock
from bot.errors import BotError
from bot.jobs import Handler, Job, Jobs
from bot.model import Outcome, Person
from bot.policy import Decision as Judgement
from bot.policy import Deny
from bot.reply import At, Text, User, text
from bot.store import Decision, Request, Result, State, Store, Tx, Verdict
from bot.store.outbox import card_key
from bot.voice import Posted

LATE = timedelta(minutes=5)  # an approval of the last second is still carried out; one found hours later is not
MOST_TRIES = 3

OWN = "You can't approve your own request; somebody else has to."
OWN_DENIED = "You can't deny your own request; take it back with Cancel request."
TWICE = "You have approved this already; it needs another person."
CHANGED = "What was approved is not what is on record any more; ask again."

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Callbacks:
    """What a request needs from outside. They raise BotError; each may be called again after a crash."""

    judge: Callable[[Request, Person], Awaitable[Judgement]]  # may this person decide, by today's roles of both
    perform: Callable[[Request], Awaitable[Result]]  # read it again, judge the requester today, do it
    show: Callable[[Request, Posted | None], Awaitable[Posted]]  # post the card, or edit it to how things stand
    answer: Callable[[Request, Person, Text], Awaitable[None]]  # tell a clicker why it did not count
    tell: Callable[[Request], Awaitable[None]]  # tell the requester how it ended


@dataclass(frozen=True, slots=True)
class _Work:
    approvals: Approvals
    callbacks: Callbacks
    store: Store
    jobs: Jobs
    audit: Audit
    calls: Calls
    clock: Clock

    async def card(self, job: Job) -> None:
        request = await self.store.requests.get(job.key)
        if request is None:
            return
        key = card_key(request.id)
        posted = await self.store.outbox.posted(key)
        if posted is None and not request.approvals_needed:
            return  # carried out at once and answered privately: no message to keep right
        stands = await self.callbacks.show(request, posted)
        if stands != posted:
            async with self.store.db.begin() as tx:
                await self.store.outbox.remember(tx, key, stands)

    async def weigh(self, job: Job) -> None:
        for decision in await self.store.decisions.on(job.key):
            request = await self.store.requests.get(job.key)
            if decision.counted is None and request is not None:
                await self._weigh(request, decision)

    async def expire(self, job: Job) -> None:
        await self.weigh(job)  # a click made in time counts, also when the bot was down since
        request = await self.store.requests.get(job.key)
        if request is None or not request.pending:
            return
        async with self.store.db.begin() as tx:
            await self.approvals.end(tx, request, Result(Outcome.EXPIRED, ("Nobody decided in time; ask again.",)))

    async def perform(self, job: Job) -> None:
        request = await self.store.requests.get(job.key)
        if request is None or request.state not in {State.APPROVED, State.RUNNING}:
            return
        if request.state is State.RUNNING:
            resumed = request.repeatable and job.failures < MOST_TRIES and not await self.calls.doubtful(request.id)
            result = await self._result(request) if resumed else Result(Outcome.UNKNOWN, (RESTARTED,))
        else:
            async with self.store.db.begin() as tx:
                if not await self.store.requests.move(tx, request, State.RUNNING):
                    return
            request = replace(request, state=State.RUNNING, version=request.version + 1)
            result = await self._result(request)
        await self.approvals.finish(request, result)
        if not request.approvals_needed:
            await self.callbacks.tell(await self.store.requests.get(request.id) or request)

    async def tell(self, job: Job) -> None:
        request = await self.store.requests.get(job.key)
        if request is not None:
            await self.callbacks.tell(request)

    async def _result(self, request: Request) -> Result:
        if not request.intact:
            return Result(Outcome.REFUSED, (CHANGED,))
        if request.expires_at is not None and self.clock.now() >= request.expires_at + LATE:
            return Result(Outcome.EXPIRED, ("It was approved, but I was down until after it expired; ask again.",))
        try:
            return await self.callbacks.perform(request)
        except BotError as error:
            return Result(Outcome(error.outcome), error.detail or (str(error),))

    async def _weigh(self, request: Request, decision: Decision) -> None:
        lapsed: list[Decision] = []
        objection = await self._objection(request, decision)
        if not objection:
            objection, lapsed = await self._lapsed(request, decision)
        async with self.store.db.begin() as tx:
            request = await self.store.requests.get(request.id, tx) or request
            objection = objection or _too_late(request)
            if not await self.store.decisions.weigh(tx, decision, counted=not objection):
                return
            await self.audit.write(tx, _entry(request, decision, counted=not objection))
            if not objection:
                for earlier in lapsed:
                    await self.store.decisions.withdraw(tx, earlier)
                    await self.audit.write(tx, _entry(request, earlier, counted=False))
                await self._count(tx, request, decision)
        if objection:
            await self._answer(request, decision.approver, objection)

    async def _objection(self, request: Request, decision: Decision) -> Text:
        """Why this click does not count; empty when it does."""
        if decision.approver.user_id == request.requester.user_id:
            return (OWN if decision.verdict is Verdict.APPROVE else OWN_DENIED,)
        if late := _too_late(request):
            return late
        if request.expires_at is not None and decision.at >= request.expires_at:
            return text("That request expired at ", At(request.expires_at), ".")
        approved = {person.user_id for person in await self.approvals.approvers(request.id)}
        if decision.verdict is Verdict.APPROVE and decision.approver.user_id in approved:
            return (TWICE,)
        try:
            judgement = await self.callbacks.judge(request, decision.approver)
        except BotError as error:
            return error.detail or (str(error),)
        return judgement.reason if isinstance(judgement, Deny) else ()

    async def _lapsed(self, request: Request, decision: Decision) -> tuple[Text, list[Decision]]:
        """Earlier approvals of people who may not give one any more; or why that cannot be known now."""
        if decision.verdict is Verdict.DENY:
            return (), []
        given = await self.store.decisions.on(request.id)
        earlier = [one for one in given if one.counted and one.verdict is Verdict.APPROVE]
        try:
            return (), [one for one in earlier if isinstance(await self.callbacks.judge(request, one.approver), Deny)]
        except BotError as error:
            return error.detail or (str(error),), []

    async def _count(self, tx: Tx, request: Request, decision: Decision) -> None:
        if decision.verdict is Verdict.DENY:
            denied = text("Denied by ", User(decision.approver.user_id), ".")
            await self.approvals.end(tx, request, Result(Outcome.DENIED, denied))
            return
        await self.jobs.enqueue(tx, CARD, request.id)
        if len(await self.approvals.approvers(request.id, tx)) >= request.approvals_needed:
            await self.store.requests.move(tx, request, State.APPROVED)
            await self.jobs.cancel(tx, EXPIRE, request.id)
            await self.jobs.enqueue(tx, PERFORM, request.id)

    async def _answer(self, request: Request, person: Person, why: Text) -> None:
        try:
            await self.callbacks.answer(request, person, why)
        except BotError as error:
            log.warning("clicker not told", request_id=request.id, outcome=error.outcome)


def handlers(
    approvals: Approvals, callbacks: Callbacks, *, store: Store, jobs: Jobs, audit: Audit, clock: Clock
) -> Mapping[str, Handler]:
    """The job handlers of requests, for `Jobs.run`."""
    work = _Work(approvals, callbacks, store, jobs, audit, Calls(store), clock)
    return {CARD: work.card, WEIGH: work.weigh, EXPIRE: work.expire, PERFORM: work.perform, TELL: work.tell}


def _too_late(request: Request) -> Text:
    if request.pending:
        return ()
    word = request.word if request.state is State.ENDED else "approved"
    return (f"That request is decided already: {word}.",)


def _entry(request: Request, decision: Decision, *, counted: bool) -> Entry:
    return Entry(
        actor=str(decision.approver),
        action=f"{decision.verdict} {request.verb}",
        outcome="counted" if counted else "not counted",
        room=request.room,
        backend=request.backend,
        request_id=request.id,
    )
