"""Rooms as OpenMeetings writes them (RoomDTO), and the words people use for their settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.backends.openmeetings.wire import Json, as_list, as_str
from bot.capabilities import Option
from bot.errors import BackendError, BadInput, NotFound
from bot.model import Room, VendorRoom

ROOM_ID = re.compile(r"[1-9][0-9]{0,17}")
TYPES = ("CONFERENCE", "PRESENTATION", "INTERVIEW")
ELEMENTS = (
    "TOP_BAR",
    "CHAT",
    "ACTIVITIES",
    "FILES",
    "ACTION_MENU",
    "POLL_MENU",
    "SCREEN_SHARING",
    "WHITEBOARD",
    "MICROPHONE_STATUS",
    "USER_COUNT",
)
TEXTS = ("name", "tag", "comment", "confno", "externalId", "externalType", "redirectUrl")
LISTS = ("hiddenElements", "files")
YES_NO = ("yes", "no")


def _truth(word: str) -> bool:
    if word.lower() not in YES_NO:
        raise ValueError("yes or no")
    return word.lower() == "yes"


def _type(word: str) -> str:
    if word.upper() not in TYPES:
        raise ValueError("conference, presentation or interview")
    return word.upper()


def _count(word: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,4}", word):
        raise ValueError("a number from 1 to 99999")
    return int(word)


def _elements(word: str) -> list[str]:
    chosen = [] if word.lower() == "none" else [part.strip().upper() for part in word.split(",")]
    if not set(chosen) <= set(ELEMENTS):
        raise ValueError(f"none, or some of {', '.join(ELEMENTS).lower()}")
    return chosen


def _name(word: str) -> str:
    if not word or not word.isprintable() or len(word) > 200:
        raise ValueError("1 to 200 printable characters")
    return word


@dataclass(frozen=True, slots=True)
class _Setting:
    """One key=value word and the field it stands for. `read` raises ValueError, saying what is understood."""

    field: str
    read: Callable[[str], object]
    help: str
    choices: tuple[str, ...] = ()


SETTINGS = {
    "type": _Setting("type", _type, "what kind of room; conference by itself", tuple(t.lower() for t in TYPES)),
    "capacity": _Setting("capacity", _count, "how many people may be in at once; 4 by itself"),
    "public": _Setting("isPublic", _truth, "whether everybody with an account there may come in", YES_NO),
    "moderated": _Setting("moderated", _truth, "whether a moderator gives the rights", YES_NO),
    "wait_moderator": _Setting("waitModerator", _truth, "whether people wait until a moderator is in", YES_NO),
    "questions": _Setting("allowUserQuestions", _truth, "whether people may ask for rights", YES_NO),
    "recording": _Setting("allowRecording", _truth, "whether moderators may record", YES_NO),
    "audio_only": _Setting("audioOnly", _truth, "whether there is no video", YES_NO),
    "comment": _Setting("comment", str, "words about the room"),
    "hide": _Setting("hiddenElements", _elements, "parts of the screen that are hidden, as chat,files; or none"),
}
CREATE_OPTIONS = tuple(Option(key, one.help, one.choices) for key, one in SETTINGS.items())
SET_OPTIONS = (
    Option("name", "the room's name at OpenMeetings"),
    *CREATE_OPTIONS,
    Option("closed", "whether nobody may come in; closing also sends those out who are in", YES_NO),
)
_CHANGEABLE = {"name": _Setting("name", _name, ""), "closed": _Setting("closed", _truth, "")} | SETTINGS


def fields_of(words: Mapping[str, str], options: tuple[Option, ...]) -> Json:
    """RoomDTO fields for these words. Raises BadInput for an unknown key or value."""
    allowed = [option.key for option in options]
    fields: Json = {}
    for key, word in words.items():
        if key not in allowed:
            raise BadInput(f"An OpenMeetings room has no {key}= here; it takes {', '.join(f'{a}=' for a in allowed)}.")
        setting = _CHANGEABLE[key]
        try:
            fields[setting.field] = setting.read(word.strip())
        except ValueError as understood:
            raise BadInput(f"{key}= is {understood}.") from None
    return fields


def checked(vendor_id: str) -> str:
    """The number that stands in a path. Raises NotFound for anything else."""
    if not ROOM_ID.fullmatch(vendor_id):
        raise NotFound("OpenMeetings knows its rooms by number.")
    return vendor_id


def number(room: Room) -> str:
    """The number of a room the bot keeps."""
    return checked(room.vendor_id)


def whole(room: object, backend: str) -> Json:
    """A RoomDTO as a replacing POST needs it: every field that was read, in its own type, and no null."""
    if not isinstance(room, dict) or room.get("id") is None:
        raise BackendError(f"{backend} answered without a room.")
    fields = {key: value for key, value in room.items() if value is not None}
    fields |= {key: as_str(fields[key]) for key in TEXTS if key in fields}
    fields |= {key: as_list(fields[key]) for key in LISTS if key in fields}
    return fields


def vendor_room(room: Json) -> VendorRoom:
    """What `show` and `rooms` say of a room that `whole` has read."""
    vendor_id = as_str(room["id"])
    facts = {
        "Capacity": as_str(room.get("capacity")),
        "Access": "public" if room.get("isPublic") else "private",
        "Closed": _if(room, "closed"),
        "Moderated": _if(room, "moderated"),
        "Waits for a moderator": _if(room, "waitModerator"),
        "Recording": _if(room, "allowRecording", "allowed"),
        "Audio only": _if(room, "audioOnly"),
        "Hidden": ", ".join(as_str(one).lower() for one in room.get("hiddenElements", ())),
        "Comment": room.get("comment", ""),
    }
    return VendorRoom(
        vendor_id=vendor_id,
        name=room.get("name") or vendor_id,
        kind=as_str(room.get("type")).lower(),
        facts={label: fact for label, fact in facts.items() if fact},
    )


def _if(room: Json, field: str, word: str = "yes") -> str:
    return word if room.get(field) is True else ""
