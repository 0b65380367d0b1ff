"""The words people use for a room's settings, and the RoomDTO fields they stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.backends.openmeetings.wire import Json
from bot.capabilities import Option
from bot.errors import BadInput
from bot.grammar import hint

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
YES_NO = ("yes", "no")
CAPACITY = 32  # as OpenMeetings gives its own public rooms; left out, it would let in four


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
    "capacity": _Setting("capacity", _count, f"how many people may be in at once; {CAPACITY} by itself"),
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
            near = hint(word, setting.choices)
            raise BadInput(f"{key}= is {understood}.{f' Did you mean {near}?' if near else ''}") from None
    return fields


def fields_of_new(name: str, words: Mapping[str, str]) -> Json:
    """RoomDTO fields of a room that is made. Raises BadInput for an unknown key or value."""
    made: Json = {"type": TYPES[0], "capacity": CAPACITY}
    return made | fields_of({"name": name}, SET_OPTIONS) | fields_of(words, CREATE_OPTIONS)
