"""Who clicked Approve or Deny, and whether it counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select, update

from bot.clock import Clock
from bot.model import Person
from bot.store.database import Database, Tx
from bot.store.tables import decisions
from bot.store.writing import add


class Verdict(StrEnum):
    """What an approver clicked."""

    APPROVE = "approve"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Decision:
    """One click. `counted` is None until it was weighed by the permissions of that moment."""

    key: str
    request_id: str
    approver: Person
    verdict: Verdict
    at: datetime
    counted: bool | None


class Decisions:
    """The repository."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def add(self, tx: Tx, request_id: str, approver: Person, *, verdict: Verdict, key: str) -> bool:
        """Keep a click. False when this very click was kept before. Raises IntegrityError for an unknown request."""
        row = {"key": key, "request_id": request_id, "approver": approver, "verdict": verdict, "at": self._clock.now()}
        return await add(tx, decisions, **row)

    async def on(self, request_id: str, tx: Tx | None = None) -> list[Decision]:
        """All clicks on this request, in their order."""
        wanted = select(decisions).where(decisions.c.request_id == request_id).order_by(decisions.c.at, decisions.c.key)
        if tx is not None:
            return [_decision(row) for row in await tx.execute(wanted)]
        async with self._db.read() as reading:
            return [_decision(row) for row in await reading.execute(wanted)]

    async def weigh(self, tx: Tx, decision: Decision, *, counted: bool) -> bool:
        """Say whether it counts. False when that was said before."""
        unweighed = (decisions.c.key == decision.key, decisions.c.counted.is_(None))
        return (await tx.execute(update(decisions).where(*unweighed).values(counted=counted))).rowcount == 1

    async def withdraw(self, tx: Tx, decision: Decision) -> None:
        """It counted, and does not any more."""
        await tx.execute(update(decisions).where(decisions.c.key == decision.key).values(counted=False))


def _decision(row: Row[Any]) -> Decision:
    return Decision(**dict(row._mapping) | {"verdict": Verdict(row.verdict)})
