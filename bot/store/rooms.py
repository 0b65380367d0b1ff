"""Rooms by their handles, and whose they are. Reads come from memory; writes go through the caller's transaction."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.clock import Clock
from bot.errors import AlreadySo, NotFound
from bot.model import Person, Room, VendorRoom
from bot.store import tables
from bot.store.database import Database, Tx
from bot.store.directory import Block, Directory, Entry
from bot.store.writing import put
from bot.voice import Posted

ROOM = "room"  # as what other processes hear of it


class Rooms:
    """The repository. What a transaction wrote is seen by readers once it is committed."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._known = Directory()
        self._subscribers: list[Callable[[], None]] = []
        db.changes.follow(ROOM, self._read_again)

    def subscribe(self, changed: Callable[[], None]) -> None:
        """Call this whenever something about a room has changed, once it is durable. It must not raise and not wait."""
        self._subscribers.append(changed)

    async def load(self) -> None:
        """Read everything once, after the database was opened."""
        async with self._db.read() as tx:
            await self._read_again(tx, None)

    async def _read_again(self, tx: Tx, room_ids: Sequence[str] | None) -> None:
        entries = {entry.room.id: entry for entry in await _entries(tx, room_ids)}
        for room_id in [room.id for room in self._known.all()] if room_ids is None else room_ids:
            self._known.remove(room_id)
        for entry in entries.values():
            self._known.install(entry)

    async def _now(self) -> Directory:
        """The rooms as they are, also by what other processes did."""
        await self._db.changes.catch_up()
        return self._known

    # --- reading -----------------------------------------------------------------------------------------------

    async def get(self, room_id: str) -> Room | None:
        """The room with this id of the bot's own, or None when it was deleted."""
        entry = (await self._now()).entry(room_id)
        return entry.room if entry else None

    async def by_handle(self, backend: str | None, handle: str) -> list[Room]:
        """The rooms of that handle, any case; `backend` None: on all back ends."""
        return [room for room in (await self._now()).by_handle(handle) if backend in (None, room.backend)]

    async def by_vendor(self, backend: str, vendor_id: str) -> Room | None:
        """The room behind a vendor's id."""
        return (await self._now()).by_vendor(backend, vendor_id)

    async def all(self, backend: str | None = None) -> list[Room]:
        """Every room, oldest first."""
        return [room for room in (await self._now()).all() if backend in (None, room.backend)]

    async def belongs(self, room_id: str, person: Person, channels: frozenset[str] = frozenset()) -> bool:
        """Whether the room belongs to this person: owner, invited, or shared in one of these channels."""
        entry = (await self._now()).entry(room_id)
        if entry is None:
            return False
        return entry.room.owner == person or person in entry.people or not channels.isdisjoint(entry.channels)

    async def is_host(self, room_id: str, person: Person) -> bool:
        """Whether this person owns the room or was invited as host."""
        entry = (await self._now()).entry(room_id)
        return entry is not None and (entry.room.owner == person or entry.people.get(person, False))

    async def rooms_of(self, person: Person) -> list[Room]:
        """The rooms this person owns or was invited to, oldest first."""
        return (await self._now()).by_person(person)

    async def owned_by(self, person: Person) -> list[Room]:
        """The rooms this person owns, oldest first."""
        return [room for room in (await self._now()).by_person(person) if room.owner == person]

    async def rooms_in(self, channel_id: str) -> list[Room]:
        """The rooms shared in this channel, the newest share first."""
        return (await self._now()).in_channel(channel_id)

    async def room_in_thread(self, channel_id: str, thread_ts: str) -> Room | None:
        """The room whose card begins this thread or stands in it; of several the one that came last."""
        return (await self._now()).in_thread(channel_id, thread_ts)

    async def channels_of(self, room_id: str) -> frozenset[str]:
        """The channels this room was made or shared in."""
        entry = (await self._now()).entry(room_id)
        return frozenset(entry.channels) if entry else frozenset()

    async def block_on(self, room_id: str, user_id: str) -> Block | None:
        """The block on this vendor user, as it was laid: whether it still holds depends on clock and meeting."""
        entry = (await self._now()).entry(room_id)
        return entry.blocks.get(user_id) if entry else None

    async def cards(self, room_id: str) -> Sequence[Posted]:
        """The messages that show this room's card, oldest first."""
        entry = (await self._now()).entry(room_id)
        return entry.cards if entry else ()

    # --- writing -----------------------------------------------------------------------------------------------

    async def add(self, tx: Tx, *, backend: str, handle: str, vendor: VendorRoom, owner: Person | None) -> Room:
        """Keep a room under its handle. Raises AlreadySo when the handle, or the vendor's room, is known already."""
        room = Room(
            id=secrets.token_hex(8),
            backend=backend,
            handle=handle,
            vendor_id=vendor.vendor_id,
            vendor_name=vendor.name,
            kind=vendor.kind,
            owner=owner,
            created_at=self._clock.now(),
            settings=dict(vendor.settings),
        )
        columns = {column.name for column in tables.rooms.columns} - {"handle_key"}
        row = {name: getattr(room, name) for name in columns} | {"handle_key": handle.casefold()}
        try:
            await tx.execute(insert(tables.rooms), row)
        except IntegrityError:
            raise AlreadySo(f"A room called {room.title} exists already.") from None
        self._becomes(tx, Entry(room))
        return room

    async def update(
        self,
        tx: Tx,
        room_id: str,
        *,
        settings: Mapping[str, str] | None = None,
        kind: str | None = None,
        vendor_name: str | None = None,
    ) -> Room:
        """Change what is given. Raises NotFound."""
        given = {"settings": None if settings is None else dict(settings), "kind": kind, "vendor_name": vendor_name}
        return await self._update(tx, room_id, **{name: value for name, value in given.items() if value is not None})

    async def set_locked(self, tx: Tx, room_id: str, locked: bool) -> Room:
        """Hold back new links, or give them out again. Raises NotFound."""
        return await self._update(tx, room_id, locked=locked)

    async def forget(self, tx: Tx, room_id: str) -> None:
        """Remove the room with its audience, blocks, links and cards; the handle is free again."""
        await tx.execute(delete(tables.rooms).where(tables.rooms.c.id == room_id))
        tx.scratch[self, room_id] = None
        tx.touch(ROOM, room_id)
        tx.after_commit(lambda: self._known.remove(room_id))
        tx.after_commit(self._tell)

    async def admit_person(self, tx: Tx, room_id: str, person: Person, *, host: bool) -> None:
        """The room belongs to this person too. Who was invited as host stays host."""
        entry = self._present(tx, room_id)
        host = host or entry.people.get(person, False)
        await put(tx, tables.audience_people, room_id=room_id, person=person, host=host)
        self._becomes(tx, replace(entry, people={**entry.people, person: host}))

    async def admit_channel(self, tx: Tx, room_id: str, channel_id: str) -> None:
        """The room belongs to this channel too; sharing it again makes it the newest there."""
        entry, now = self._present(tx, room_id), self._clock.now()
        await put(tx, tables.audience_channels, room_id=room_id, channel_id=channel_id, shared_at=now)
        self._becomes(tx, replace(entry, channels={**entry.channels, channel_id: now}))

    async def block(
        self,
        tx: Tx,
        room_id: str,
        user_id: str,
        *,
        until: datetime | None,
        meeting_id: str | None,
        by: Person,
        why: str,
    ) -> None:
        """No link for this vendor user; replaces an earlier block."""
        entry, laid = self._present(tx, room_id), Block(until, meeting_id, by, why, self._clock.now())
        row = {"until": until, "meeting_id": meeting_id, "blocked_by": by, "why": why, "at": laid.at}
        await put(tx, tables.blocks, room_id=room_id, user_id=user_id, **row)
        self._becomes(tx, replace(entry, blocks={**entry.blocks, user_id: laid}))

    async def unblock(self, tx: Tx, room_id: str, user_id: str) -> None:
        """Lift the block, if there is one."""
        entry, at = self._present(tx, room_id), tables.blocks.c
        await tx.execute(delete(tables.blocks).where(at.room_id == room_id, at.user_id == user_id))
        self._becomes(tx, replace(entry, blocks={one: b for one, b in entry.blocks.items() if one != user_id}))

    async def remember_card(self, tx: Tx, room_id: str, card: Posted) -> None:
        """This message shows the room's card."""
        entry, where = self._present(tx, room_id), {"channel_id": card.channel_id, "ts": card.ts}
        await put(tx, tables.cards, room_id=room_id, thread_ts=card.thread_ts, **where)
        self._becomes(tx, replace(entry, cards=(*(one for one in entry.cards if one != card), card)))

    async def forget_card(self, tx: Tx, room_id: str, card: Posted) -> None:
        """That message is gone."""
        entry, at = self._present(tx, room_id), tables.cards.c
        await tx.execute(delete(tables.cards).where(at.channel_id == card.channel_id, at.ts == card.ts))
        self._becomes(tx, replace(entry, cards=tuple(one for one in entry.cards if one != card)))

    async def _update(self, tx: Tx, room_id: str, **values: Any) -> Room:  # noqa: ANN401 (columns of several types)
        entry = self._present(tx, room_id)
        if values:
            await tx.execute(update(tables.rooms).where(tables.rooms.c.id == room_id).values(**values))
        room = replace(entry.room, **values)
        self._becomes(tx, replace(entry, room=room))
        return room

    def _present(self, tx: Tx, room_id: str) -> Entry:
        """The entry as this transaction has left it."""
        entry: Entry | None = tx.scratch.get((self, room_id), self._known.entry(room_id))
        if entry is None:
            raise NotFound("That room was deleted.")
        return entry

    def _becomes(self, tx: Tx, entry: Entry) -> None:
        tx.scratch[self, entry.room.id] = entry
        tx.touch(ROOM, entry.room.id)
        tx.after_commit(lambda: self._known.install(entry))
        tx.after_commit(self._tell)

    def _tell(self) -> None:
        for changed in self._subscribers:
            changed()


