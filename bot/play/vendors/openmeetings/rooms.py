"""The rooms of simulated OpenMeetings: RoomDTO in and out, where a POST with an id replaces everything."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

TYPES = ("CONFERENCE", "PRESENTATION", "INTERVIEW")
PUBLIC_ROOM = {  # as a fresh installation has it: texts that were never set are null
    "id": 1,
    "name": "public Conference Room",
    "type": "CONFERENCE",
    "capacity": 32,
    "appointment": False,
    "isPublic": True,
    "demo": False,
    "closed": False,
    "moderated": False,
    "waitModerator": False,
    "allowUserQuestions": False,
    "allowRecording": True,
    "waitRecording": False,
    "audioOnly": False,
}

Json = dict[str, Any]


class NotARoom(Exception):
    """The text is not the JSON of a room, or has no valid type."""


class NoSuchRoom(Exception):
    """No room has that id."""


@dataclass(slots=True)
class Rooms:
    """All rooms by id. Deleted ones are gone."""

    by_id: dict[int, Json] = field(default_factory=lambda: {1: dict(PUBLIC_ROOM)})
    last_id: int = 1

    def save(self, text: str, *, external: tuple[str, str] | None = None) -> Json:
        """Create (no id) or replace (id) what the JSON says. Raises NotARoom, NoSuchRoom."""
        sent = parsed(text)
        if external:
            sent = sent | {"externalType": external[0], "externalId": external[1]}
        room_id = sent.get("id")
        if room_id is None:
            self.last_id += 1
            return self._keep(self.last_id, sent, {})
        if room_id not in self.by_id:
            raise NoSuchRoom
        return self._keep(room_id, sent, self.by_id[room_id])

    def _keep(self, room_id: int, sent: Json, before: Json) -> Json:
        # The external type is a group of the room, which no save takes away.
        external_type = _text(sent, "externalType", None) or before.get("externalType")
        self.by_id[room_id] = _dto(room_id, sent, external_type)
        return self.by_id[room_id]

    def get(self, room_id: int) -> Json:
        """Raises NoSuchRoom."""
        if room_id not in self.by_id:
            raise NoSuchRoom
        return self.by_id[room_id]

    def external(self, kind: str, external_type: str, external_id: str) -> Json | None:
        """The room of that type under an external id, or None."""
        wanted = (kind, external_type, external_id)
        for room in self.by_id.values():
            if (room["type"], room.get("externalType"), room.get("externalId")) == wanted:
                return room
        return None


def parsed(text: str) -> Json:
    """The JSON object of a room. Raises NotARoom."""
    try:
        sent = json.loads(text)
    except ValueError:
        sent = None
    if not isinstance(sent, dict) or sent.get("type") not in TYPES:
        raise NotARoom
    return sent


def _dto(room_id: int, sent: Json, external_type: str | None) -> Json:
    return {
        "id": room_id,
        "name": _text(sent, "name"),
        "tag": _text(sent, "tag"),
        "comment": _text(sent, "comment"),
        "type": sent["type"],
        "capacity": _long(sent.get("capacity"), 4),
        "appointment": _flag(sent, "appointment"),
        "confno": _text(sent, "confno"),
        "isPublic": _flag(sent, "isPublic"),
        "demo": _flag(sent, "demo"),
        "closed": _flag(sent, "closed"),
        "demoTime": _long(sent.get("demoTime"), None),
        "externalId": _text(sent, "externalId", None),
        "externalType": external_type,
        "redirectUrl": _text(sent, "redirectUrl"),
        "moderated": _flag(sent, "moderated"),
        "waitModerator": _flag(sent, "waitModerator"),
        "allowUserQuestions": _flag(sent, "allowUserQuestions"),
        "allowRecording": _flag(sent, "allowRecording"),
        "waitRecording": _flag(sent, "waitRecording"),
        "audioOnly": _flag(sent, "audioOnly"),
        "hiddenElements": sorted(set(sent.get("hiddenElements") or []), reverse=True),  # a set: order is not kept
        "files": list(sent.get("files") or []),
    }


def _text(sent: Json, key: str, default: str | None = "") -> str | None:
    if key not in sent:
        return default
    value = sent[key]
    return value if isinstance(value, str) else json.dumps(value)  # null becomes the word "null"


def _long(value: object, default: int | None) -> int | None:
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        return default


def _flag(sent: Json, key: str) -> bool:
    return sent.get(key) is True or sent.get(key) == "true"
