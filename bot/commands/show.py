"""`/meet show room`: everything one may know about a room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.capabilities import DialsIn, FindsRooms, KeepsRecordings
from bot.cards import join_button, who_is_in
from bot.command import Act, Command
from bot.errors import BackendError, NoAccess, NotFound
from bot.grammar import optional, quote
from bot.model import Room, RoomWord, VendorRoom
from bot.reply import At, Button, Card, Line, Reply, Strong, Text, User, text
from bot.rules import Need

MOST_NUMBERS = 5
MOST_RECORDINGS = 10
SEES_PINS = Need("monitoringMode", "READ_WRITE_ACCESS")


@dataclass(frozen=True, slots=True)
class Args:
    """Which room."""

    room: RoomWord | None = optional("the room")


async def run(act: Act[Any], args: Args) -> Reply:
    """Settings, who is in, telephone numbers, recordings; PINs to the owner and monitoringMode READ_WRITE alone."""
    room = act.room
    privileged = room.owner == act.caller.person or act.caller.permissions.allows(SEES_PINS)
    lines = [Line(_headline(room))]
    presence = await act.desk.presence(room)
    lines.append(Line(who_is_in(presence)))
    try:
        vendor = await _vendor(act, room)
    except NoAccess as error:  # the bot knows the room; the vendor tells this person nothing of it
        return _shown(room, [*lines, Line(text(str(error)), quiet=True)])
    lines += [
        Line(text(f"{key}: ", value))
        for key, value in {**room.settings, **vendor.facts}.items()
        if key not in vendor.secrets and key != "pin" and not key.startswith("_")
    ]
    if privileged:
        pins = {**({"pin": room.settings["pin"]} if room.settings.get("pin") else {}), **vendor.secrets}
        lines += [Line(text(Strong(f"{key}:"), f" {value} (only for you)")) for key, value in pins.items()]
    lines += await _telephone(act, room, privileged=privileged)
    lines += await _recordings(act, room)
    return _shown(room, lines)


def _shown(room: Room, lines: list[Line]) -> Reply:
    who = Button("Who", "run", value=f"who {quote(room.title)}")
    return Reply(text(room.title), card=Card(title=room.title, lines=tuple(lines), buttons=(join_button(room), who)))


def _headline(room: Room) -> Text:
    # When a room made elsewhere was made nobody here knows: its record tells when it was first seen.
    made: Text = (" · made elsewhere",)
    if room.owner is not None:
        made = (" · owner ", User(room.owner.user_id), " · made ", At(room.created_at, "full"))
    locked = " · locked" if room.locked else ""
    kind = f" · {room.kind}" if room.kind else ""
    return text("on ", Strong(room.backend), kind, *made, locked)


async def _vendor(act: Act[Any], room: Room) -> VendorRoom:
    if isinstance(act.backend, FindsRooms):
        return await act.backend.get_room(room.vendor_id)
    return VendorRoom(room.vendor_id, room.vendor_name, room.kind)


async def _telephone(act: Act[Any], room: Room, *, privileged: bool) -> list[Line]:
    if not isinstance(act.backend, DialsIn):
        return []
    try:
        dial_in = await act.backend.dial_in(room)
    except (BackendError, NotFound) as error:
        return [Line(text("Dial-in: ", str(error)), quiet=True)]
    numbers = ", ".join(f"{number} ({country})" for country, number in dial_in.numbers[:MOST_NUMBERS])
    more = len(dial_in.numbers) - MOST_NUMBERS
    lines = [Line(text("Dial-in: ", numbers or "no numbers", f" and {more} more" if more > 0 else ""))]
    if privileged and dial_in.pin:
        sip = f" · SIP {', '.join(dial_in.sip)}" if dial_in.sip else ""
        lines.append(Line(text(Strong("Dial-in PIN:"), f" {dial_in.pin}", sip, " (only for you: it lets anyone in)")))
    return lines


async def _recordings(act: Act[Any], room: Room) -> list[Line]:
    if not isinstance(act.backend, KeepsRecordings):
        return []
    try:
        found = await act.backend.recordings(room)
    except BackendError as error:
        return [Line(text("Recordings: ", str(error)), quiet=True)]
    lines = []
    for one in found[:MOST_RECORDINGS]:
        when: Text = (" · ", At(one.started_at, "full")) if one.started_at else ()
        lines.append(Line(text("Recording: ", one.name, f" · {one.status}", *when)))
    return lines


COMMAND = Command(
    name="show",
    summary="Show a room: settings, who is in, dial-in numbers, recordings",
    doing="see rooms",
    args=Args,
    permission=Need("monitoringMode", "READ_ACCESS"),
    run=run,
    examples=("show standup",),
)
