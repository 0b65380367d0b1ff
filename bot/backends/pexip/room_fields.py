"""The words of `create` and `set` as fields of a conference object, and a conference object as a room (seeds/002)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.capabilities import Option
from bot.errors import BackendError, BadInput
from bot.grammar import Email, hint
from bot.model import VendorRoom

Json = dict[str, Any]

# The word people type → Pexip's service_type.
TYPES = {
    "vmr": "conference",
    "auditorium": "lecture",
    "reception": "two_stage_dialing",
    "playback": "media_playback",
    "test": "test_call",
}
KINDS = {service_type: word for word, service_type in TYPES.items()}
TYPE_NAMES = {
    "vmr": "Virtual Meeting Room",
    "auditorium": "Virtual Auditorium",
    "reception": "Virtual Reception",
    "playback": "Media Playback Service",
    "test": "Test Call Service",
}
VIEWS = (
    *("one_main_zero_pips", "one_main_seven_pips", "one_main_twentyone_pips", "two_mains_twentyone_pips"),
    *("four_mains_zero_pips", "nine_mains_zero_pips", "sixteen_mains_zero_pips", "twentyfive_mains_zero_pips"),
    "five_mains_seven_pips",
)
PIN = re.compile(r"[0-9]{3,19}[0-9#]")
LONGEST_TEXT = 250
MOST_PEOPLE = 1_000_000
YES, NO = frozenset({"yes", "on", "true", "1"}), frozenset({"no", "off", "false", "0"})

_COMMON = (
    Option("pin", "4 to 20 digits (the last may be #) that hosts type to come in; off for none", secret=True),
    Option("guest_pin", "the same for guests; needs pin=", secret=True),
    Option("guests", "whether guests may come in beside hosts; needs pin=", choices=("yes", "no")),
    Option("theme", "the name of an IVR theme; off for the node's own"),
    Option("limit", "how many people may be in at once; off for no limit"),
    Option("owner", "the e-mail address of the person the room is for"),
    Option("description", "what the room is for"),
    Option("tag", "a word that the node reports with the room's calls"),
    Option("view", "the layout that hosts see", choices=VIEWS),
    Option("guest_view", "the layout that guests of an auditorium see", choices=VIEWS),
    Option("playlist", "the name of a playlist, for type=playback; off for none"),
)
CREATE_OPTIONS = (
    Option("type", "what is made; vmr where left out", choices=tuple(TYPES)),
    Option("alias", "the addresses people dial, a,b; off for none; the room's name where left out"),
    *_COMMON,
)
SET_OPTIONS = (
    Option("name", "the room's name at the node; here it keeps the name it has"),
    Option("add_alias", "further addresses, a,b"),
    Option("remove_alias", "addresses to take away, a,b"),
    Option("move_alias", "addresses to take from the room that has them, a,b; needs an approval"),
    *_COMMON,
)
# The word people type → Pexip's field, where they differ.
FIELDS = {
    "type": "service_type",
    "guests": "allow_guests",
    "limit": "participant_limit",
    "owner": "primary_owner_email_address",
    "view": "host_view",
    "theme": "ivr_theme",
    "playlist": "media_playlist",
}
LISTS = frozenset({"alias", "add_alias", "remove_alias", "move_alias"})  # handled in aliases.py
NAMED = {"ivr_theme": "ivr_theme", "media_playlist": "media_library_playlist"}  # field → the resource it names one of


def fields_of(options: Mapping[str, str], known: tuple[Option, ...]) -> Json:
    """The conference's fields for these words; `NAMED` ones still by name. Raises BadInput naming the word."""
    words = {option.key for option in known}
    for key in options:
        if key not in words:
            raise BadInput(f"A Pexip room has no {key}=; it takes {', '.join(f'{word}=' for word in sorted(words))}.")
    fields: Json = {}
    for key, value in options.items():
        if key not in LISTS:
            fields |= _field(key, value.strip())
    if fields.get("guest_pin"):
        fields.setdefault("allow_guests", True)
    return fields


def check_together(fields: Json, before: Json | None = None) -> None:
    """What the node demands of several fields at once, said before anything is sent. `before`: the room as it is."""
    whole = {**(before or {}), **fields}
    pin, guest_pin = whole.get("pin") or "", whole.get("guest_pin") or ""
    if (guest_pin or whole.get("allow_guests")) and not pin:
        raise BadInput("Guests need a room with a host PIN: give pin= too.")
    if guest_pin and guest_pin.rstrip("#") == pin.rstrip("#"):
        raise BadInput("pin= and guest_pin= must differ, or every guest would be a host.")
    if guest_pin and pin.endswith("#") != guest_pin.endswith("#"):
        raise BadInput("Either both PINs end with # or neither does.")
    if fields.get("media_playlist") and whole.get("service_type") != TYPES["playback"]:
        raise BadInput("playlist= goes with type=playback.")


