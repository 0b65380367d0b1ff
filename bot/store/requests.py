"""Commands that change something or wait for approval, and the decisions on them.

`id` names a request everywhere; `key` says what made it (a click, a typed command), so that Slack's second delivery of
the same thing is the same request.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, insert, or_, select, update

from bot.clock import Clock
from bot.model import Outcome, Person
from bot.reply import Text
from bot.rules import Need
from bot.store import wording
from bot.store.database import Database, Tx
from bot.store.tables import effects, requests


class State(StrEnum):
    """Where a request stands. How it ended is its `outcome`."""

    PENDING = "pending"  # waits for approvals
    APPROVED = "approved"  # will be carried out
    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A command as it is asked for. `says` is shown to approvers: numbers masked, no secrets."""

    key: str
    line: str  # the canonical command line; may hold a phone number, so never shown as it is
    verb: str
    requester: Person
    backend: str = ""
    channel_id: str | None = None  # where the command came from
    thread_ts: str | None = None  # in which thread of it
    card_channel_id: str | None = None  # where the approval card stands
    room_id: str | None = None
    room: str = ""  # its title, for people and the audit
    meeting_id: str | None = None  # the meeting that ran when it was asked; None: none was known
    meeting_was: bool | None = None  # whether anybody was in then; None: that was not known
    says: Text = ()
    approvals_needed: int = 0  # 0: carried out at once
    approver_needs: tuple[Need, ...] = ()
    notify: tuple[str, ...] = ()
    reason: str = ""
    expires_at: datetime | None = None
    repeatable: bool = False  # carrying it out again after a crash is harmless: every effect is behind Calls.once

    @property
    def digest(self) -> str:
        """What approvers agree to: the words, the very room (not its name) and the very meeting."""
        bound = [self.line, str(self.requester), self.room_id, self.meeting_id]
        return hashlib.sha256(json.dumps(bound).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Result:
    """How a request ended. `facts` are for the audit: no secrets."""

    outcome: Outcome
    body: Text = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Draft):
    """A request as it is kept. `version` grows with every change of `state`."""

    id: str
    asked_at: datetime
    state: State
    version: int
    kept_digest: str
    outcome: Outcome | None = None
    answer: Text = ()
    ended_at: datetime | None = None
    replica: int | None = None  # where several processes share the database: which one carries it out, without a job

    @property
    def pending(self) -> bool:
        """Whether it still waits for approvals."""
        return self.state is State.PENDING

    @property
    def word(self) -> str:
        """The outcome's word once it has ended, else where it stands."""
        return str(self.outcome or self.state)

    @property
    def intact(self) -> bool:
        """Whether it still is what approvers agreed to."""
        return self.kept_digest == self.digest


