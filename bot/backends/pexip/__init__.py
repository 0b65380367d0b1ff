"""Pexip Infinity, from about version 27 on (its management node).

What it is and its document
    Video meetings on nodes of one's own. Rooms (Virtual Meeting Rooms, Auditoriums, Receptions, Media Playback, Test
    Call) are configuration objects of the management node, a Django application on django-tastypie: seeds/002. Running
    meetings are read from its status API and changed by its command API: Pexip's "Management command API".

Signing in
    HTTP Basic, or OAuth2 with a client assertion (ES256) and a token for an hour, renewed once when it is refused. A
    role that may not do something is answered like one that is signed out (401), and an empty list is what an account
    without the right to read gets: so an empty list is believed only after the schema could be read.

What it can and cannot do, and why
    One address for everybody: the node mints no link for a person, and the PIN is never part of the address. New rooms
    and changes take about a minute until every conferencing node knows them. Deleting or changing a whole collection
    cannot be expressed here (see paths.py). A PATCH of several rooms is all or nothing. A room's PIN comes back on
    reading; it stands apart from the rest. Live meetings go by the room's name, so the name is read anew each time.
    Only a running meeting can be locked. A dialled phone rings at once, also into an empty room. There are no user
    ids, so nobody can be banned.

Known doubts
    What a command answers for a participant who has left is not documented: 400 and 404 are looked up again.
    Whether a real node replaces or adds to the aliases in a PATCH of a room is disputed: they are changed one by one.
    Which field of an outgoing call holds the number differs: participant_alias, then the alias of the other side.
    An event never says which meeting of a room it belongs to; see sink.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from pydantic import SecretStr

from bot.backends.pexip.aliases import AliasMemory, aliases_in
from bot.backends.pexip.configuring import Configured, Configuring
from bot.backends.pexip.dialling import OPTIONS, Dialling
from bot.backends.pexip.meetings import Meetings
from bot.backends.pexip.paths import Api, Root, Schema, configuration
from bot.backends.pexip.room_fields import CREATE_OPTIONS, SET_OPTIONS, aliases_of, room_of
from bot.backends.pexip.rooms import MOST_AT_ONCE, Rooms
from bot.backends.pexip.signing import SignIn
from bot.backends.pexip.sink import Sink
from bot.backends.pexip.transport import Transport
from bot.capabilities import (
    AdmitsParticipants,
    Backend,
    BansUsers,
    ChangesRooms,
    CreatesRooms,
    DeletesRooms,
    DialsIn,
    DialsWithOptions,
    EndsMeetings,
    Event,
    FindsRooms,
    HandlesManyRooms,
    HangsUp,
    KeepsRecordings,
    KicksEverybody,
    KicksParticipants,
    ListsParticipants,
    LocksRooms,
    MovesAliases,
    MutesParticipants,
    PromotesParticipants,
    ReceivesEvents,
    RevokesLinks,
    RoomWish,
    SharesJoinLinks,
)
from bot.clock import Clock
from bot.errors import BotError, NotSupported
from bot.model import Health, JoinAs, JoinLink, Outcome, Participant, PhoneNumber, Presence, Room, VendorRoom
from bot.rest import Rest
from bot.rules import Need

SETTLES = timedelta(minutes=1)  # until a new room has reached every conferencing node

Json = dict[str, Any]


class Pexip(
    CreatesRooms,
    FindsRooms,
    ChangesRooms,
    DeletesRooms,
    HandlesManyRooms,
    MovesAliases,
    SharesJoinLinks,
    EndsMeetings,
    DialsWithOptions,
    HangsUp,
    KicksParticipants,
    KicksEverybody,
    LocksRooms,
    MutesParticipants,
    AdmitsParticipants,
    PromotesParticipants,
    ListsParticipants,
    ReceivesEvents,
    Configured,
):
    """One management node."""

    kind = "pexip"
    create_options = CREATE_OPTIONS
    create_needs: ClassVar[Need | None] = Need("backends", "READ_WRITE_ACCESS")
    settles = SETTLES
    set_options = SET_OPTIONS
    dial_options = OPTIONS
    most_rooms = MOST_AT_ONCE
    personal_links = False
    finds_by_alias = True
    rings_empty_rooms = True
    locks_meetings_only = True
    reports_names = True
    lacks: ClassVar[Mapping[type[Backend], str]] = {
        RevokesLinks: "a room has one address for everybody; no personal link is there to revoke",
        BansUsers: "Pexip has no ban; block keeps somebody out of a room",
        DialsIn: "its configuration tells no telephone numbers of a room",
        KeepsRecordings: "Pexip keeps no recordings itself",
    }

    def __init__(
        self,
        name: str,
        rest: Rest,
        *,
        sign_in: SignIn,
        clock: Clock,
        webapp_url: str | None = None,
        system_location: str | None = None,
        event_sink_username: str | None = None,
        event_sink_password: SecretStr | None = None,
        download_folder: Path | None = None,
    ) -> None:
        """`webapp_url` holds `{alias}` where the room's alias goes; without it there is no address to join at."""
        super().__init__(name)
        self.transport = Transport(rest, sign_in, clock)
        self.rooms = Rooms(self.transport)
        self.meetings = Meetings(self.transport, self.rooms, clock)
        self._dialling = Dialling(self.transport, system_location=system_location)
        self._sink = Sink(event_sink_username, event_sink_password)
        self._webapp_url = webapp_url
        self._aliases = AliasMemory()
        self.configuring = Configuring.at(self.transport, rest, clock, download_folder)

    # --- rooms ---

    async def create_room(self, wish: RoomWish) -> VendorRoom:
        """Make it, with an alias of its name where none is asked for."""
        return await self.rooms.create(wish)

    async def create_rooms(self, wishes: Sequence[RoomWish]) -> Sequence[VendorRoom]:
        """All in one PATCH."""
        return await self.rooms.create_many(wishes)

    async def list_rooms(self, words: str = "", kind: str = "") -> Sequence[VendorRoom]:
        """All of them, page by page."""
        return [self._known(one) for one in await self.rooms.listed(words, kind)]

    async def get_room(self, vendor_id: str) -> VendorRoom:
        """One room by its number."""
        return self._known(await self.rooms.conference(vendor_id))

    async def find_room(self, words: str) -> VendorRoom | None:
        """By number, name or alias."""
        found = await self.rooms.find(words)
        return self._known(found) if found else None

    def room_in(self, words: str) -> str | None:
        """From an address made by `webapp_url`: the room's number where its alias is known, else the alias."""
        before, _, after = (self._webapp_url or "").partition("{alias}")
        words = words.strip()
        if not before or not words.startswith(before) or not words.endswith(after):
            return self._aliases.room_of(words)
        alias = unquote(words[len(before) : len(words) - len(after)])
        return self._aliases.room_of(alias) or alias if alias and "/" not in alias else None

    async def change_room(self, room: Room, changes: Mapping[str, str]) -> VendorRoom:
        """Settings and aliases."""
        return self._known(await self.rooms.change(room, changes))

    async def change_rooms(self, rooms: Sequence[Room], changes: Mapping[str, str]) -> Sequence[VendorRoom]:
        """The same settings for several, in one PATCH."""
        return [self._known(one) for one in await self.rooms.change_many(rooms, changes)]

    async def delete_room(self, room: Room) -> Outcome:
        """The room with its aliases."""
        return await self.rooms.delete(room)

    async def delete_rooms(self, rooms: Sequence[Room]) -> Outcome:
        """Several in one PATCH, none of them renamed since they were chosen."""
        return await self.rooms.delete_many(rooms)

    async def holders(self, aliases: Sequence[str]) -> Mapping[str, str]:
        """Who has which of these aliases now."""
        words = [word for one in aliases for word in aliases_in(one)]
        return {held.alias: held.room_name for held in (await self.rooms.aliases.held(words)).values()}

    def _known(self, conference: Json) -> VendorRoom:
        room = room_of(conference, self.name)
        self._aliases.keep(room.vendor_id, aliases_of(conference))
        return room

    # --- links ---

    async def join_link(self, room: Room, guest: JoinAs) -> JoinLink:
        """The room's one address, the same for everybody and without the PIN."""
        if self._webapp_url is None:
            raise NotSupported(
                f"{self.name} has no webapp_url, so there is no address to join at; ask an administrator."
            )
        aliases = aliases_of(await self.rooms.conference(room.vendor_id))
        if not aliases:
            raise NotSupported(f"{room.title} has no alias, so nobody can join it; give it one: set … add_alias=…")
        address = self._webapp_url.replace("{alias}", quote(aliases[0], safe=""))
        return JoinLink(address, expires_at=None, personal=False)

    # --- meetings ---

    async def participants(self, room: Room) -> Presence:
        """Who is in now, once each, and who waits before the door."""
        presence, name = await self.meetings.presence(room)
        if presence.meeting is not None:
            self._sink.instances.seen_live(name, presence.meeting.started_at)
        return presence

    async def end_meeting(self, room: Room) -> Outcome:
        """Disconnect everybody and end it."""
        return await self.meetings.end(room)

    async def dial_with(self, room: Room, number: PhoneNumber, name: str | None, options: Mapping[str, str]) -> Outcome:
        """Ring the number, at most once."""
        return await self._dialling.dial(room, await self.rooms.conference(room.vendor_id), number, name, options)

    async def hang_up(self, room: Room, number: PhoneNumber) -> Outcome:
        """Cancel the call that rings, or disconnect the phone that is in."""
        return await self.meetings.hang_up(room, lambda leg: self._dialling.is_of(room, number, leg))

    async def kick(self, room: Room, participant: Participant) -> Outcome:
        """Disconnect all that this one has in the meeting."""
        return await self.meetings.kick(room, participant)

    async def kick_all(self, room: Room) -> Outcome:
        """Disconnect everybody, those who wait included."""
        return await self.meetings.kick_all(room)

    async def lock(self, room: Room) -> Outcome:
        """Whoever comes now waits before the door."""
        return await self.meetings.lock(room, locked=True)

    async def unlock(self, room: Room) -> Outcome:
        """Whoever waits or comes may enter."""
        return await self.meetings.lock(room, locked=False)

    async def mute(self, room: Room, participant: Participant) -> Outcome:
        """Nobody hears this one."""
        return await self.meetings.mute(room, participant, muted=True)

    async def unmute(self, room: Room, participant: Participant) -> Outcome:
        """This one may be heard again."""
        return await self.meetings.mute(room, participant, muted=False)

    async def mute_guests(self, room: Room) -> Outcome:
        """All guests at once."""
        return await self.meetings.mute_guests(room, muted=True)

    async def unmute_guests(self, room: Room) -> Outcome:
        """All guests at once."""
        return await self.meetings.mute_guests(room, muted=False)

    async def admit(self, room: Room, participant: Participant) -> Outcome:
        """Let this one in who waits before the door."""
        return await self.meetings.admit(room, participant)

    async def promote(self, room: Room, participant: Participant, *, host: bool) -> Outcome:
        """Make this one a host, or a guest."""
        return await self.meetings.promote(room, participant, host=host)

    def read_hook(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> tuple[Event, ...]:
        """The events of one delivery of the event sink; rooms stand in them by name."""
        return self._sink.read(headers, raw, now)

    # --- health ---

    async def health(self) -> Health:
        """Ask for the list of the configuration's resources, which changes nothing."""
        try:
            resources = await self.transport.read(Root(Api.CONFIGURATION), what="its own configuration API")
            # Tastypie shows that list to anybody; a schema only to an account that may read.
            await self.transport.read(Schema(configuration("conference")), what="its own rooms")
        except BotError as error:
            return Health(False, {}, str(error))
        return Health(True, {"resources": str(len(resources))})
