"""Asking, deciding, cancelling, ending: every change of a request, each in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from bot.audit import Audit, Entry
from bot.clock import Clock
from bot.errors import AlreadySo, NotFound, Refused
from bot.jobs import Jobs
from bot.model import Outcome, Person
from bot.store import Draft, Request, Result, State, Store, Tx, Verdict

CARD = "request.card"
WEIGH = "request.weigh"
PERFORM = "request.perform"
EXPIRE = "request.expire"
TELL = "request.tell"

MINE = timedelta(days=1)
STILL_OPEN = frozenset({Outcome.ACCEPTED, Outcome.QUEUED, Outcome.UNKNOWN})

NOTHING_SENT = "I was restarted before this was sent; nothing happened. Ask again."
RESTARTED = "I was restarted while this was under way; it may or may not have taken effect."


class Approvals:
    """The requests. Safe against double clicks, second deliveries and a crash at any point."""

    def __init__(self, store: Store, jobs: Jobs, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._jobs = jobs
        self._audit = audit
        self._clock = clock

    async def ask(self, draft: Draft) -> Request:
        """Put a request before its approvers; its card follows by a job. The same `key` is the same request."""
        if draft.approvals_needed < 1 or draft.expires_at is None or draft.card_channel_id is None:
            raise ValueError("a request needs approvals, an end and a place for its card")
        async with self._store.db.begin() as tx:
            known = await self._store.requests.by_key(draft.key, tx)
            if known is not None:
                return known
            request = await self._store.requests.add(tx, draft, State.PENDING)
            await self._audit.write(tx, _entry(request, outcome=State.PENDING))
            await self._jobs.enqueue(tx, CARD, request.id)
            await self._jobs.enqueue(tx, EXPIRE, request.id, at=draft.expires_at)
        return request

    async def begin(self, draft: Draft) -> Request | None:
        """Record a command that is carried out at once, before it is. None: its `key` was begun before; do nothing."""
        async with self._store.db.begin() as tx:
            if await self._store.requests.by_key(draft.key, tx) is not None:
                return None
            return await self._store.requests.add(tx, draft, State.RUNNING)

    async def finish(self, request: Request, result: Result) -> Request:
        """Write down how a running request ended, with its audit row. Nothing changes when it has ended already."""
        async with self._store.db.begin() as tx:
            return await self.end(tx, request, result)

    async def decide(self, request_id: str, approver: Person, verdict: str, key: str) -> None:
        """Commit a click on Approve or Deny (`approve` | `deny`), and nothing else: a job weighs it.

        `key` names the click; the same click twice is one. Raises NotFound for an unknown request.
        """
        chosen = Verdict(verdict)
        try:
            async with self._store.db.begin() as tx:
                await self._store.decisions.add(tx, request_id, approver, verdict=chosen, key=key)
                await self._jobs.enqueue(tx, WEIGH, request_id)
        except IntegrityError:
            raise NotFound("That request is gone; ask again.") from None

    async def cancel(self, request_id: str, by: Person) -> Request:
        """Take a pending request back. Raises Refused for anybody but the requester, AlreadySo once it is decided."""
        async with self._store.db.begin() as tx:
            request = await self._store.requests.get(request_id, tx)
            if request is None:
                raise NotFound("That request is gone.")
            if request.requester.user_id != by.user_id:
                raise Refused("Only the person who asked can cancel a request; you can deny it.")
            if not request.pending:
                raise AlreadySo(f"That request is not waiting any more: {request.word}.")
            return await self.end(tx, request, Result(Outcome.CANCELLED, ("Cancelled by the person who asked.",)))

    async def amend(self, request_id: str, result: Result) -> bool:
        """Put the outcome right when more is known (accepted → confirmed, unknown → done). False when it was final."""
        async with self._store.db.begin() as tx:
            request = await self._store.requests.get(request_id, tx)
            if request is None or request.outcome not in STILL_OPEN:
                return False
            await self._store.requests.move(tx, request, State.ENDED, result)
            await self._audit.write(tx, await self._outcome_entry(tx, request, result))
            await self._jobs.enqueue(tx, CARD, request.id)
        return True

    async def get(self, request_id: str) -> Request | None:
        """One request."""
        return await self._store.requests.get(request_id)

    async def pending(self) -> list[Request]:
        """All that wait for approvals, oldest first: who may give them is for the caller to judge."""
        return await self._store.requests.in_state(State.PENDING)

    async def mine(self, person: Person) -> list[Request]:
        """A person's own requests that needed approvals: those of the last day and all that go on, newest first."""
        own = await self._store.requests.of(person, since=self._clock.now() - MINE)
        return [request for request in own if request.approvals_needed]

    async def approvers(self, request_id: str, tx: Tx | None = None) -> Sequence[Person]:
        """Who has approved so far, each once, in their order."""
        given = await self._store.decisions.on(request_id, tx)
        agreed = [one.approver for one in given if one.counted and one.verdict is Verdict.APPROVE]
        return tuple({person.user_id: person for person in agreed}.values())

    async def recover(self) -> None:
        """What was carried out at once, without a job of its own, when its process died.

        After a start; where several processes share the database, again and again.
        """
        for request in await self._store.requests.orphaned():
            await self._settle(request)

    async def _settle(self, request: Request) -> None:
        effects = await self._store.effects.of(request.id)
        async with self._store.db.begin() as tx:
            now = await self._store.requests.get(request.id, tx)
            if now is None or now.version != request.version or now.replica != request.replica:
                return  # another process was first
            await self._store.requests.leave_to_jobs(tx, request)
            if request.repeatable and effects and all(effect.result is not None for effect in effects.values()):
                await self._jobs.enqueue(tx, PERFORM, request.id)
                return
            unsent = request.repeatable and not effects
            result = Result(Outcome.UNAVAILABLE, (NOTHING_SENT,)) if unsent else Result(Outcome.UNKNOWN, (RESTARTED,))
            await self.end(tx, request, result)
            await self._jobs.enqueue(tx, TELL, request.id)

    async def end(self, tx: Tx, request: Request, result: Result) -> Request:
        """End a request within this transaction, with all that follows. As it stands when somebody else was first."""
        if not await self._store.requests.move(tx, request, State.ENDED, result):
            return await self._store.requests.get(request.id, tx) or request
        await self._audit.write(tx, await self._outcome_entry(tx, request, result))
        if request.approvals_needed:
            await self._jobs.cancel(tx, EXPIRE, request.id)
            await self._jobs.enqueue(tx, CARD, request.id)
            await self._jobs.enqueue(tx, TELL, request.id)
        ended = replace(request, state=State.ENDED, version=request.version + 1, ended_at=self._clock.now())
        return replace(ended, outcome=result.outcome, answer=result.body)

    async def _outcome_entry(self, tx: Tx, request: Request, result: Result) -> Entry:
        entry = _entry(request, outcome=result.outcome)
        approvers = tuple(str(person) for person in await self.approvers(request.id, tx))
        made = result.facts.get("room", "")  # a room that did not exist when it was asked
        return replace(entry, approvers=approvers, facts=result.facts, room=entry.room or made)


def _entry(request: Request, *, outcome: str) -> Entry:
    return Entry(
        actor=str(request.requester),
        action=request.verb,
        outcome=str(outcome),
        room=request.room,
        backend=request.backend,
        reason=request.reason,
        request_id=request.id,
    )