class Requests:
    """The repository. Changes of state are compare-and-swap on `version`."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._subscribers: list[Callable[[], None]] = []

    def subscribe(self, changed: Callable[[], None]) -> None:
        """Call this whenever a request was added or changed, once that is durable. It must not raise and not wait."""
        self._subscribers.append(changed)

    def _tell(self) -> None:
        for changed in self._subscribers:
            changed()

    async def add(self, tx: Tx, draft: Draft, state: State) -> Request:
        """Keep it. Raises sqlalchemy's IntegrityError when its key is known."""
        request = Request(
            **{name: getattr(draft, name) for name in Draft.__dataclass_fields__},
            id=secrets.token_hex(8),
            asked_at=self._clock.now(),
            state=state,
            version=1,
            kept_digest=draft.digest,
            replica=self._db.replica if state is State.RUNNING else None,
        )
        await tx.execute(insert(requests), _row(request))
        tx.after_commit(self._tell)
        return request

    async def get(self, request_id: str, tx: Tx | None = None) -> Request | None:
        """One request."""
        return _first(await self._where(requests.c.id == request_id, tx=tx))

    async def by_key(self, key: str, tx: Tx | None = None) -> Request | None:
        """The request that this click or command made."""
        return _first(await self._where(requests.c.key == key, tx=tx))

    async def in_state(self, *states: State) -> list[Request]:
        """All that stand there, oldest first."""
        return await self._where(requests.c.state.in_(states))

    async def orphaned(self) -> list[Request]:
        """Those that were carried out at once by a process that lives no more. On SQLite: by any before this one."""
        running = await self._where(requests.c.state == State.RUNNING, requests.c.approvals_needed == 0)
        if not self._db.shared:
            return running
        of = [request.replica for request in running if request.replica is not None]
        dead = await self._db.dead(of) if of else set()
        return [request for request in running if request.replica in dead]

    async def leave_to_jobs(self, tx: Tx, request: Request) -> None:
        """No process carries it out by itself any more."""
        await tx.execute(update(requests).where(requests.c.id == request.id).values(replica=None))

    async def of(self, person: Person, *, since: datetime) -> list[Request]:
        """A person's own that were asked since then, or have not ended; newest first."""
        recent = or_(requests.c.asked_at >= since, requests.c.state != State.ENDED)
        return (await self._where(requests.c.requester == person, recent))[::-1]

    async def dialled(self, *, since: datetime, person: Person | None = None, room_id: str | None = None) -> int:
        """How many calls were placed since then: by this person, into this room, or by all into any."""
        wanted = select(func.count()).select_from(effects.join(requests, requests.c.id == effects.c.request_id))
        wanted = wanted.where(requests.c.verb == "dial", effects.c.at >= since)
        if person is not None:
            wanted = wanted.where(requests.c.requester == person)
        if room_id is not None:
            wanted = wanted.where(requests.c.room_id == room_id)
        async with self._db.read() as tx:
            return (await tx.execute(wanted)).scalar_one()

    async def effects_open(self, room_id: str, begin: str, outcomes: frozenset[Outcome]) -> list[tuple[str, str]]:
        """(request id, effect name) of this room's effects that begin so and whose request ended in such a way."""
        wanted = select(requests.c.id, effects.c.name).join(effects, requests.c.id == effects.c.request_id)
        wanted = wanted.where(requests.c.room_id == room_id, requests.c.outcome.in_(sorted(outcomes)))
        wanted = wanted.where(effects.c.name.startswith(begin, autoescape=True)).order_by(requests.c.asked_at)
        async with self._db.read() as tx:
            return [(row.id, row.name) for row in await tx.execute(wanted)]

    async def move(self, tx: Tx, request: Request, to: State, result: Result | None = None) -> bool:
        """Change its state, if nobody else did since it was read. Returns whether this one did."""
        values: dict[str, object] = {"state": to, "version": request.version + 1}
        if result is not None:
            values |= {"outcome": result.outcome, "answer": wording.dump(result.body), "ended_at": self._clock.now()}
        tx.after_commit(self._tell)
        as_read = (requests.c.id == request.id, requests.c.version == request.version)
        return (await tx.execute(update(requests).where(*as_read).values(**values))).rowcount == 1

    async def _where(self, *conditions: Any, tx: Tx | None = None) -> list[Request]:  # noqa: ANN401
        wanted = select(requests).where(*conditions).order_by(requests.c.asked_at, requests.c.id)
        if tx is not None:
            return [_request(row) for row in await tx.execute(wanted)]
        async with self._db.read() as reading:
            return [_request(row) for row in await reading.execute(wanted)]


def _first(found: list[Request]) -> Request | None:
    return found[0] if found else None


def _row(request: Request) -> dict[str, object]:
    row = {column.name: getattr(request, column.name) for column in requests.columns}
    return row | {
        "digest": request.kept_digest,
        "says": wording.dump(request.says),
        "answer": wording.dump(request.answer),
        "approver_needs": [[need.area, str(need.level)] for need in request.approver_needs],
        "notify": list(request.notify),
    }


def _request(row: Row[Any]) -> Request:
    values = dict(row._mapping)
    return Request(
        **values
        | {
            "kept_digest": values.pop("digest"),
            "says": wording.load(row.says),
            "answer": wording.load(row.answer),
            "approver_needs": tuple(Need(area, level) for area, level in row.approver_needs),
            "notify": tuple(row.notify),
            "state": State(row.state),
            "outcome": Outcome(row.outcome) if row.outcome else None,
        }
    )
