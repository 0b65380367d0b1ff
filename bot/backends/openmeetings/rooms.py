"""Rooms as OpenMeetings keeps them: RoomDTO read whole, written whole."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from bot.backends.openmeetings.services import Services, as_json
from bot.backends.openmeetings.settings import TYPES
from bot.backends.openmeetings.wire import Json, as_list, as_str, not_clear, objects, refused_inside, unwrap
from bot.errors import NotFound
from bot.model import Risk, Room, VendorRoom
from bot.rest import Answer

ROOM_ID = re.compile(r"[1-9][0-9]{0,17}")
TEXTS = ("name", "tag", "comment", "confno", "externalId", "externalType", "redirectUrl")
LISTS = ("hiddenElements", "files")


class Rooms:
    """The room service, as far as it reads and writes rooms."""

    def __init__(self, services: Services, external_type: str) -> None:
        self.backend = services.backend
        self._services = services
        self._external_type = external_type

    async def get(self, vendor_id: str) -> Json:
        """One room with all its fields. Raises NotFound."""
        answer = await self._read(checked(vendor_id), operation="room")
        if refused_inside(answer):
            # An unknown id fails inside the server, as other things may: only a server that works says "no such room".
            await self._services.check(await self._read("count", "0", operation="count"), Risk.READ)
            raise NotFound(f"{self.backend} does not know that room.")
        await self._services.check(answer, Risk.READ)
        return whole(answer)

    async def save(self, fields: Json, risk: Risk) -> Json:
        """Make a room, or replace the one with this `id` whole. Answers with all its fields."""
        form = {"room": as_json(fields)}
        answer = await self._services.call("room", operation="save", risk=risk, method="POST", form=form)
        await self._services.check(answer, risk)
        return whole(answer, risk)

    async def public(self, kind: str) -> Sequence[Json]:
        """All public rooms of one type: OpenMeetings lists no others."""
        answer = await self._read("public", kind, operation="rooms")
        await self._services.check(answer, Risk.READ)
        return [_complete(one, answer, Risk.READ) for one in objects(answer, "roomDTO")]

    async def external(self, external_id: str, kinds: Sequence[str] = TYPES) -> Json | None:
        """The room with this external id of ours, of one of these types; nothing is made where there is none."""
        found = await asyncio.gather(*(self._external(kind, external_id) for kind in kinds))
        return next((room for room in found if room), None)

    async def _external(self, kind: str, external_id: str) -> Json | None:
        answer = await self._read(kind, self._external_type, external_id, operation="external room")
        await self._services.check(answer, Risk.READ)
        return None if answer.status == 204 else whole(answer)

    async def _read(self, *segments: str, operation: str) -> Answer:
        return await self._services.call("room", *segments, operation=operation, risk=Risk.READ)


def checked(vendor_id: str) -> str:
    """The number that stands in a path. Raises NotFound for anything else."""
    if not ROOM_ID.fullmatch(vendor_id):
        raise NotFound("OpenMeetings knows its rooms by number.")
    return vendor_id


def number(room: Room) -> str:
    """The number of a room the bot keeps."""
    return checked(room.vendor_id)


def whole(answer: Answer, risk: Risk = Risk.READ) -> Json:
    """The one room of an answer, as a replacing POST needs it: every field, in its own type, and no null."""
    return _complete(unwrap(answer, "roomDTO", risk), answer, risk)


def _complete(room: object, answer: Answer, risk: Risk) -> Json:
    if not isinstance(room, dict) or not ROOM_ID.fullmatch(as_str(room.get("id"))):
        raise not_clear(answer, "a room", risk)
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
