"""What was minted for whom: claims and expiry, never the link."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select

from bot.clock import Clock
from bot.model import Person
from bot.store.database import Database, Tx
from bot.store.tables import links


@dataclass(frozen=True, slots=True)
class Link:
    """A link that is out. `claims` is the JSON from which the same token can be minted again (JoinLink.claims)."""

    id: str
    room_id: str
    person: Person | None  # None: an outsider
    user_id: str
    name: str
    claims: str | None
    expires_at: datetime | None  # None: the vendor does not say


class Links:
    """The repository."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def add(
        self,
        tx: Tx,
        *,
        room_id: str,
        person: Person | None,
        user_id: str,
        name: str,
        claims: str | None,
        expires_at: datetime | None,
    ) -> Link:
        """Remember that this link was given out."""
        link = Link(secrets.token_hex(8), room_id, person, user_id, name, claims, expires_at)
        row = {name: getattr(link, name) for name in Link.__dataclass_fields__}
        await tx.execute(insert(links), row | {"minted_at": self._clock.now()})
        return link

    async def live(self, room_id: str, user_id: str, now: datetime) -> list[Link]:
        """The links of this vendor user into this room that still open it, oldest first."""
        wanted = select(*(links.c[name] for name in Link.__dataclass_fields__))
        wanted = wanted.where(_live(room_id, now), links.c.user_id == user_id).order_by(links.c.minted_at, links.c.id)
        async with self._db.read() as tx:
            return [Link(*row) for row in await tx.execute(wanted)]

    async def live_count(self, room_id: str, now: datetime) -> tuple[int, datetime | None]:
        """How many links still open the room, and when the last of them ends (None: none does, or not known)."""
        wanted = select(func.count(), func.max(links.c.expires_at)).where(_live(room_id, now))
        async with self._db.read() as tx:
            count, latest = (await tx.execute(wanted)).one()
        return count, latest

    async def rooms_since(self, since: datetime) -> frozenset[str]:
        """The rooms into which somebody fetched a link since then, as far as their links have not expired."""
        async with self._db.read() as tx:
            wanted = select(links.c.room_id).where(links.c.minted_at >= since).distinct()
            return frozenset(row.room_id for row in await tx.execute(wanted))

    async def forget(self, tx: Tx, link_id: str) -> None:
        """It opens nothing any more."""
        await tx.execute(delete(links).where(links.c.id == link_id))


def _live(room_id: str, now: datetime) -> ColumnElement[bool]:
    return and_(links.c.room_id == room_id, or_(links.c.expires_at.is_(None), links.c.expires_at > now))
