"""Messages that must be posted: each has a key, is posted once and only edited after."""

from __future__ import annotations

from sqlalchemy import select

from bot.store.database import Database, Tx
from bot.store.tables import outbox
from bot.store.writing import put
from bot.voice import Posted

CARD, NOTE = "card:", "note:"  # of a request, whose id follows


def card_key(request_id: str) -> str:
    """The key of the message that shows this request."""
    return CARD + request_id


def note_key(request_id: str) -> str:
    """The key of the message where it was asked for, when its card stands elsewhere."""
    return NOTE + request_id


class Outbox:
    """The repository: which message stands where. That it must be posted is a job."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def posted(self, key: str) -> Posted | None:
        """The message with this key, once it was posted."""
        async with self._db.read() as tx:
            row = (await tx.execute(select(outbox.c.channel_id, outbox.c.ts).where(outbox.c.key == key))).first()
        return Posted(row.channel_id, row.ts) if row else None

    async def remember(self, tx: Tx, key: str, message: Posted) -> None:
        """It stands there now."""
        await put(tx, outbox, key=key, channel_id=message.channel_id, ts=message.ts)
