"""Who has opened the Home tab, and when: so that it is kept fresh after a restart too."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from bot.model import Person
from bot.store.database import Database, Tx
from bot.store.tables import homes
from bot.store.writing import put


class Homes:
    """The repository."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def since(self, moment: datetime) -> dict[Person, datetime]:
        """Who has opened it since then, and not turned away."""
        async with self._db.read() as tx:
            rows = await tx.execute(select(homes).where(homes.c.opened_at >= moment).order_by(homes.c.opened_at))
            return {row.person: row.opened_at for row in rows}

    async def keep(self, tx: Tx, person: Person, at: datetime) -> None:
        """They look at it."""
        await put(tx, homes, person=person, opened_at=at)

    async def forget(self, tx: Tx, person: Person) -> None:
        """They look at something else."""
        await tx.execute(delete(homes).where(homes.c.person == person))
