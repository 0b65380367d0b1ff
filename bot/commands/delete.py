"""`/meet delete room [room …]`: remove rooms themselves."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from bot.capabilities import DeletesRooms, HandlesManyRooms, ListsParticipants
from bot.cards import who_is_in
from bot.command import Act, Command
from bot.errors import BadInput, BotError, NotFound
from bot.grammar import many
from bot.model import Outcome, Presence, Risk, Room, RoomWord
from bot.policy import BULK, OWN_IDLE
from bot.reply import Reply, Strong, Text, joined, text
from bot.rules import Need

IDLE = "idle"  # whether the vendor says that nobody is in
IDLE_FREE_KINDS = frozenset({"jaas", "openmeetings"})  # one's own idle room of these needs no approval


@dataclass(frozen=True, slots=True)
class Args:
    """Which rooms."""

    rooms: tuple[RoomWord, ...] = many("the rooms", required=True)


async def prepare(act: Act[DeletesRooms], args: Args) -> Args:
    """Who is in decides whether others have to agree: a vendor that can be asked is asked."""
    if act.request_id is None and _free_if_idle(act) and isinstance(act.backend, ListsParticipants):
        act.found[IDLE] = True
        with suppress(NotFound):  # gone at the vendor, so nobody is in
            act.found[IDLE] = (await act.backend.participants(act.room)).empty
    return args


def facts(act: Act[DeletesRooms], args: Args) -> frozenset[str]:
    """`bulk` for several; `own_idle` when it is one's own room and nobody is known to be in."""
    if len(act.rooms) > 1:
        return frozenset({BULK})
    if not _free_if_idle(act):
        return frozenset()
    room = act.room
    if isinstance(act.backend, ListsParticipants):
        idle = act.found.get(IDLE, False)
    else:
        idle = not act.desk.roster.presence(room.backend, room.vendor_id).participants
    return frozenset({OWN_IDLE}) if idle else frozenset()


def _free_if_idle(act: Act[DeletesRooms]) -> bool:
    """Whether nobody has to agree while nobody is in."""
    mine = len(act.rooms) == 1 and act.room.owner == act.caller.person
    return mine and act.backend.kind in IDLE_FREE_KINDS


def says(act: Act[DeletesRooms], args: Args, presence: Presence | None) -> Text:
    """The rooms by name, here and at their vendor, and who is in."""
    names = joined(", ", [_named(room) for room in act.rooms])
    inside: Text = (" · ", *who_is_in(presence)) if presence is not None else ()
    return text("Delete ", *names, " for good", *inside)


def _named(room: Room) -> Text:
    elsewhere = "" if room.vendor_name.casefold() == room.handle.casefold() else f" ({room.vendor_name})"
    return text(Strong(room.title), elsewhere) if elsewhere else text(Strong(room.title))


async def run(act: Act[DeletesRooms], args: Args) -> Reply:
    """Each room at its vendor, then its handle; one that fails is named and the rest goes on.

    Several of one back end go in one request where it takes that: all of them or none.
    """
    deleted: list[Room] = []
    failed: list[tuple[Room, BotError]] = []
    outcomes = set()
    for backend, rooms in _parcels(act):
        try:
            outcomes.add(await _delete(act, backend, rooms))
            deleted += rooms
        except BotError as error:
            failed += [(room, error) for room in rooms]
    if not deleted:
        raise failed[0][1]
    body = text("Deleted ", *joined(", ", [text(Strong(room.title)) for room in deleted]), ".")
    for room, problem in failed:
        body = text(*body, " Not deleted: ", Strong(room.title), f" ({problem})")
    same = len(outcomes) == 1 and outcomes <= {Outcome.ALREADY_SO, Outcome.CONFIRMED, Outcome.ACCEPTED}
    outcome = outcomes.pop() if same else Outcome.DONE
    outcome = Outcome(failed[0][1].outcome) if failed else outcome
    return Reply(body, outcome, public=True)


def _parcels(act: Act[DeletesRooms]) -> list[tuple[DeletesRooms, list[Room]]]:
    """The rooms that are deleted together, with their back end."""
    parcels: dict[str, tuple[DeletesRooms, list[Room]]] = {}
    for backend, room in zip(act.backends, act.rooms, strict=True):
        together = backend.name if isinstance(backend, HandlesManyRooms) else room.id
        parcels.setdefault(together, (backend, []))[1].append(room)
    return list(parcels.values())


async def _delete(act: Act[DeletesRooms], backend: DeletesRooms, rooms: list[Room]) -> Outcome:
    if len(rooms) > 1 and isinstance(backend, HandlesManyRooms):
        if len(rooms) > backend.most_rooms:
            raise BadInput(f"At most {backend.most_rooms} rooms at once.")
        outcome = await backend.delete_rooms(rooms)
    else:
        outcome = await backend.delete_room(rooms[0])
    cards = [(room, await act.desk.store.rooms.cards(room.id)) for room in rooms]
    async with act.desk.store.db.begin() as tx:
        for room in rooms:
            await act.desk.store.rooms.forget(tx, room.id)
            await act.desk.reminders.room_deleted(tx, room.id)
    for room, shown in cards:
        act.desk.cards.retire(room, shown)
    return outcome


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
    prepare=prepare,
    facts=facts,
    says=says,
    run=run,
    examples=("delete standup",),
)
