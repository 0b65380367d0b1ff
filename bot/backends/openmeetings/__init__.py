"""Apache OpenMeetings, 6.3 to 9.x.

What it is and its document
    A conference server that one runs oneself. REST: seeds/001, and what a running 7.2 was recorded to answer.

Signing in
    `user/login` with name and password gives a session id that goes along in every query: by GET up to 8.x, by POST
    from 9.0. The account needs the rights LOGIN, ROOM and SOAP (ADMIN does not include SOAP). An expired session and a
    missing right are answered alike, so the bot signs in again once and believes the second refusal.

What it can and cannot do, and why
    Rooms are real ones, kept by the server. Only public rooms can be listed; others are found by their id. A link is
    a hash for one person and one entry. Removing one person works for those who came through such a hash; people
    with an account of their own go only with everybody. Nobody can be banned: `end` removes all, who come back
    through a new link. Closing a room, which is its lock, also sends out who is in. There is no dialling, no muting
    and no starting of recordings by REST. Deleting a room first removes who is in: the server would leave them there.

Known doubts
    The server's texts for an unknown room are Java's own and differ between databases; a failure on one room, while
    the session works, is read as "no such room". Of an unknown room it says that nobody is in.
    "Kicked" is said before the windows close: who is still seen right after it was removed all the same.
    A link dies with its session after 30 idle minutes (the server's default setting; its documents say 15).
    Until 8.x the password of the bot's account goes along in the address of each login, into the server's own logs.
    Jettison writes the name "1.0" as 1 and cannot write "NaN" at all: such rooms are better not named so.
    Servers up to 6.2 answer every refusal with a page; they are told "failed".
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from pydantic import SecretStr

from bot.backends.openmeetings.lacks import LACKS
from bot.backends.openmeetings.people import EXTERNAL_ID, external_user, kick_target, participant, recording
from bot.backends.openmeetings.rooms import ROOM_ID, Rooms, number, vendor_room
from bot.backends.openmeetings.services import Services
from bot.backends.openmeetings.settings import CREATE_OPTIONS, SET_OPTIONS, TYPES, fields_of, fields_of_new
from bot.backends.openmeetings.wire import Json, objects, refused_inside
from bot.backends.openmeetings.words import language_id
from bot.capabilities import (
    ChangesRooms,
    CreatesRooms,
    DeletesRooms,
    EndsMeetings,
    FindsRooms,
    KeepsRecordings,
    KicksEverybody,
    KicksParticipants,
    ListsParticipants,
    LocksRooms,
    RoomWish,
    SharesJoinLinks,
)
from bot.clock import Clock
from bot.errors import BackendError, BadInput, NotFound, NotSupported, UnknownOutcome
from bot.model import Health, JoinAs, JoinLink, Outcome, Participant, Presence, Recording, Risk, Room, VendorRoom
from bot.rest import Answer, Rest


class OpenMeetings(
    CreatesRooms,
    FindsRooms,
    ChangesRooms,
    DeletesRooms,
    SharesJoinLinks,
    EndsMeetings,
    KicksParticipants,
    KicksEverybody,
    LocksRooms,
    ListsParticipants,
    KeepsRecordings,
):
    """One OpenMeetings server."""

    kind = "openmeetings"
    create_options = CREATE_OPTIONS
    set_options = SET_OPTIONS
    ends_by_kicking = True
    lacks = LACKS

    def __init__(
        self,
        name: str,
        rest: Rest,
        *,
        base_url: str,
        username: str,
        password: SecretStr,
        clock: Clock,
        external_type: str = "slack",
        login_method: str = "auto",
        link_lifetime: timedelta = timedelta(minutes=30),
    ) -> None:
        """`base_url` as for `rest`: up to and with the context path, `https://om.example.org/openmeetings`.

        `login_method`: get, post, or auto (as the server's version says). `link_lifetime`: how long the server keeps
        an idle session, with which a link ends.
        """
        super().__init__(name)
        posts = {"get": False, "post": True}.get(login_method)
        self._services = Services(rest, username=username, password=password, clock=clock, posts=posts)
        self._rooms = Rooms(self._services, external_type)
        self._link_lifetime = link_lifetime
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._external_type = external_type
        self._changing = asyncio.Lock()  # two changes at once would each write back what they read

    # --- rooms ---

    async def create_room(self, wish: RoomWish) -> VendorRoom:
        """Make a room under an external id of its own, by which it is found again when no clear answer came."""
        external_id = f"meetops-{secrets.token_hex(8)}"
        fields = fields_of_new(wish.handle, wish.options)
        fields |= {"externalId": external_id, "externalType": self._external_type}
        try:
            return vendor_room(await self._rooms.save(fields, Risk.ONCE))
        except UnknownOutcome:
            with suppress(BackendError):
                if made := await self._rooms.external(external_id, [fields["type"]]):
                    return vendor_room(made)
            raise

    async def list_rooms(self, words: str = "", kind: str = "") -> Sequence[VendorRoom]:
        """Public rooms of all types: OpenMeetings lists no others."""
        types = [one for one in TYPES if kind.casefold() in ("", one.casefold())]
        listed = await asyncio.gather(*(self._rooms.public(one) for one in types))
        rooms = [vendor_room(one) for some in listed for one in some]
        return [room for room in rooms if words.casefold() in room.name.casefold()]

    async def get_room(self, vendor_id: str) -> VendorRoom:
        """One room by its number."""
        return vendor_room(await self._rooms.get(vendor_id))

    async def find_room(self, words: str) -> VendorRoom | None:
        """By number, by a public room's exact name, or by an external id of ours."""
        if ROOM_ID.fullmatch(words):
            try:
                return await self.get_room(words)
            except NotFound:
                pass
        for room in await self.list_rooms(words):
            if room.name.casefold() == words.casefold():
                return room
        if not EXTERNAL_ID.fullmatch(words) or not words.strip("."):
            return None
        made = await self._rooms.external(words)
        return vendor_room(made) if made else None

    async def change_room(self, room: Room, changes: Mapping[str, str]) -> VendorRoom:
        """Read the whole room, write it back changed: OpenMeetings replaces, and resets what is left out."""
        wanted = fields_of(changes, SET_OPTIONS)
        closed = wanted.pop("closed", None)
        async with self._changing:
            fields = await self._rooms.get(room.vendor_id)
            if wanted:
                fields = await self._rooms.save(fields | wanted, Risk.REPEATABLE)
        if closed is not None:
            await (self.lock(room) if closed else self.unlock(room))
            fields["closed"] = closed
        return vendor_room(fields)

    async def delete_room(self, room: Room) -> Outcome:
        """Remove who is in, then the room."""
        await self.kick_all(room)
        risk = Risk.REPEATABLE
        answer = await self._services.call("room", number(room), operation="delete", risk=risk, method="DELETE")
        said = await self._services.said(answer, risk)
        # After an attempt that broke off, "not found" is most likely what that attempt has done.
        return Outcome.ALREADY_SO if said == "Not found" and not answer.repeated else Outcome.DONE

    def room_in(self, words: str) -> str | None:
        """The number in the address that OpenMeetings shows for a room: `…/openmeetings/#room/5`."""
        found = re.fullmatch(re.escape(self._base_url) + r"/?#room/([1-9][0-9]{0,17})", words.strip())
        return found.group(1) if found else None

    async def lock(self, room: Room) -> Outcome:
        """Close it. Who is in is shown out."""
        return await self._switch("close", room)

    async def unlock(self, room: Room) -> Outcome:
        """Open it."""
        return await self._switch("open", room)

    async def _switch(self, action: str, room: Room) -> Outcome:
        risk = Risk.REPEATABLE  # a GET that changes something, to the same state each time
        answer = await self._services.call("room", action, number(room), operation=action, risk=risk)
        if refused_inside(answer):
            await self._rooms.get(room.vendor_id)  # raises NotFound where that is the reason
        await self._services.said(answer, risk)
        return Outcome.DONE

    # --- links ---

    async def join_link(self, room: Room, guest: JoinAs) -> JoinLink:
        """A hash for this person alone, good for one entry, in their language; moderator only for a host."""
        options = {
            "roomId": int(number(room)),
            "moderator": guest.host,
            "showAudioVideoTest": True,
            "allowSameURLMultipleTimes": False,
        }
        expires_at = self._clock.now() + self._link_lifetime
        secure = await self._services.mint(external_user(guest, self._external_type), options, guest.language)
        url = f"{self._base_url}/hash?secure={secure}&language={language_id(guest.language)}"
        return JoinLink(url, expires_at, personal=True, single_use=True)

    # --- meetings ---

    async def participants(self, room: Room) -> Presence:
        """Who is in, each once however many windows they have open."""
        users = await self._listed("userDTO", "room", "users", number(room), operation="users")
        people = {one.id: one for one in (participant(user, self._external_type) for user in users)}
        return Presence(tuple(people.values()), as_of=self._clock.now())

    async def kick(self, room: Room, participant: Participant) -> Outcome:
        """Remove one person, with all their windows. Sent once: a repetition would remove who came back."""
        target = kick_target(participant.id, self._external_type)
        if target is None:
            raise NotSupported(
                f"{self.name} removes only people who came through a join link; this one has an account there. "
                "Removing everybody works."
            )
        if not all(EXTERNAL_ID.fullmatch(part) for part in target):
            raise BadInput(f"{self.name} cannot remove that participant: the id is not one of a person there.")
        segments = ("room", "kick", number(room), *target)
        answer = await self._services.call(*segments, operation="kick", risk=Risk.ONCE)
        kicked = await self._services.said(answer, Risk.ONCE) == "Kicked"
        try:
            inside = (await self.participants(room)).participants or ()
        except BackendError:
            if kicked:
                return Outcome.ACCEPTED
            raise
        if all(one.id != participant.id for one in inside):
            return Outcome.CONFIRMED if kicked else Outcome.ALREADY_SO
        if kicked:  # their windows may still be closing
            return Outcome.ACCEPTED
        raise BackendError(f"{self.name} did not remove that person; they are still in.")

    async def kick_all(self, room: Room) -> Outcome:
        """Remove everybody. OpenMeetings says "Kicked" even of an empty room, so the people are counted first."""
        if await self._count(room) == "0":
            return Outcome.ALREADY_SO
        answer = await self._services.call("room", "kick", number(room), operation="kick all", risk=Risk.ONCE)
        if await self._services.said(answer, Risk.ONCE) != "Kicked":
            raise BackendError(f"{self.name} did not remove the people in that room.")
        with suppress(BackendError):
            if await self._count(room) == "0":
                return Outcome.CONFIRMED
        return Outcome.ACCEPTED  # some windows may still be closing

    async def end_meeting(self, room: Room) -> Outcome:
        """Remove everybody: OpenMeetings knows no other end."""
        return await self.kick_all(room)

    async def recordings(self, room: Room) -> Sequence[Recording]:
        """All recordings of the room."""
        listed = await self._listed("recordingDTO", "record", "room", number(room), operation="recordings")
        return [recording(one) for one in listed]

    # --- health ---

    async def health(self) -> Health:
        """Version and state, for which nobody needs to sign in."""
        return await self._services.health()

    # --- reading ---

    async def _count(self, room: Room) -> str:
        answer = await self._read("room", "count", number(room), operation="count")
        return await self._services.said(answer, Risk.READ)

    async def _read(self, *segments: str, operation: str) -> Answer:
        return await self._services.call(*segments, operation=operation, risk=Risk.READ)

    async def _listed(self, root: str, *segments: str, operation: str) -> list[Json]:
        answer = await self._read(*segments, operation=operation)
        await self._services.check(answer, Risk.READ)
        return objects(answer, root)
