"""`/meet ban backend/user-id` or `ban room participant`: keep somebody out for good, behind an approval."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.capabilities import BansUsers, KicksParticipants
from bot.cards import named, standing
from bot.command import Act, Command
from bot.errors import BackendError, BadInput
from bot.grammar import ParticipantWord, positional, rest
from bot.lookup import find_participant
from bot.model import Outcome, Participant, Presence, Risk, RoomWord
from bot.reply import Reply, Strong, Text, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """`backend/user-id`, or a room and somebody who is in it."""

    room: RoomWord = positional("a room, or backend/user-id")
    participant: ParticipantWord | None = rest("id:…, @person, or the exact display name", required=False)


def rooms(args: Args) -> tuple[RoomWord | None, ...]:
    """Only with a participant is the first word a room."""
    return (args.room,) if args.participant is not None else ()


async def prepare(act: Act[BansUsers], args: Args) -> Args:
    """Down to one user id that the vendor can ban."""
    if args.participant is None:
        if args.room.backend not in act.desk.backends or not act.backend.owns_user(args.room.name):
            raise BadInput("Ban backend/user-id, for example ban jaas/u-4711, or ban room participant.")
        return args
    one = await act.participant(args.participant)
    if one.user_id is None:
        raise BadInput(
            f"{one.name} has no user id to ban (a phone, or a link without one); kick them or lock the room."
        )
    return replace(args, participant=ParticipantWord(id=one.id))


def says(act: Act[BansUsers], args: Args, presence: Presence | None) -> Text:
    """Whom, how far it reaches, and that there is no way back."""
    if args.participant is None:
        return text(
            "Ban the user id ", Strong(args.room.name), " on ", Strong(act.backend.name), ". ", act.backend.ban_warning
        )
    one = find_participant(args.participant, presence) if presence else None
    shown: Text = (
        text(*named(one), f" ({one.name}, {standing(one)}, user id {one.user_id})") if one else (str(args.participant),)
    )
    return text("Ban ", *shown, " from ", Strong(act.room.title), " and everywhere else. ", act.backend.ban_warning)


async def run(act: Act[BansUsers], args: Args) -> Reply:
    """Ban, then remove them from where they are: a ban alone lets those who are in stay."""
    if args.participant is None:
        outcome = await act.backend.ban_user(args.room.name)
        removed = await _remove_everywhere(act, args.room.name)
        return Reply(
            text("Banned ", Strong(args.room.name), " on ", Strong(act.backend.name), f".{removed}"),
            outcome,
            public=True,
        )
    one = await act.participant(args.participant)
    if one.user_id is None:
        raise BadInput(f"{one.name} has no user id to ban.")
    outcome = await act.backend.ban_user(one.user_id)
    await _hold_back(act, one.user_id)
    removed = await _remove(act, one)
    shown = text(*named(one), f" ({one.name})") if one.person else text(Strong(one.name))
    return Reply(
        text("Banned ", *shown, f" on {act.backend.name}.{removed}"),
        outcome,
        public=True,
        facts={"user_id": one.user_id},
    )


async def _hold_back(act: Act[Any], user_id: str) -> None:
    async with act.desk.store.db.begin() as tx:
        await act.desk.store.rooms.block(
            tx, act.room.id, user_id, until=None, meeting_id=None, by=act.caller.person, why=act.why
        )


async def _remove(act: Act[Any], one: Participant) -> str:
    if not isinstance(act.backend, KicksParticipants):
        return ""
    try:
        outcome = await act.backend.kick(act.room, one)
    except BackendError as error:
        return f" They may still be inside: {error}"
    return " They had already left." if outcome is Outcome.ALREADY_SO else " Removed from the meeting."


async def _remove_everywhere(act: Act[Any], user_id: str) -> str:
    inside = await act.desk.inside(act.backend.name, user_id)
    for room, one in inside:
        await act.backend.kick(room, one)
    return f" Removed from {', '.join(room.title for room, _ in inside)}." if inside else ""


COMMAND = Command(
    name="ban",
    summary="Ban somebody for good (needs an approval)",
    doing="ban people",
    args=Args,
    needs=BansUsers,
    permission=Need("monitoringMode", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    owner_counts=False,
    public=True,
    rooms=rooms,
    backend=lambda args: args.room.backend,
    prepare=prepare,
    says=says,
    run=run,
    examples=("ban standup Ann Lee", "ban jaas/u-4711"),
)
