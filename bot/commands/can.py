"""`/meet can @user <command>`: whether somebody may do that, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.cards import read_from, role_source
from bot.command import Act, Command
from bot.errors import BotError
from bot.grammar import UserWord, line, positional
from bot.reply import Part, Reply, Strong, User, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Who, and which command line."""

    user: UserWord = positional("@person")
    command: str = line("a command line, such as kick standup Ann")


async def run(act: Act[Any], args: Args) -> Reply:
    """Judge the command as if they typed it here; nothing is executed."""
    person = act.caller.person.beside(args.user.user_id)
    who = User(person.user_id)
    caller = await act.desk.people.caller(person)
    roles: list[Part] = [" They have no role."]
    if caller.sources:
        now, read = act.desk.clock.now(), {copy.backend: copy for copy in caller.copies}
        roles = []
        for one in caller.sources:
            roles += [f" They have {one.role}: ", role_source(one.via), *read_from(one, read.get(one.from_), now), "."]
    try:
        verdict = await act.desk.judge(args.command, caller, act.place)
    except BotError as error:
        return Reply(text("The answer to ", who, " would be: ", *(error.detail or (str(error),)), *roles))
    approval = f" It needs {verdict} approval{'s' if verdict > 1 else ''}." if verdict else ""
    return Reply(text(who, " can ", Strong(args.command), f".{approval}", *roles))


COMMAND = Command(
    name="can",
    summary="Say whether somebody may do something",
    doing="look up what others may do",
    args=Args,
    permission=Need("userManagement", "READ_ACCESS"),
    run=run,
    examples=("can @ann kick standup Bob",),
)
