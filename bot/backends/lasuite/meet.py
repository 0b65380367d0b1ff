"""La Suite Meet by its external API alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import SecretStr

from bot.backends.lasuite.api import ExternalApi
from bot.backends.lasuite.lacks import LACKS
from bot.backends.lasuite.refusals import content_of
from bot.backends.lasuite.rooms import (
    MADE_SLUG,
    OPTIONS,
    SLUG,
    MeetRoom,
    address_of,
    door_words,
    vendor_room,
    wish_of,
)
from bot.backends.lasuite.tokens import HEADERS, Tokens
from bot.capabilities import (
    Backend,
    CreatesRooms,
    DialsIn,
    FindsRooms,
    RoomWish,
    SharesJoinLinks,
)
from bot.clock import Clock
from bot.errors import BackendError, NoAccess, NotFound, NotSupported
from bot.model import DialIn, Health, JoinAs, JoinLink, Risk, Room, VendorRoom
from bot.rest import Rest

API = "/external-api/"


class LaSuite(CreatesRooms, FindsRooms, SharesJoinLinks, DialsIn):
    """One La Suite Meet, as the application that its administrator made for the bot."""

    kind = "lasuite"
    create_options = OPTIONS
    personal_links: ClassVar[bool] = False
    lacks: ClassVar[Mapping[type[Backend], str]] = LACKS

    def __init__(
        self,
        name: str,
        rest: Rest,
        *,
        base_url: str,
        client_id: str,
        client_secret: SecretStr,
        clock: Clock,
        frontend_url: str | None = None,
    ) -> None:
        """`base_url` ends with `/external-api/v1.0`. `frontend_url`: where people join; the same host if not given."""
        super().__init__(name)
        parts = urlsplit(base_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._site = frontend_url or self._origin
        self._tokens = Tokens(rest, client_id=client_id, client_secret=client_secret, clock=clock)
        self._root = rest.elsewhere(base_url.partition(API)[0])
        self.api = ExternalApi(rest, self._tokens)

    # --- rooms ---

    async def create_room(self, wish: RoomWish) -> VendorRoom:
        """createRoom, owned by the person who asked. It cannot be named there, so the bot keeps the title."""
        made = self._shown(await self.api.create_room(wish_of(wish.options)))
        return replace(made, secrets={})  # the answer is written down, and the address never is

    async def list_rooms(self, words: str = "", kind: str = "") -> Sequence[VendorRoom]:
        """listRooms: those in which the person who asked has a role."""
        wanted, access = words.casefold(), kind.casefold()
        return [
            self._shown(room)
            for room in await self.api.list_rooms()
            if wanted in f"{room.name} {room.slug}".casefold() and access in {"", room.access}
        ]

    async def get_room(self, vendor_id: str) -> VendorRoom:
        """retrieveRoom."""
        return self._shown(await self.api.retrieve(vendor_id))

    async def find_room(self, words: str) -> VendorRoom | None:
        """By id, slug or exact name: the API looks up nothing but ids, so the person's rooms are read through."""
        try:
            return await self._found(words.strip())
        except NotFound:
            return None
        except NoAccess:
            if MADE_SLUG.fullmatch(words.strip()) or _is_id(words):  # such words mean a room there and nothing else
                raise
            return None

    async def _found(self, words: str) -> VendorRoom | None:
        if _is_id(words):
            return self._shown(await self.api.retrieve(words))
        same = words.casefold()
        rooms = await self.api.list_rooms()
        by_slug = [room for room in rooms if room.slug.casefold() == same]
        found = by_slug or [room for room in rooms if room.name.casefold() == same]
        return self._shown(found[0]) if len(found) == 1 else None

    def room_in(self, words: str) -> str | None:
        """The id as the server writes it, or the slug of an address there."""
        words = words.strip()
        if _is_id(words):
            return _canonical(words)
        head, _, slug = words.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")
        return slug if head in {self._site, self._origin} and SLUG.fullmatch(slug) else None

    # --- joining ---

    async def join_link(self, room: Room, guest: JoinAs) -> JoinLink:
        """The room's one address, the same for everybody."""
        address = address_of(room, self._site)
        if address is None:
            raise NotSupported(f"I don't know the address of {room.title}; open it in La Suite Meet.")
        return JoinLink(address, expires_at=None, personal=False)

    def door_words(self, room: Room) -> tuple[str, ...]:
        """Who walks in, who waits, and when the telephone works."""
        return door_words(room)

    async def dial_in(self, room: Room) -> DialIn:
        """The number, where telephony is on, and the room's PIN, where it has one."""
        found = await self.api.retrieve(room.vendor_id)
        return DialIn(found.pin, ((found.country, found.phone),) if found.phone else ())

    # --- health ---

    async def health(self) -> Health:
        """Heartbeat of the server, and whether it knows the bot's application."""
        try:
            beat = await self._root.request(
                "GET", "__heartbeat__", operation="health", risk=Risk.READ, headers=HEADERS, timeout=5.0
            )
            if not beat.ok or content_of(beat).get("status") != "ok":
                return Health(False, {}, f"{self.name} says that it is not well (status {beat.status}).")
            await self._tokens.probe()
        except BackendError as error:
            return Health(False, {}, str(error))
        return Health(True, {})

    def _shown(self, room: MeetRoom) -> VendorRoom:
        return vendor_room(room, self._site)


def _is_id(words: str) -> bool:
    return _canonical(words) is not None


def _canonical(words: str) -> str | None:
    try:
        return str(UUID(words.strip()))
    except ValueError:
        return None