async def _entries(tx: Tx, room_ids: Sequence[str] | None) -> list[Entry]:
    """These rooms, those of them that exist; None: every room."""

    def of_these(table: Table, column: str = "room_id") -> Select[Any]:
        wanted = select(table)
        return wanted if room_ids is None else wanted.where(table.c[column].in_(room_ids))

    people: defaultdict[str, dict[Person, bool]] = defaultdict(dict)
    for row in await tx.execute(of_these(tables.audience_people)):
        people[row.room_id][row.person] = row.host
    channels: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
    for row in await tx.execute(of_these(tables.audience_channels)):
        channels[row.room_id][row.channel_id] = row.shared_at
    blocks: defaultdict[str, dict[str, Block]] = defaultdict(dict)
    for row in await tx.execute(of_these(tables.blocks)):
        blocks[row.room_id][row.user_id] = Block(row.until, row.meeting_id, row.blocked_by, row.why, row.at)
    cards: defaultdict[str, tuple[Posted, ...]] = defaultdict(tuple)
    for row in await tx.execute(of_these(tables.cards).order_by(tables.cards.c.ts)):
        cards[row.room_id] += (Posted(row.channel_id, row.ts, row.thread_ts),)
    return [
        Entry(_room(row), people[row.id], channels[row.id], blocks[row.id], cards[row.id])
        for row in await tx.execute(of_these(tables.rooms, "id"))
    ]


def _room(row: Row[Any]) -> Room:
    values = dict(row._mapping)
    values.pop("handle_key")
    return Room(**values)
