"""`/meet unmute room [participant]`: give the microphone back to one person, or to all guests."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.capabilities import MutesParticipants
from bot.cards import called
from bot.command import Act, Command
from bot.grammar import ParticipantWord, optional, rest
from bot.model import Outcome, Risk, RoomWord
from bot.reply import Reply, Strong, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Where, and whom."""

    room: RoomWord | None = optional("the room")
    participant: ParticipantWord | None = rest(
        "id:…, @person, or the exact display name; all guests where left out", required=False
    )


async def prepare(act: Act[MutesParticipants], args: Args) -> Args:
    """From a name to exactly one live participant."""
    if args.participant is None or args.participant.everybody:
        return replace(args, participant=None)
    one = await act.participant(args.participant)
    return replace(args, participant=ParticipantWord(id=one.id))


async def run(act: Act[MutesParticipants], args: Args) -> Reply:
    """Let them be heard again. Who muted themselves stays muted."""
    room = act.room
    if args.participant is None:
        outcome = await act.backend.unmute_guests(room)
        who = text("all guests")
    else:
        one = await act.participant(args.participant)
        outcome = await act.backend.unmute(room, one)
        who = called(one)
    if outcome is Outcome.ALREADY_SO:
        return Reply(text("Not muted in ", Strong(room.title), ": ", *who, "."), outcome, public=True)
    return Reply(text("Unmuted ", *who, " in ", Strong(room.title), "."), outcome, public=True)


COMMAND = Command(
    name="unmute",
    summary="Let somebody, or all guests, be heard again",
    doing="unmute people",
    args=Args,
    needs=MutesParticipants,
    permission=Need("monitoringMode", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    public=True,
    binds_meeting=True,
    prepare=prepare,
    run=run,
    examples=("unmute standup", "unmute standup Ann Lee"),
)
