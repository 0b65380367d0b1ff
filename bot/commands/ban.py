"""`/meet ban backend/user-id` or `ban room participant`: keep somebody out for good, behind an approval."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from bot.capabilities import BansUsers, KicksParticipants
from bot.cards import named, standing
from bot.command import Act, Command
from bot.errors import BackendError, BadInput
from bot.grammar import ParticipantWord, positional, rest
from bot.lookup import find_participant
from bot.model import Participant, Presence, Risk, RoomWord
from bot.reply import Reply, Strong, Text, text
from bot.rules import Need

# What may be typed: the ids of sign-in services (auth0|x, ann@example.org), nothing that means more in an address.
USER_ID = re.compile(r"[A-Za-z0-9][\w.@|:+=~-]*", re.ASCII)


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
        named_one = args.room.backend in act.desk.backends and USER_ID.fullmatch(args.room.name)
        if not named_one or not act.backend.owns_user(args.room.name):
            raise BadInput("Ban backend/user-id, for example ban jaas/u-4711, or ban room participant.")
        return args
    one = await _target(act, args.participant)
    _user_id(one)
    return replace(args, participant=ParticipantWord(id=one.id))


async def _target(act: Act[BansUsers], word: ParticipantWord) -> Participant:
    """The one meant: somebody who is in; once it was asked for, also who has left since, or came in again."""
    if act.request_id is not None and word.id is not None:
        was_in = act.desk.roster.participant(act.room.backend, act.room.vendor_id, word.id)
        if was_in is not None:
            return was_in
    return await act.participant(word)


def _user_id(one: Participant) -> str:
    if one.user_id is None:
        raise BadInput(
            f"{one.name} has no user id to ban (a phone, or a link without one); kick them or lock the room."
        )
    return one.user_id


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
        user_id, shown = args.room.name, text(Strong(args.room.name))
    else:
        one = await _target(act, args.participant)
        user_id = _user_id(one)
        shown = text(*named(one), f" ({one.name})") if one.person else text(Strong(one.name))
    outcome = await act.backend.ban_user(user_id)
    if args.participant is not None:
        await _hold_back(act, user_id)
    removed = await _remove_everywhere(act, user_id)
    body = text("Banned ", *shown, " on ", Strong(act.backend.name), f".{removed}")
    return Reply(body, outcome, public=True, facts={"user_id": user_id})


async def _hold_back(act: Act[Any], user_id: str) -> None:
    async with act.desk.store.db.begin() as tx:
        await act.desk.store.rooms.block(
            tx, act.room.id, user_id, until=None, meeting_id=None, by=act.caller.person, why=act.why
        )


async def _remove_everywhere(act: Act[Any], user_id: str) -> str:
    """What became of every presence of this user, in words. The ban holds, so a failure here is said, not raised."""
    if not isinstance(act.backend, KicksParticipants):
        return ""
    removed, failed = [], ""
    for room, one in await act.desk.inside(act.backend.name, user_id):
        try:
            await act.backend.kick(room, one)
        except BackendError as error:
            failed += f" They may still be inside {room.title}: {error}"
        else:
            removed.append(room.title)
    gone = ", ".join(dict.fromkeys(removed))
    return (f" Removed from {gone}." if gone else "") + failed


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
