"""Who is let into a room, and the links minted for them.

One place decides it, whichever way a person comes (the `join` verb, a card's Join button, an invitation), so that a
lock, a block or a kick holds on every way.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.capabilities import Backend, CreatesRooms, ListsParticipants, SharesJoinLinks
from bot.clock import Clock
from bot.errors import NotSupported, Refused
from bot.model import JoinAs, JoinLink, Room
from bot.people import Caller
from bot.reply import At, Button, Reply, Strong, Text, User, text
from bot.roster import Roster
from bot.rules import Need
from bot.store import Block, Store

HOSTS = Need("monitoringMode", "READ_WRITE_ACCESS")


class Door:
    """Mints a link for one guest, or says why not."""

    def __init__(self, store: Store, roster: Roster, backends: Mapping[str, Backend], clock: Clock) -> None:
        self._store = store
        self._roster = roster
        self._backends = backends
        self._clock = clock

    async def is_host(self, room: Room, caller: Caller) -> bool:
        """Owner, invited as host, or monitoringMode READ_WRITE_ACCESS: enters with moderator rights."""
        if room.owner == caller.person or caller.permissions.allows(HOSTS):
            return True
        return await self._store.rooms.is_host(room.id, caller.person)

    async def let_in(self, room: Room, caller: Caller) -> Reply:
        """The caller's own link, to the caller alone. Raises Refused for a lock or a block, with the reason."""
        user_id = await self._store.people.user_id_of(caller.person)
        host = await self.is_host(room, caller)
        guest = JoinAs(
            user_id=user_id,
            name=caller.name,
            host=host,
            person=caller.person,
            email=caller.email,
            language=caller.language,
        )
        link = await self.mint(room, guest)
        return Reply(body=self._only_for_you(link, room), buttons=(Button("Open", "open", link=link, style="primary"),))

    async def mint(self, room: Room, guest: JoinAs) -> JoinLink:
        """A link for this guest. What was minted is kept as claims and expiry, never as the link."""
        backend = self._backends[room.backend]
        if not isinstance(backend, SharesJoinLinks):
            raise NotSupported(f"{room.backend} can't share join links.")
        await self._check(room, guest)
        link = await backend.join_link(room, guest)
        async with self._store.db.begin() as tx:
            await self._store.links.add(
                tx,
                room_id=room.id,
                person=guest.person,
                user_id=guest.user_id,
                name=guest.name,
                claims=link.claims,
                expires_at=link.expires_at,
            )
        return link

    async def _check(self, room: Room, guest: JoinAs) -> None:
        block = await self._store.rooms.block_on(room.id, guest.user_id)
        if block is not None and await self._holds(room, block):
            raise Refused("You can't join this room now.", detail=_why_blocked(room, block, guest))
        if room.locked:
            raise Refused(f"{room.title} is locked: no links are given out until somebody unlocks it.")

    async def _holds(self, room: Room, block: Block) -> bool:
        if block.until is not None and block.until <= self._clock.now():
            return False
        if block.meeting_id is None:
            return True
        return not await self.meeting_over(room, block.meeting_id)

    async def meeting_over(self, room: Room, meeting_id: str) -> bool:
        """Whether that meeting has ended: by what was reported, else where the vendor can be asked: nobody is in."""
        if meeting_id and self._roster.ended_at(room.backend, room.vendor_id, meeting_id) is not None:
            return True
        backend = self._backends[room.backend]
        return isinstance(backend, ListsParticipants) and (await backend.participants(room)).empty

    def _only_for_you(self, link: JoinLink, room: Room) -> Text:
        if not link.personal:
            return text("The same link for everybody here: ", Strong(room.title), self._settling(room))
        until: Text = (" · until ", At(link.expires_at)) if link.expires_at else ()
        once: Text = (" · opens once",) if link.single_use else ()
        return text("Only for you", *until, *once, " · ", Strong(room.title))

    def _settling(self, room: Room) -> str:
        """Of a room that was made a moment ago, where the vendor takes time to let people in."""
        backend = self._backends[room.backend]
        new = isinstance(backend, CreatesRooms) and self._clock.now() < room.created_at + backend.settles
        return " · ready in about a minute" if new and room.owner is not None else ""


def _why_blocked(room: Room, block: Block, guest: JoinAs) -> Text:
    """To the guest; of an outsider to whoever wanted a link for them."""
    until: Text = ()
    if block.until is not None:
        until = (" until ", At(block.until))
    elif block.meeting_id is not None:
        until = (" until this meeting ends",)
    why: Text = (f" ({block.why})",) if block.why else ()
    did = "removed" if until else "blocked"
    by, title = User(block.by.user_id), Strong(room.title)
    if guest.person is None:
        who = Strong(guest.name)
        return text(who, " can't join ", title, *until, ": ", by, f" {did} them", *why, ". Unblock them first.")
    return text("You can't join ", title, *until, ": ", by, f" {did} you", *why, ". Ask them.")
