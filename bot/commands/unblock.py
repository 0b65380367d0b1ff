"""`/meet unblock room @person|participant`: links again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.command import Act, Command
from bot.door import HOSTS
from bot.errors import BadInput, NotFound, Refused
from bot.grammar import ParticipantWord, optional, rest
from bot.model import Outcome, Person, Risk, RoomWord
from bot.reply import Part, Post, Reply, Strong, User, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Whom to unblock."""

    room: RoomWord | None = optional("the room")
    participant: ParticipantWord = rest("@person, or the name of whoever is blocked")


async def run(act: Act[Any], args: Args) -> Reply:
    """Lift a block, also one that a kick left. Nobody lifts their own merely because the room is theirs."""
    user_id, person = await _target(act, args.participant)
    block = await act.desk.store.rooms.block_on(act.room.id, user_id)
    if block is None:
        return Reply(text("They are not blocked."), Outcome.ALREADY_SO)
    by_owning = person == act.caller.person and not act.caller.permissions.allows(HOSTS)
    if by_owning and block.by != person:
        why = text("You can't let yourself in again: ", User(block.by.user_id), " keeps you out. Ask them.")
        raise Refused("You can't let yourself in again; ask whoever keeps you out.", detail=why)
    async with act.desk.store.db.begin() as tx:
        await act.desk.store.rooms.unblock(tx, act.room.id, user_id)
    shown: Part = User(person.user_id) if person else Strong(str(args.participant))
    again = text("You can join ", Strong(act.room.title), " again: unblocked by ", User(act.caller.person.user_id), ".")
    told = (Post(person.user_id, again),) if person else ()
    return Reply(text(shown, " can join ", Strong(act.room.title), " again."), Outcome.DONE, public=True, posts=told)


async def _target(act: Act[Any], word: ParticipantWord) -> tuple[str, Person | None]:
    """Vendor user id, and who that is: a person, or whoever of the blocked has that name. Raises NotFound, BadInput."""
    people = act.desk.store.people
    if word.user_id is not None:
        person = act.caller.person.beside(word.user_id)
        return await people.user_id_of(person), person
    found = []
    for user_id in await act.desk.store.rooms.blocked(act.room.id):
        known = await people.person_of(user_id)
        name = (await act.desk.people.caller(known)).name if known else await people.name_of(user_id) or ""
        if user_id == word.id or name.casefold() == word.name.casefold():
            found.append((user_id, known))
    if len(found) > 1:
        raise BadInput(f"Several people called {word} are blocked; name them with @.")
    if found:
        return found[0]
    outsider = await people.outsider_named(word.id or word.name)
    if outsider is None:
        raise NotFound(f"I blocked nobody called {word}.")
    return outsider, None


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
