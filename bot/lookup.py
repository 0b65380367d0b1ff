"""From what a person typed to exactly one room or one participant, or to choices. Never a guess.

Also decides whose room it is (interface.md §4): a room one does not belong to looks like none at all.
"""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Mapping, Sequence

from bot.capabilities import Backend, FindsRooms, ListsParticipants
from bot.errors import AlreadySo, BadInput, BotError, NotFound
from bot.grammar import ParticipantWord
from bot.model import Participant, Presence, Room, RoomWord, VendorRoom
from bot.people import Caller
from bot.reply import User
from bot.roster import Roster
from bot.rules import Need
from bot.store import Store

SEES_ALL = Need("monitoringMode", "READ_WRITE_ACCESS")
MOST_ASKED = 10  # rooms of one channel, the newest shares first, that are looked at for people


class Ambiguous(BotError):
    """Several things bear that name. `choices` are what the person may have meant; nothing was done."""

    outcome = "ambiguous"

    def __init__(self, sentence: str, choices: Sequence[Room | Participant]) -> None:
        super().__init__(sentence)
        self.choices = tuple(choices)
        self.lines: tuple[str, ...] = ()  # the command line that each choice would complete, where there is one


class Lookup:
    """Finds rooms for a caller, from what the bot keeps first and from the vendors after."""

    def __init__(
        self,
        store: Store,
        roster: Roster,
        backends: Mapping[str, Backend],
        *,
        default_backend: str,
        open_backends: frozenset[str] = frozenset(),
    ) -> None:
        self._store = store
        self._roster = roster
        self._backends = backends
        self._default = default_backend
        self._open = open_backends

    async def room(
        self, word: RoomWord | None, caller: Caller, channel: str | None, *, thread_ts: str | None = None
    ) -> Room:
        """The one room meant. With none named: that of the thread's card, else this channel's.

        Raises NotFound, Ambiguous, or BadInput when none is named and none is shared here.
        """
        if word is None:
            of_thread = await self._store.rooms.room_in_thread(channel, thread_ts) if channel and thread_ts else None
            if of_thread is not None and await self.sees(of_thread, caller, channel):
                return of_thread
            return await self._of_channel(caller, channel)
        if word.backend is not None and word.backend not in self._backends:
            word = RoomWord(None, str(word))
        # A handle comes before a vendor's name for another room.
        for found in (await self._by_handle(word), await self._by_vendor(word)):
            known = [room for room in found if await self.sees(room, caller, channel)]
            if len(known) == 1:
                return known[0]
            if known:
                preferred = [room for room in known if room.backend == self._default]
                if len(preferred) == 1:
                    return preferred[0]
                raise Ambiguous(f"Several rooms are called {word.name}; which one?", known)
        elsewhere = await self._at_vendor(word, caller, channel)
        if elsewhere is not None:
            return elsewhere
        raise NotFound(await self._unknown(word, caller, channel))

    async def sees(self, room: Room, caller: Caller, channel: str | None) -> bool:
        """Whether the room is this caller's to see: it belongs to them or this channel, or they see all."""
        if room.backend not in self._backends:  # configured once, and no more
            return False
        if caller.permissions.allows(SEES_ALL):
            return True
        if room.owner is None and room.backend in self._open:
            return True
        channels = frozenset({channel}) if channel else frozenset()
        return room.owner == caller.person or await self._store.rooms.belongs(room.id, caller.person, channels)

    async def rooms(self, caller: Caller, channel: str | None, *, backend: str | None = None) -> list[Room]:
        """The rooms the bot keeps that this caller may see, by name."""
        kept = await self._store.rooms.all(backend)
        seen = [room for room in kept if await self.sees(room, caller, channel)]
        return sorted(seen, key=lambda room: (room.backend, room.handle.casefold()))

    async def shared_in(self, channel: str | None, caller: Caller) -> list[Room]:
        """The rooms of this channel that the caller may see, the newest share first."""
        shared = await self._store.rooms.rooms_in(channel) if channel else []
        return [room for room in shared if await self.sees(room, caller, channel)]

    def may_see_foreign(self, backend: str, caller: Caller) -> bool:
        """Whether rooms of this back end that the bot did not make are shown to the caller."""
        return backend in self._open or caller.permissions.allows(SEES_ALL)

    async def adopt(self, backend: str, vendor: VendorRoom) -> Room:
        """Keep a record of a room made elsewhere (owner: nobody), so that links and blocks can refer to it."""
        known = await self._store.rooms.by_vendor(backend, vendor.vendor_id)
        if known is not None:
            return known
        handle = vendor.name
        if await self._store.rooms.by_handle(backend, handle):
            handle = f"{vendor.name} {vendor.vendor_id}"
        try:
            async with self._store.db.begin() as tx:
                return await self._store.rooms.add(tx, backend=backend, handle=handle, vendor=vendor, owner=None)
        except AlreadySo:  # somebody else named it at this very moment
            known = await self._store.rooms.by_vendor(backend, vendor.vendor_id)
            if known is None:
                raise
            return known

    async def _by_handle(self, word: RoomWord) -> list[Room]:
        return await self._store.rooms.by_handle(word.backend, word.name)

    async def _by_vendor(self, word: RoomWord) -> list[Room]:
        """By the vendor's id, an address, or the vendor's own name (any case), which `set` may have changed."""
        found = {}
        for name in [word.backend] if word.backend else list(self._backends):
            vendor_id = self._backends[name].room_in(word.name)
            for candidate in filter(None, (vendor_id, word.name)):
                room = await self._store.rooms.by_vendor(name, candidate)
                if room is not None:
                    found[room.id] = room
                    break
            else:
                same = {word.name.casefold(), (vendor_id or word.name).casefold()}
                named = [room for room in await self._store.rooms.all(name) if room.vendor_name.casefold() in same]
                found |= {room.id: room for room in named}
        return list(found.values())

    async def _at_vendor(self, word: RoomWord, caller: Caller, channel: str | None) -> Room | None:
        names = [word.backend] if word.backend else list(self._backends)
        found = []
        for name in names:
            backend = self._backends[name]
            may_adopt = self.may_see_foreign(name, caller)
            if isinstance(backend, FindsRooms) and (may_adopt or backend.finds_by_alias):
                wanted = backend.room_in(word.name) or (None if word.is_address else word.name)
                if wanted is None:
                    continue  # another back end's address, with a token in it perhaps
                vendor = await backend.find_room(wanted)
                if vendor is None:
                    continue
                if may_adopt:
                    found.append(await self.adopt(name, vendor))
                elif known := await self._store.rooms.by_vendor(name, vendor.vendor_id):
                    found.append(known)
        seen = [room for room in found if await self.sees(room, caller, channel)]  # it may be one the bot made
        if len(seen) > 1:
            raise Ambiguous(f"Several rooms are called {word.name}; which one?", seen)
        return seen[0] if seen else None

    async def _of_channel(self, caller: Caller, channel: str | None) -> Room:
        rooms = await self.shared_in(channel, caller)
        if not rooms:
            raise BadInput("Name a room: none is shared in this channel.")
        if len(rooms) == 1:
            return rooms[0]
        lively = await asyncio.gather(*(self._live(room) for room in rooms[:MOST_ASKED]))
        live = [room for room, is_live in zip(rooms, lively, strict=False) if is_live]
        if len(live) > 1:
            raise Ambiguous("Several rooms are live here; which one?", live)
        return live[0] if live else self._last_live(rooms)

    def _last_live(self, rooms: Sequence[Room]) -> Room:
        """The room whose meeting was reported last; where none ever was, the newest share."""
        known = [(self._roster.last_live(room.backend, room.vendor_id), room) for room in rooms]
        told = [(at, room) for at, room in known if at is not None]
        return max(told, key=lambda one: one[0])[1] if told else rooms[0]

    async def _live(self, room: Room) -> bool:
        backend = self._backends[room.backend]
        if not isinstance(backend, ListsParticipants):
            return bool(self._roster.presence(room.backend, room.vendor_id).participants)
        try:
            return bool((await backend.participants(room)).participants)
        except BotError:
            return False  # the vendor that cannot be asked is asked again by what follows, and says so

    async def _unknown(self, word: RoomWord, caller: Caller, channel: str | None) -> str:
        if word.is_address:
            return "I know no room behind that address; type the room's name."
        mine = [room.title for room in await self.rooms(caller, channel)]
        handles = {title.partition("/")[2].casefold(): title for title in mine}
        near = difflib.get_close_matches(word.name.casefold(), handles, n=3, cutoff=0.6)
        hint = f" Did you mean {', '.join(handles[name] for name in near)}?" if near else ""
        return f"I know no room called {word}.{hint}"


