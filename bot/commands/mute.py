"""`/meet mute room [participant]`: take the microphone from one person, or from all guests."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.capabilities import MutesParticipants
from bot.cards import called
from bot.command import Act, Command
from bot.grammar import ParticipantWord, optional, quote, rest
from bot.model import Outcome, Risk, RoomWord
from bot.reply import Button, Reply, Strong, text
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
    """Mute at the vendor, and offer the way back."""
    room = act.room
    undo = f"unmute {quote(room.title)}"
    if args.participant is None:
        outcome = await act.backend.mute_guests(room)
        who = text("all guests")
    else:
        one = await act.participant(args.participant)
        outcome = await act.backend.mute(room, one)
        who, undo = called(one), f"{undo} id:{one.id}"
    if outcome is Outcome.ALREADY_SO:
        return Reply(text("Muted already in ", Strong(room.title), ": ", *who, "."), outcome, public=True)
    body = text("Muted ", *who, " in ", Strong(room.title), ".")
    return Reply(body, outcome, public=True, buttons=(Button("Unmute", "run", value=undo),))


COMMAND = Command(
    name="mute",
    summary="Mute somebody, or all guests",
    doing="mute people",
    args=Args,
    needs=MutesParticipants,
    permission=Need("monitoringMode", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    public=True,
    binds_meeting=True,
    prepare=prepare,
    run=run,
    examples=("mute standup", "mute standup Ann Lee"),
)
