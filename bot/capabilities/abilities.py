"""What a back end may be able to do: one small abstract class per ability, inherited by name.

`class Jaas(CreatesRooms, DialsOut, …)` *is* the capability table: a command names the ability it needs, and help,
refusals, `status` and the documents read the classes. Methods raise `bot.errors`; they never return failure.

A vendor's 2xx means `Outcome.ACCEPTED`. A method returns `CONFIRMED` only when it re-read the effect, `ALREADY_SO`
when nothing had to be done (somebody already left), and raises `UnknownOutcome` when the request was written and no
clear answer came.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from bot.capabilities.events import Event, SettingsAsked
from bot.model import (
    DialIn,
    Health,
    JoinAs,
    JoinLink,
    Outcome,
    Participant,
    PhoneNumber,
    Presence,
    Recording,
    Room,
    VendorRoom,
)
from bot.rules import Need

# In whose language a vendor's own words are wanted (`fr`, `pt-BR`; empty: nobody's in particular). Whoever starts an
# action for a person sets it; back ends only read it.
ASKED_IN: ContextVar[str] = ContextVar("language of the person who asked", default="")


class Backend(ABC):
    """One configured back end. `verb` of an ability is what people read: "jaas can dial"."""

    kind: ClassVar[str]  # the word in the configuration: jaas, openmeetings, …
    verb: ClassVar[str] = ""
    part: ClassVar[str] = ""  # of an ability that no verb needs as a whole: the part of which verb ("show: recordings")
    lacks: ClassVar[Mapping[type[Backend], str]] = {}  # the abilities it does not have: why ("it has no telephone")

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    async def health(self) -> Health:
        """Ask the vendor how it does, without side effects. Never raises BackendError: says it in the answer."""

    def room_in(self, words: str) -> str | None:
        """The vendor id that a pasted join URL, address or vendor name stands for, or None. No I/O."""
        return None

    def owns_user(self, user_id: str) -> bool:
        """Whether this text can be a user id of this vendor (for `ban backend/user-id`)."""
        return bool(user_id)


@dataclass(frozen=True, slots=True)
class RoomWish:
    """What `create` asks for. `options` are the key=value words that the back end's `room_options` names."""

    handle: str
    owner_user_id: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Option:
    """One key=value word of `create` or `set`: for usage lines, checks and modals."""

    key: str
    help: str
    choices: tuple[str, ...] = ()  # empty: free text
    secret: bool = False  # never echoed, never in the audit


class CreatesRooms(Backend):
    """Makes rooms."""

    verb: ClassVar[str] = "create rooms"
    create_options: ClassVar[tuple[Option, ...]] = ()
    create_needs: ClassVar[Need | None] = None  # a permission beside that of the verb
    settles: ClassVar[timedelta] = timedelta(0)  # how long until everybody can enter a new room

    @abstractmethod
    async def create_room(self, wish: RoomWish) -> VendorRoom:
        """Make the room. Sent at most once. Raises BadInput for an option it does not understand."""


class FindsRooms(Backend):
    """Lists and reads rooms at the vendor, also those the bot did not make."""

    verb: ClassVar[str] = "list rooms"
    part: ClassVar[str] = "rooms, made elsewhere"
    finds_by_alias: ClassVar[bool] = False  # `find_room` also knows names that the bot does not keep

    @abstractmethod
    async def list_rooms(self, words: str = "", kind: str = "") -> Sequence[VendorRoom]:
        """All rooms the bot's account sees, filtered by text and kind."""

    @abstractmethod
    async def get_room(self, vendor_id: str) -> VendorRoom:
        """One room with everything `show` needs. Raises NotFound."""

    @abstractmethod
    async def find_room(self, words: str) -> VendorRoom | None:
        """A room by the vendor's id or exact name (any case), or None."""


class ChangesRooms(Backend):
    """Changes a room's settings."""

    verb: ClassVar[str] = "change rooms"
    set_options: ClassVar[tuple[Option, ...]] = ()

    @abstractmethod
    async def change_room(self, room: Room, changes: Mapping[str, str]) -> VendorRoom:
        """Apply exactly these changes and lose nothing else. Raises BadInput for an unknown key or value."""


class DeletesRooms(Backend):
    """Removes a room for good."""

    verb: ClassVar[str] = "delete rooms"

    @abstractmethod
    async def delete_room(self, room: Room) -> Outcome:
        """Remove it: DONE, ACCEPTED, CONFIRMED or ALREADY_SO."""


class SharesJoinLinks(Backend):
    """Lets people in by a link."""

    verb: ClassVar[str] = "share join links"
    personal_links: ClassVar[bool] = True  # minted per clicker; False: one address for everybody

    @abstractmethod
    async def join_link(self, room: Room, guest: JoinAs) -> JoinLink:
        """A link for this one guest (a fresh one each time), or the room's address."""


