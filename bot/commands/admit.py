"""`/meet admit room [participant]`: let somebody in who waits before the door."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.capabilities import AdmitsParticipants
from bot.cards import called
from bot.command import Act, Command
from bot.errors import AlreadySo
from bot.grammar import ParticipantWord, optional, rest
from bot.lookup import Ambiguous
from bot.model import Outcome, Participant, Risk, RoomWord
from bot.reply import Reply, Strong, joined, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Where, and whom."""

    room: RoomWord | None = optional("the room")
    participant: ParticipantWord | None = rest(
        "id:…, the exact display name, or all; the one who waits where left out", required=False
    )


async def prepare(act: Act[AdmitsParticipants], args: Args) -> Args:
    """The only one who waits, or the one who is named. Several who wait are asked about."""
    if args.participant is not None and not args.participant.everybody:
        one = await act.participant(args.participant)
        return replace(args, participant=ParticipantWord(id=one.id))
    waiting = await _waiting(act)
    if not waiting:
        raise AlreadySo(f"Nobody waits before {act.room.title}.")
    if args.participant is not None:
        return args
    if len(waiting) > 1:
        raise Ambiguous("Several people wait; whom do you let in?", waiting)
    return replace(args, participant=ParticipantWord(id=waiting[0].id))


async def run(act: Act[AdmitsParticipants], args: Args) -> Reply:
    """Open the door for them."""
    room = act.room
    if args.participant is None or args.participant.everybody:
        waiting = await _waiting(act)
        outcomes = [await act.backend.admit(room, one) for one in waiting]
        names = joined(", ", [called(one) for one in waiting])
        outcome = Outcome.CONFIRMED if set(outcomes) <= {Outcome.CONFIRMED, Outcome.ALREADY_SO} else Outcome.ACCEPTED
        return Reply(text("Let ", *names, " into ", Strong(room.title), "."), outcome, public=True)
    one = await act.participant(args.participant)
    outcome = await act.backend.admit(room, one)
    if outcome is Outcome.ALREADY_SO:
        return Reply(text(*called(one), " does not wait before ", Strong(room.title), "."), outcome, public=True)
    return Reply(text("Let ", *called(one), " into ", Strong(room.title), "."), outcome, public=True)


async def _waiting(act: Act[AdmitsParticipants]) -> list[Participant]:
    return [one for one in (await act.desk.presence(act.room)).participants or () if one.waiting]


COMMAND = Command(
    name="admit",
    summary="Let in somebody who waits before the door",
    doing="admit people",
    args=Args,
    needs=AdmitsParticipants,
    permission=Need("monitoringMode", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    public=True,
    binds_meeting=True,
    prepare=prepare,
    run=run,
    examples=("admit standup", "admit standup Ann Lee", "admit standup all"),
)
