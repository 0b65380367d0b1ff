"""The rooms and whose they are, in memory: a command must not cost a database read.

`Rooms` installs here what it committed and, where several processes write the database, before each look what others
did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.model import Person, Room
from bot.voice import Posted


@dataclass(frozen=True, slots=True)
class Block:
    """One vendor user who gets no link into one room. Both `until` and `meeting_id` None: until unblocked."""

    until: datetime | None
    meeting_id: str | None  # until that meeting ends; empty: until the one that runs now ends
    by: Person
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One room with everything that hangs on it."""

    room: Room
    people: Mapping[Person, bool] = field(default_factory=dict)  # → host
    channels: Mapping[str, datetime] = field(default_factory=dict)  # → last shared there
    blocks: Mapping[str, Block] = field(default_factory=dict)  # by vendor user id
    cards: tuple[Posted, ...] = ()


class Directory:
    """Looks rooms up by everything a person may name them by."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._by_handle: defaultdict[str, set[str]] = defaultdict(set)
        self._by_vendor: dict[tuple[str, str], str] = {}
        self._by_person: defaultdict[Person, set[str]] = defaultdict(set)
        self._by_channel: defaultdict[str, set[str]] = defaultdict(set)
        self._by_thread: defaultdict[tuple[str, str], set[str]] = defaultdict(set)

    def install(self, entry: Entry) -> None:
        """Put in, or replace, one room."""
        room = entry.room
        self.remove(room.id)
        self._entries[room.id] = entry
        self._by_handle[room.handle.casefold()].add(room.id)
        self._by_vendor[room.backend, room.vendor_id] = room.id
        for person in self._people_of(entry):
            self._by_person[person].add(room.id)
        for channel in entry.channels:
            self._by_channel[channel].add(room.id)
        for card in entry.cards:
            self._by_thread[_thread(card)].add(room.id)

    def remove(self, room_id: str) -> None:
        """Take out one room; nothing happens when it is not there."""
        entry = self._entries.pop(room_id, None)
        if entry is None:
            return
        room = entry.room
        self._by_handle[room.handle.casefold()].discard(room_id)
        self._by_vendor.pop((room.backend, room.vendor_id), None)
        for person in self._people_of(entry):
            self._by_person[person].discard(room_id)
        for channel in entry.channels:
            self._by_channel[channel].discard(room_id)
        for card in entry.cards:
            self._by_thread[_thread(card)].discard(room_id)

    def entry(self, room_id: str) -> Entry | None:
        """One room with everything."""
        return self._entries.get(room_id)

    def all(self) -> list[Room]:
        """Every room, oldest first."""
        return self._rooms(self._entries)

    def by_handle(self, handle: str) -> list[Room]:
        """The rooms of this handle, any case, on any back end."""
        return self._rooms(self._by_handle.get(handle.casefold(), ()))

    def by_vendor(self, backend: str, vendor_id: str) -> Room | None:
        """The room behind a vendor's id."""
        room_id = self._by_vendor.get((backend, vendor_id))
        return self._entries[room_id].room if room_id else None

    def by_person(self, person: Person) -> list[Room]:
        """The rooms this person owns or was invited to."""
        return self._rooms(self._by_person.get(person, ()))

    def in_channel(self, channel_id: str) -> list[Room]:
        """The rooms shared in this channel, the newest share first."""
        found = [self._entries[room_id] for room_id in self._by_channel.get(channel_id, ())]
        return [entry.room for entry in sorted(found, key=lambda entry: entry.channels[channel_id], reverse=True)]

    def in_thread(self, channel_id: str, thread_ts: str) -> Room | None:
        """The room whose card came last in this thread, its first message included."""
        thread = (channel_id, thread_ts)
        entries = [self._entries[room_id] for room_id in self._by_thread.get(thread, ())]
        cards = [(card.ts, entry.room) for entry in entries for card in entry.cards if _thread(card) == thread]
        return max(cards, key=lambda pair: pair[0])[1] if cards else None

    def _rooms(self, ids: Iterable[str]) -> list[Room]:
        return sorted((self._entries[one].room for one in ids), key=lambda room: (room.created_at, room.id))

    @staticmethod
    def _people_of(entry: Entry) -> set[Person]:
        owner = {entry.room.owner} if entry.room.owner else set()
        return owner | set(entry.people)


def _thread(card: Posted) -> tuple[str, str]:
    """The thread that a card stands in, or may begin."""
    return card.channel_id, card.thread_ts or card.ts
