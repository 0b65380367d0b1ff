"""Rooms as La Suite Meet writes them, and what may be wished for a new one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from bot.capabilities import Option
from bot.errors import BackendError, BadInput
from bot.grammar import hint
from bot.model import Room, VendorRoom

ACCESS = ("trusted", "restricted", "public")
SOURCES = ("camera", "microphone", "screen_share", "screen_share_audio")
OPTIONS = (
    Option("access", "who walks in without waiting in the lobby; the server's own default is trusted", choices=ACCESS),
    Option("mute", "yes: everybody in it may mute others", choices=("yes", "no")),
    Option("sources", f"what people may show, any of {', '.join(SOURCES)}"),
)
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
MADE_SLUG = re.compile(r"[a-z]{3}-[a-z]{4}-[a-z]{3}")  # what the server calls a room made by its API
BY_PHONE = "By telephone one gets in only after somebody has joined in the browser."
LOBBY = "all others wait in a lobby that only people inside can open, not the bot."
DOOR = {
    "trusted": f"One address for everybody. Who is signed in there walks in; {LOBBY}",
    "restricted": f"One address for everybody. Only people with a role in the room there walk in; {LOBBY}",
    "public": "One address for everybody, and whoever has it walks in.",
}


@dataclass(frozen=True, slots=True)
class MeetRoom:
    """One room of an answer."""

    id: str
    name: str
    slug: str
    access: str
    site: str = ""  # where its address is; empty where the server did not say
    phone: str = ""
    country: str = ""
    pin: str = field(default="", repr=False)
    everyone_can_mute: bool | None = None


def meet_room(content: object, backend: str) -> MeetRoom:
    """Read it. Raises BackendError for what is no room; absent url, telephony and PIN are left empty."""
    if not isinstance(content, dict):
        raise BackendError(f"{backend} answered without a room; check its base_url and version.")
    try:
        room_id = str(UUID(str(content.get("id"))))
    except ValueError:
        raise BackendError(f"{backend} answered without a room's id; check its base_url and version.") from None
    slug = _text(content.get("slug"))
    if not SLUG.fullmatch(slug):
        raise BackendError(f"{backend} answered with a room without a slug; check its version.")
    telephony = content.get("telephony")
    calls = telephony if isinstance(telephony, dict) and telephony.get("enabled") is True else {}
    configuration = content.get("configuration")
    may_mute = configuration.get("everyone_can_mute") if isinstance(configuration, dict) else None
    return MeetRoom(
        id=room_id,
        name=_text(content.get("name")) or slug,
        slug=slug,
        access=_text(content.get("access_level")),
        site=_site(_text(content.get("url")), slug),
        phone=_text(calls.get("phone_number")),
        country=_text(calls.get("default_country")),
        pin=_text(calls.get("pin_code")),
        everyone_can_mute=may_mute if isinstance(may_mute, bool) else None,
    )


def vendor_room(room: MeetRoom, site: str) -> VendorRoom:
    """What the bot keeps and shows. The PIN stands apart, and the address is never kept whole."""
    facts = {
        "Name there": room.name,
        "Access": room.access,
        "Everybody may mute": {True: "yes", False: "no", None: ""}[room.everyone_can_mute],
        "By telephone": "once somebody has joined in the browser" if room.phone else "",
    }
    return VendorRoom(
        vendor_id=room.id,
        name=room.name,
        kind=room.access,
        facts={label: fact for label, fact in facts.items() if fact},
        secrets={"address": f"{room.site or site}/{room.slug}"},
        settings={
            "_slug": room.slug,
            **({"_site": room.site} if room.site and room.site != site else {}),
            **({"_phone": "yes"} if room.phone else {}),
        },
    )


def address_of(room: Room, site: str) -> str | None:
    """The one address of a room that the bot keeps; None where its slug is not known."""
    slug = room.settings.get("_slug") or ""
    return f"{room.settings.get('_site') or site}/{slug}" if SLUG.fullmatch(slug) else None


def door_words(room: Room) -> tuple[str, ...]:
    """What somebody who joins has to know."""
    by_phone = (BY_PHONE,) if room.settings.get("_phone") else ()
    return (DOOR.get(room.kind, DOOR["trusted"]), *by_phone)


def wish_of(options: Mapping[str, str]) -> dict[str, object]:
    """The body of createRoom (1.17 and later; older servers ignore it). Raises BadInput."""
    words = {key: value.strip().lower() for key, value in options.items()}
    if unknown := sorted(set(words) - {option.key for option in OPTIONS}):
        raise BadInput(f"A room of La Suite Meet takes no {unknown[0]}=; it takes access=, mute= and sources=.")
    body: dict[str, object] = {}
    if (access := words.get("access")) is not None:
        body["access_level"] = _one_of(access, ACCESS, "access=")
    configuration: dict[str, object] = {}
    if (mute := words.get("mute")) is not None:
        configuration["everyone_can_mute"] = _one_of(mute, ("yes", "no"), "mute=") == "yes"
    if (sources := words.get("sources")) is not None:
        asked = [word.strip() for word in sources.split(",") if word.strip()]
        configuration["can_publish_sources"] = [_one_of(word, SOURCES, "sources=") for word in asked]
    return body | ({"configuration": configuration} if configuration else {})


def _one_of(word: str, known: tuple[str, ...], label: str) -> str:
    if word not in known:
        near = hint(word, known)
        asked = f" Did you mean {near}?" if near else ""
        raise BadInput(f"{label} is {', '.join(known[:-1])} or {known[-1]}.{asked}")
    return word


def _text(value: Any) -> str:  # noqa: ANN401 (any JSON value)
    return value if isinstance(value, str) else ""


def _site(url: str, slug: str) -> str:
    """What stands before the slug of an address that a browser can open; empty for anything else."""
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.netloc or not url.endswith(f"/{slug}"):
        return ""
    return url[: -len(slug) - 1]
