"""`/meet unblock room @person|participant`: links again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.command import Act, Command
from bot.errors import NotFound, Refused
from bot.grammar import ParticipantWord, optional, rest
from bot.model import Outcome, Risk, RoomWord
from bot.reply import Part, Post, Reply, Strong, User, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Whom to unblock."""

    room: RoomWord | None = optional("the room")
    participant: ParticipantWord = rest("@person, or the outsider's name")


async def run(act: Act[Any], args: Args) -> Reply:
    """Lift a block, also one that a kick left."""
    word = args.participant
    if word.user_id is not None:
        person = act.caller.person.beside(word.user_id)
        user_id = await act.desk.store.people.user_id_of(person)
    else:
        person = None
        known = await act.desk.store.people.outsider_named(word.id or word.name)
        if known is None:
            raise NotFound(f"I blocked nobody called {word}.")
        user_id = known
    block = await act.desk.store.rooms.block_on(act.room.id, user_id)
    if block is None:
        return Reply(text("They are not blocked."), Outcome.ALREADY_SO)
    if person == act.caller.person and block.by != person:
        why = text("You can't let yourself in again: ", User(block.by.user_id), " keeps you out. Ask them.")
        raise Refused("You can't let yourself in again; ask whoever keeps you out.", detail=why)
    async with act.desk.store.db.begin() as tx:
        await act.desk.store.rooms.unblock(tx, act.room.id, user_id)
    shown: Part = User(person.user_id) if person else Strong(str(word))
    again = text("You can join ", Strong(act.room.title), " again: unblocked by ", User(act.caller.person.user_id), ".")
    told = (Post(person.user_id, again),) if person else ()
    return Reply(text(shown, " can join ", Strong(act.room.title), " again."), Outcome.DONE, public=True, posts=told)


COMMAND = Command(
    name="unblock",
    summary="Give somebody links for a room again",
    doing="unblock people",
    args=Args,
    permission=Need("monitoringMode", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    public=True,
    run=run,
    examples=("unblock standup @ann",),
)
