"""`/meet who [room]`: who is in now, how sure that is, and what one may do about each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.capabilities import EndsMeetings, HangsUp, KicksParticipants, KnowsParticipants
from bot.cards import join_button, named, standing
from bot.command import Act, Command
from bot.grammar import optional, quote
from bot.model import Medium, Participant, Presence, Room, RoomWord
from bot.reply import At, Button, Card, Line, Reply, Strong, Text, text
from bot.rules import Need

ACTS = Need("monitoringMode", "READ_WRITE_ACCESS")


@dataclass(frozen=True, slots=True)
class Args:
    """Which room."""

    room: RoomWord | None = optional("the room")


async def run(act: Act[KnowsParticipants], args: Args) -> Reply:
    """The people, with buttons for those who may use them."""
    room = act.room
    presence = await act.desk.presence(room)
    may_act = act.caller.permissions.allows(ACTS) or room.owner == act.caller.person
    if presence.participants is None:
        lines = [Line(text("Who is in is not known: ", presence.why_unknown))]
    else:
        lines = [Line(_heading(presence))]
        lines += [_line(act, room, one, may_act=may_act) for one in presence.participants]
    if presence.as_of:
        lines.append(Line(text("as of ", At(presence.as_of)), quiet=True))
    card = Card(title=f"Who is in {room.title}", lines=tuple(lines), buttons=_room_buttons(act, room, may_act=may_act))
    return Reply(text("Who is in ", Strong(room.title)), card=card)


def _heading(presence: Presence) -> Text:
    people = presence.participants or ()
    waiting = sum(one.waiting for one in people)
    if waiting:
        return text(f"{len(people) - waiting} in, {waiting} waiting to be let in", *_since(presence))
    if not people:
        return text("Nobody is in.")
    return text("1 person is in" if len(people) == 1 else f"{len(people)} people are in", *_since(presence))


def _since(presence: Presence) -> Text:
    if presence.meeting and presence.meeting.started_at:
        return (" · meeting since ", At(presence.meeting.started_at))
    return ()


def _line(act: Act[Any], room: Room, one: Participant, *, may_act: bool) -> Line:
    host = " · moderator" if one.moderator else ""
    since: Text = (" · since ", At(one.joined_at)) if one.joined_at else ()
    shown = text(*named(one), f" ({one.name})") if one.person else named(one)
    if one.medium is Medium.WEB and one.name and not one.person:
        shown = text(Strong(one.name))
    sure = "" if one.medium is Medium.PHONE else f" · {standing(one)}"
    state = " · waits to be let in" if one.waiting else " · muted" if one.muted else ""
    body = text(*shown, sure, host, state, *since, f" · id:{one.id}")
    return Line(body, buttons=_buttons(act, room, one) if may_act else ())


def _buttons(act: Act[Any], room: Room, one: Participant) -> tuple[Button, ...]:
    buttons = []
    target = f"{quote(room.title)} {quote(f'id:{one.id}')}"
    if one.medium is Medium.PHONE and isinstance(act.backend, HangsUp) and one.phone:
        buttons.append(Button("Hang up", "run", value=f"hangup {quote(room.title)} {one.phone}", style="danger"))
    elif isinstance(act.backend, KicksParticipants):
        who = text("Remove ", one.name, f" (id:{one.id}) from {room.title}?")
        buttons.append(Button("Remove", "run", value=f"kick {target}", style="danger", confirm=who))
        if one.user_id:
            buttons.append(Button("Block", "run", value=f"block {target}"))
    return tuple(buttons)


def _room_buttons(act: Act[Any], room: Room, *, may_act: bool) -> tuple[Button, ...]:
    buttons = [join_button(room)]
    if may_act:
        lock = ("Unlock", "unlock") if room.locked else ("Lock", "lock")
        buttons.append(Button(lock[0], "run", value=f"{lock[1]} {quote(room.title)}"))
        if isinstance(act.backend, EndsMeetings):
            buttons.append(Button("End", "run", value=f"end {quote(room.title)}", style="danger"))
    return tuple(buttons)


COMMAND = Command(
    name="who",
    summary="Show who is in a room now",
    doing="see who is in",
    args=Args,
    needs=KnowsParticipants,
    permission=Need("monitoringMode", "READ_ACCESS"),
    run=run,
    examples=("who", "who standup"),
)