def find_participant(word: ParticipantWord, presence: Presence, *, vendor_user_id: str | None = None) -> Participant:
    """The one live participant meant by an id, a Slack person (as the vendor user id) or an exact display name.

    Raises NotFound, or Ambiguous for several exact matches or any partial one: a picker, never an act.
    """
    people, name = presence.participants, word.name.casefold()
    if people is None:
        raise NotFound(f"I can't see who is in: {presence.why_unknown or 'nothing was reported yet'}")
    if word.id is not None:
        exact = [one for one in people if one.id == word.id]
    elif word.user_id is not None:
        exact = [one for one in people if vendor_user_id is not None and one.user_id == vendor_user_id]
    else:
        # In a form nobody is mentioned: `@max` is text there.
        exact = [one for one in people if one.name.casefold() in (name, name.removeprefix("@"))]
    if len(exact) == 1:
        return exact[0]
    if exact:
        raise Ambiguous("Several people in there match; pick one:", exact)
    partial = [] if word.id or word.user_id else [o for o in people if name.removeprefix("@") in o.name.casefold()]
    if partial:
        raise Ambiguous("Nobody has exactly that name; did you mean:", partial)
    if word.user_id is not None:
        raise NotFound("They are not in there now.", detail=(User(word.user_id), " is not in there now."))
    raise NotFound(f"Nobody called {word} is in there now.")