class RevokesLinks(Backend):
    """Makes a link it minted useless."""

    verb: ClassVar[str] = "revoke links"

    @abstractmethod
    async def revoke_link(self, room: Room, claims: str) -> Outcome:
        """Make the link with these claims (JoinLink.claims) useless at the vendor."""


class EndsMeetings(Backend):
    """Ends the running meeting of a room."""

    verb: ClassVar[str] = "end meetings"
    ends_by_kicking: ClassVar[bool] = False  # "they can come back through Join"

    @abstractmethod
    async def end_meeting(self, room: Room) -> Outcome:
        """End it for everybody."""


class DialsOut(Backend):
    """Rings a phone into a running meeting. Costs money: sent at most once."""

    verb: ClassVar[str] = "dial"
    names_phones: ClassVar[bool] = True  # the name given to a phone is shown to the people in the meeting
    rings_empty_rooms: ClassVar[bool] = False  # False: into an empty room it rings once somebody joins

    @abstractmethod
    async def dial_out(self, room: Room, number: PhoneNumber, name: str | None) -> Outcome:
        """Ring the number into the room."""


class HangsUp(Backend):
    """Ends or cancels a call the bot placed."""

    verb: ClassVar[str] = "hang up"

    @abstractmethod
    async def hang_up(self, room: Room, number: PhoneNumber) -> Outcome:
        """Cancel the call, or remove that phone from the meeting."""


class KicksParticipants(Backend):
    """Removes one person from the running meeting."""

    verb: ClassVar[str] = "remove people"

    @abstractmethod
    async def kick(self, room: Room, participant: Participant) -> Outcome:
        """Remove exactly this presence: ACCEPTED or CONFIRMED; ALREADY_SO when it has left."""


class KicksEverybody(Backend):
    """Removes all at once."""

    verb: ClassVar[str] = "remove everybody"
    part: ClassVar[str] = "kick room all"

    @abstractmethod
    async def kick_all(self, room: Room) -> Outcome:
        """Remove everybody who is in."""


class BansUsers(Backend):
    """Keeps a user out for good."""

    verb: ClassVar[str] = "ban"
    ban_warning: ClassVar[str] = ""  # what the approval card says about its reach

    @abstractmethod
    async def ban_user(self, user_id: str) -> Outcome:
        """Ban this vendor user id."""


class LocksRooms(Backend):
    """Closes a room at the vendor itself (the bot's own lock holds back links on every back end)."""

    verb: ClassVar[str] = "lock rooms"
    part: ClassVar[str] = "lock, at the vendor too"
    locks_meetings_only: ClassVar[bool] = False  # the lock is a running meeting's and ends with it

    @abstractmethod
    async def lock(self, room: Room) -> Outcome:
        """Nobody may come in. Raises NoMeeting where only a running meeting has a lock and none runs."""

    @abstractmethod
    async def unlock(self, room: Room) -> Outcome:
        """People may come in again."""


class KnowsParticipants(Backend):
    """Somehow knows who is in: by asking (ListsParticipants) or by being told (ReceivesEvents)."""

    verb: ClassVar[str] = "say who is in"


class ListsParticipants(KnowsParticipants):
    """Asks the vendor who is in."""

    @abstractmethod
    async def participants(self, room: Room) -> Presence:
        """Who is in now."""


class DialsIn(Backend):
    """Tells how to reach a room by telephone."""

    verb: ClassVar[str] = "give dial-in numbers"
    part: ClassVar[str] = "show, dial-in numbers"

    @abstractmethod
    async def dial_in(self, room: Room) -> DialIn:
        """Numbers and PIN."""


class KeepsRecordings(Backend):
    """Lists a room's recordings."""

    verb: ClassVar[str] = "list recordings"
    part: ClassVar[str] = "show, recordings"

    @abstractmethod
    async def recordings(self, room: Room) -> Sequence[Recording]:
        """All recordings of the room."""


class ReceivesEvents(KnowsParticipants):
    """Is told by the vendor what happens, on `POST /hooks/<name>`."""

    reports_names: ClassVar[bool] = False  # True: events name a room by the vendor's name, not by its vendor_id

    @abstractmethod
    def read_hook(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> tuple[Event, ...] | SettingsAsked:
        """Authenticate on the raw bytes, then read. Raises HookRefused (401) or BadInput (400); unknown events: ()."""

    def settings_answer(self, settings: Mapping[str, str] | None) -> Mapping[str, object]:
        """The JSON answer to SettingsAsked for a room with these settings (None: a room the bot does not know)."""
        return {}


def abilities_of(backend: type[Backend]) -> tuple[type[Backend], ...]:
    """The abilities a back end inherits, in the order it names them: its row of the capability table."""
    package = __name__.rpartition(".")[0]
    return tuple(one for one in backend.__mro__ if one.__module__.startswith(package) and one.__dict__.get("verb"))
