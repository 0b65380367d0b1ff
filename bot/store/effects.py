"""What was sent that may be sent only once: a row before it is sent, its result after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from bot.clock import Clock
from bot.store.database import Database, Tx
from bot.store.tables import effects


@dataclass(frozen=True, slots=True)
class Effect:
    """One call. `result` is JSON text; None: it was sent, and what became of it is not known."""

    name: str
    at: datetime
    result: str | None


class Effects:
    """The repository."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def of(self, request_id: str) -> dict[str, Effect]:
        """Everything sent for this request, by name."""
        wanted = select(effects.c.name, effects.c.at, effects.c.result).where(effects.c.request_id == request_id)
        async with self._db.read() as tx:
            return {row.name: Effect(*row) for row in await tx.execute(wanted)}

    async def intend(self, tx: Tx, request_id: str, name: str) -> None:
        """It is about to be sent. Raises sqlalchemy's IntegrityError when it was before."""
        await tx.execute(insert(effects), {"request_id": request_id, "name": name, "at": self._clock.now()})

    async def finish(self, tx: Tx, request_id: str, name: str, *, result: str) -> None:
        """Its answer is known."""
        at = effects.c
        await tx.execute(update(effects).where(at.request_id == request_id, at.name == name).values(result=result))

    async def withdraw(self, tx: Tx, request_id: str, name: str) -> None:
        """It certainly had no effect: it may be sent again."""
        await tx.execute(delete(effects).where(effects.c.request_id == request_id, effects.c.name == name))
