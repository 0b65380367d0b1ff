"""`/meet delete room [room …]`: remove rooms themselves."""

from __future__ import annotations

from dataclasses import dataclass

from bot.capabilities import DeletesRooms
from bot.cards import who_is_in
from bot.command import Act, Command
from bot.errors import BotError
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
    """The rooms by name, and who is in."""
    names = joined(", ", [text(Strong(room.title)) for room in act.rooms])
    inside: Text = (" · ", *who_is_in(presence)) if presence is not None else ()
    return text("Delete ", *names, " for good", *inside)


async def run(act: Act[DeletesRooms], args: Args) -> Reply:
    """Each room at its vendor, then its handle; one that fails is named and the rest goes on."""
    deleted: list[Room] = []
    failed: list[tuple[Room, BotError]] = []
    outcomes = set()
    for backend, room in zip(act.backends, act.rooms, strict=True):
        try:
            outcomes.add(await _delete(act, backend, room))
            deleted.append(room)
        except BotError as error:
            failed.append((room, error))
    if not deleted:
        raise failed[0][1]
    body = text("Deleted ", *joined(", ", [text(Strong(room.title)) for room in deleted]), ".")
    for room, problem in failed:
        body = text(*body, " Not deleted: ", Strong(room.title), f" ({problem})")
    outcome = Outcome.ALREADY_SO if outcomes == {Outcome.ALREADY_SO} else Outcome.DONE
    outcome = Outcome(failed[0][1].outcome) if failed else outcome
    return Reply(body, outcome, public=True)


async def _delete(act: Act[DeletesRooms], backend: DeletesRooms, room: Room) -> Outcome:
    outcome = await backend.delete_room(room)
    cards = await act.desk.store.rooms.cards(room.id)
    async with act.desk.store.db.begin() as tx:
        await act.desk.store.rooms.forget(tx, room.id)
    act.desk.cards.retire(room, cards)
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
    facts=facts,
    says=says,
    run=run,
    examples=("delete standup",),
)
