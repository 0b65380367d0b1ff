"""`/meet hangup room +number`: end or cancel a call the bot placed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.capabilities import HangsUp
from bot.command import Act, Command
from bot.errors import BadInput
from bot.grammar import PhoneWord, optional, positional
from bot.model import Outcome, PhoneNumber, Risk, RoomWord
from bot.reply import Reply, Strong, Watch, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Which call."""

    room: RoomWord | None = optional("the room")
    number: PhoneWord = positional("the number that was dialled, or a name of the book")


async def prepare(act: Act[HangsUp], args: Args) -> Args:
    """Always the full number that was dialled: the vendor matches by prefix, so a part could hit somebody else."""
    return replace(args, number=PhoneWord(number=await _number(act, args.number)))


async def _number(act: Act[HangsUp], word: PhoneWord) -> PhoneNumber:
    if word.number is not None:
        return word.number
    if word.short:
        return PhoneNumber.parse(word.name)  # says what a whole number looks like
    found = act.desk.policy().book(word.name)
    if found is None:
        raise BadInput(f"“{word.name}” is neither a number with + and country code nor in the book.")
    return found


async def run(act: Act[HangsUp], args: Args) -> Reply:
    """Cancel it if it has not rung yet, remove the phone if it is in."""
    number = args.number.number
    if number is None:
        raise BadInput("Name the number that was dialled.")
    was_in = act.desk.phone_is_in(act.room, number)  # its leaving may be reported before the vendor answers
    outcome = await act.backend.hang_up(act.room, number)
    found = outcome is not Outcome.ALREADY_SO
    await act.desk.phone.hung_up(act.room, number, by=act.caller.person, found=found)
    shown = Strong(number.masked)
    facts = {"number": number.masked}
    if not found:
        return Reply(
            text("No call to ", shown, " was found in ", Strong(act.room.title), "."), outcome, public=True, facts=facts
        )
    watch = Watch(lambda: not act.desk.phone_is_in(act.room, number)) if was_in else None
    return Reply(
        text("Hung up ", shown, " in ", Strong(act.room.title), "."), outcome, public=True, watch=watch, facts=facts
    )


COMMAND = Command(
    name="hangup",
    summary="Hang up or cancel a call",
    doing="hang up calls",
    args=Args,
    needs=HangsUp,
    permission=Need("monitoringMode", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    public=True,
    prepare=prepare,
    run=run,
    examples=("hangup standup +40747777777",),
)
