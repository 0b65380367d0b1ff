"""Calls that the bot places: how (protocol, role, location), and which leg is which number's."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from bot.backends.pexip.paths import Command
from bot.backends.pexip.people import leg_id, phone_of
from bot.backends.pexip.room_fields import aliases_of
from bot.backends.pexip.transport import Transport
from bot.capabilities import Option
from bot.errors import BadInput, NotSupported
from bot.model import Outcome, PhoneNumber, Risk, Room

DIAL = Command("participant", "dial")
PROTOCOLS = ("sip", "h323", "mssip", "rtmp", "gms", "teams", "auto")
ROLES = {"guest": "guest", "host": "chair", "chair": "chair"}
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
OPTIONS = (
    Option("protocol", "how the call is placed; auto: by the call routing rules", choices=PROTOCOLS),
    Option("role", "as what the phone takes part; guest where left out", choices=("guest", "host")),
    Option("location", "the name of the system location that the call is placed from"),
)
MOST_REMEMBERED = 1000

Json = Mapping[str, Any]


class Dialling:
    """Places calls, and remembers which legs they became while this process lives."""

    def __init__(self, transport: Transport, *, system_location: str | None) -> None:
        self._transport = transport
        self._location = system_location
        self._legs: OrderedDict[tuple[str, str], set[str]] = OrderedDict()

    async def dial(
        self, room: Room, conference: Json, number: PhoneNumber, name: str | None, options: Mapping[str, str]
    ) -> Outcome:
        """Ring it: ACCEPTED means that the call is placed, not that somebody answered. Sent at most once."""
        order = self._order(room, conference, number, name, options)
        data = await self._transport.command(DIAL, order, risk=Risk.ONCE)
        listed = data.get("participant_ids")
        ids = {str(one) for one in (*(listed if isinstance(listed, list) else ()), data.get("participant_id")) if one}
        self._remember(room, number, ids)
        return Outcome.ACCEPTED

    def is_of(self, room: Room, number: PhoneNumber, leg: Json) -> bool:
        """Whether this leg is the phone with that number."""
        if leg_id(leg) in self._legs.get((room.vendor_id, number.e164), ()):
            return True
        found = phone_of(leg)
        return found is not None and found.e164 == number.e164

    def _order(
        self, room: Room, conference: Json, number: PhoneNumber, name: str | None, options: Mapping[str, str]
    ) -> dict[str, object]:
        protocol, role, location = _read(options)
        aliases = aliases_of(dict(conference))
        if not aliases:
            raise NotSupported(f"{room.title} has no alias to call from; give it one: set {room.title} add_alias=…")
        if not E164.fullmatch(number.e164):
            raise BadInput("A full number is needed: + and 7 to 15 digits.")
        by_rules = protocol == "auto"
        location = location or self._location or ""
        if not location and not by_rules:
            raise BadInput("Say where the call is placed from: location=…, or protocol=auto for the routing rules.")
        order: dict[str, object] = {
            "conference_alias": aliases[0],
            "destination": number.e164,
            "routing": "routing_rule" if by_rules else "manual",
            "protocol": protocol,
            "role": role,
        }
        if location:
            order["system_location"] = location
        if name:
            order["remote_display_name"] = name
        return order

    def _remember(self, room: Room, number: PhoneNumber, ids: set[str]) -> None:
        key = (room.vendor_id, number.e164)
        self._legs[key] = self._legs.pop(key, set()) | ids
        while len(self._legs) > MOST_REMEMBERED:
            self._legs.popitem(last=False)


def _read(options: Mapping[str, str]) -> tuple[str, str, str]:
    words = {key: value.strip() for key, value in options.items()}
    if unknown := sorted(set(words) - {option.key for option in OPTIONS}):
        raise BadInput(f"A call takes no {unknown[0]}=; it takes protocol=, role= and location=.")
    protocol, role = words.get("protocol", "sip").lower(), words.get("role", "guest").lower()
    if protocol not in PROTOCOLS:
        raise BadInput(f"protocol= is {', '.join(PROTOCOLS)}.")
    if role not in ROLES:
        raise BadInput("role= is guest or host.")
    return protocol, ROLES[role], words.get("location", "")
