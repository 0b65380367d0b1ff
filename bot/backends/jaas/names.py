"""How 8x8 names things: AppID, key id, rooms, conferences, addresses (8x8 docs; seeds/000 for conferenceFullName)."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.errors import BadInput, ConfigurationError
from bot.model import Room

APP_ID = re.compile(r"vpaas-magic-cookie-[0-9a-f]{32}")
KEY_ID = re.compile(r"[0-9A-Za-z_-]+")
# The web client folds case and strips or percent-encodes the rest, so other names may stand for another room.
ROOM_NAME = re.compile(r"[a-z0-9][a-z0-9-]{2,}")


@dataclass(frozen=True, slots=True)
class Tenant:
    """One AppID and where it lives."""

    app_id: str
    base_url: str  # where people join
    muc_domain: str  # what ends every conferenceFullName

    def address(self, room: Room) -> str:
        """Where people join, without the token that lets them in."""
        return f"{self.base_url.rstrip('/')}/{self.app_id}/{checked(room)}"

    def conference(self, room: Room) -> str:
        """The conferenceFullName of the REST commands."""
        return f"{checked(room)}@conference.{self.app_id}.{self.muc_domain}"

    def room_in(self, words: str) -> str | None:
        """Read `https://8x8.vc/AppID/room?…`, `AppID/room`, `room@conference.AppID.…` and the bare room name."""
        if "://" in words:
            return self._room_in_url(words)
        if "@" in words:
            room, _, host = words.partition("@")
            # Staging tenants end otherwise than in the usual domain.
            return _name(room) if host.casefold().startswith(f"conference.{self.app_id}.") else None
        app, slash, room = words.partition("/")
        if slash:
            return _name(room) if app.casefold() == self.app_id else None
        return _name(words)

    def _room_in_url(self, words: str) -> str | None:
        try:
            parts = urlsplit(words)
            host, own = parts.hostname or "", urlsplit(self.base_url).hostname
        except ValueError:
            return None
        # Regional front ends (frankfurt.8x8.vc) show the same rooms.
        if host != own and not f".{host}".endswith(f".{self.muc_domain}"):
            return None
        path = parts.path.strip("/")
        return self.room_in(path) if path.count("/") == 1 else None


def kid(app_id: str, key_id: str) -> str:
    """`<AppID>/<short id>` from the short id or from the whole. Raises ConfigurationError."""
    if not APP_ID.fullmatch(app_id):
        raise ConfigurationError("app_id: must be vpaas-magic-cookie- and 32 hexadecimal digits.")
    owner, slash, short = key_id.rpartition("/")
    if slash and owner != app_id:
        raise ConfigurationError("key_id: belongs to another app_id.")
    if not KEY_ID.fullmatch(short):
        raise ConfigurationError("key_id: must be the key's short id (ed85b6) or <app_id>/<short id>.")
    return f"{app_id}/{short}"


def unguessable(handle: str) -> str:
    """The handle as a slug, and 64 random bits."""
    plain = unicodedata.normalize("NFKD", handle).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:40].strip("-")
    return f"{slug or 'room'}-{secrets.token_hex(8)}"


def checked(room: Room) -> str:
    """The room's name. Raises BadInput for one that 8x8 might read as another room's."""
    if not ROOM_NAME.fullmatch(room.vendor_id):
        raise BadInput("8x8 may read that room's name as another room's; only names of a–z, 0–9 and - are supported.")
    return room.vendor_id


def _name(words: str) -> str | None:
    return words.casefold() if ROOM_NAME.fullmatch(words.casefold()) else None
