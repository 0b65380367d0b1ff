"""`/meet delete room [room …]`: remove rooms themselves."""

from __future__ import annotations

from dataclasses import dataclass

from bot.capabilities import DeletesRooms, HandlesManyRooms
from bot.cards import who_is_in
from bot.command import Act, Command
from bot.errors import BadInput
from bot.grammar import many
from bot.model import Outcome, Presence, Risk, Room, RoomWord
from bot.policy import BULK, OWN_IDLE
from bot.reply import Reply, Strong, Text, joined, text
from bot.rules import Need

IDLE_FREE_KINDS = frozenset({"jaas", "openmeetings"})  # one's own idle room of these needs no approval


@dataclass(frozen=True, slots=True)
class Args:
    """Which rooms."""

    rooms: tuple[RoomWord, ...] = many("the rooms", required=True)


def facts(act: Act[DeletesRooms], args: Args) -> frozenset[str]:
    """`bulk` for several; `own_idle` when it is one's own room and nobody is known to be in."""
    if len(act.rooms) > 1:
        return frozenset({BULK})
    room = act.room
    presence = act.desk.roster.presence(room.backend, room.vendor_id)
    idle = not presence.participants
    mine = room.owner == act.caller.person
    return frozenset({OWN_IDLE}) if mine and idle and act.backend.kind in IDLE_FREE_KINDS else frozenset()


def says(act: Act[DeletesRooms], args: Args, presence: Presence | None) -> Text:
    """The rooms by name, here and at their vendor, and who is in."""
    names = joined(", ", [_named(room) for room in act.rooms])
    inside: Text = (" · ", *who_is_in(presence)) if presence is not None else ()
    return text("Delete ", *names, " for good", *inside)


def _named(room: Room) -> Text:
    elsewhere = "" if room.vendor_name.casefold() == room.handle.casefold() else f" ({room.vendor_name})"
    return text(Strong(room.title), elsewhere) if elsewhere else text(Strong(room.title))


async def run(act: Act[DeletesRooms], args: Args) -> Reply:
    """Each room at its vendor, then its handle; several in one request where the vendor takes that."""
    by_backend: dict[str, list[Room]] = {}
    for room in act.rooms:
        by_backend.setdefault(room.backend, []).append(room)
    outcomes: list[Outcome] = []
    for backend, rooms in zip(dict.fromkeys(act.backends), by_backend.values(), strict=True):
        if len(rooms) > 1 and isinstance(backend, HandlesManyRooms):
            outcomes.append(await _delete_together(act, backend, rooms))
        else:
            outcomes += [await _delete(act, backend, room) for room in rooms]
    names = joined(", ", [text(Strong(room.title)) for room in act.rooms])
    same = set(outcomes) in ({Outcome.ALREADY_SO}, {Outcome.CONFIRMED}, {Outcome.ACCEPTED})
    outcome = outcomes[0] if same else Outcome.DONE
    return Reply(text("Deleted ", *names, "."), outcome, public=True)


async def _delete(act: Act[DeletesRooms], backend: DeletesRooms, room: Room) -> Outcome:
    outcome = await backend.delete_room(room)
    await _forget(act, [room])
    return outcome


async def _delete_together(act: Act[DeletesRooms], backend: HandlesManyRooms, rooms: list[Room]) -> Outcome:
    """All of them or none, each still bearing the name that was approved."""
    if len(rooms) > backend.most_rooms:
        raise BadInput(f"At most {backend.most_rooms} rooms at once.")
    outcome = await backend.delete_rooms(rooms)
    await _forget(act, rooms)
    return outcome


async def _forget(act: Act[DeletesRooms], rooms: list[Room]) -> None:
    async with act.desk.store.db.begin() as tx:
        for room in rooms:
            await act.desk.store.rooms.forget(tx, room.id)


COMMAND = Command(
    name="delete",
    summary="Delete rooms for good",
    doing="delete rooms",
    args=Args,
    needs=DeletesRooms,
    permission=Need("backends", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    public=True,
    rooms=lambda args: args.rooms,
    facts=facts,
    says=says,
    run=run,
    examples=("delete standup",),
)