def room_of(conference: Json, backend: str) -> VendorRoom:
    """A conference object as a room. PINs stand apart, in `secrets`."""
    number, name, service = conference.get("id"), conference.get("name"), conference.get("service_type")
    if not isinstance(number, int) or not isinstance(name, str) or not isinstance(service, str):
        raise BackendError(f"{backend} answered a room without id, name or type.")
    kind = KINDS.get(service, service)
    facts = {
        "Type": TYPE_NAMES.get(kind, service.replace("_", " ")),
        "Aliases": ", ".join(aliases_of(conference)) or "none; nobody can call it",
        "Guests": "may come in" if conference.get("allow_guests") else "",
        "PIN": "set" if conference.get("pin") else "none",
        "At most": _people(conference.get("participant_limit")),
        "Owner": str(conference.get("primary_owner_email_address") or ""),
        "Description": str(conference.get("description") or ""),
        "Tag": str(conference.get("tag") or ""),
        "Id": str(number),
    }
    secrets = {"PIN": conference.get("pin"), "Guest PIN": conference.get("guest_pin")}
    return VendorRoom(
        vendor_id=str(number),
        name=name,
        kind=kind,
        facts={label: fact for label, fact in facts.items() if fact},
        secrets={label: str(pin) for label, pin in secrets.items() if pin},
    )


def aliases_of(conference: Json) -> tuple[str, ...]:
    """The addresses of a conference object, in the order the node shows them."""
    listed = conference.get("aliases")
    rows = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return tuple(str(one["alias"]) for one in rows if isinstance(one.get("alias"), str))


def name_for(handle: str) -> str:
    """The handle as the node's name of the room. Raises BadInput."""
    name = handle.strip()
    if not 0 < len(name) <= LONGEST_TEXT or not name.isprintable():
        raise BadInput(f"A Pexip room's name has 1 to {LONGEST_TEXT} letters.")
    return name


def _field(key: str, value: str) -> Json:
    read = _READERS.get(key, _text)
    return {FIELDS.get(key, key): read(key, value)}


def _type(key: str, value: str) -> str:
    if value.lower() not in TYPES:
        near = hint(value, TYPES)
        raise BadInput(f"type= is {', '.join(TYPES)}.{f' Did you mean {near}?' if near else ''}")
    return TYPES[value.lower()]


def _owner(key: str, value: str) -> str:
    return "" if value.lower() == "off" else Email.parse(value).address


def _view(key: str, value: str) -> str:
    if value.lower() not in VIEWS:
        raise BadInput(f"{key}= is one of {', '.join(VIEWS)}.")
    return value.lower()


def _called(key: str, value: str) -> str | None:
    return None if value.lower() in {"", "off"} else value


def _text(key: str, value: str) -> str:
    if len(value) > LONGEST_TEXT:
        raise BadInput(f"{key}= has at most {LONGEST_TEXT} letters.")
    return value


def _pin(key: str, value: str) -> str:
    if value.lower() == "off":
        return ""
    if not PIN.fullmatch(value):
        raise BadInput(f"{key}= is 4 to 20 digits, the last of which may be #, or off.")
    return value


def _yes(key: str, value: str) -> bool:
    if value.lower() not in YES | NO:
        raise BadInput(f"{key}= is yes or no.")
    return value.lower() in YES


def _limit(key: str, value: str) -> int | None:
    if value.lower() == "off":
        return None
    if not re.fullmatch(r"[0-9]{1,7}", value) or not 1 <= int(value) <= MOST_PEOPLE:
        raise BadInput(f"limit= is a number from 1 to {MOST_PEOPLE}, or off.")
    return int(value)


_READERS: dict[str, Callable[[str, str], object]] = {
    "type": _type,
    "pin": _pin,
    "guest_pin": _pin,
    "guests": _yes,
    "limit": _limit,
    "owner": _owner,
    "view": _view,
    "guest_view": _view,
    "theme": _called,
    "playlist": _called,
    "name": lambda key, value: name_for(value),
}


def _people(limit: object) -> str:
    return "" if not isinstance(limit, int) else f"{limit} {'person' if limit == 1 else 'people'}"
