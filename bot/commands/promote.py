"""`/meet promote room [participant] [to=host|guest]`: make somebody a host of the running meeting, or a guest again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.capabilities import PromotesParticipants
from bot.cards import called
from bot.command import Act, Command
from bot.errors import AlreadySo, BadInput
from bot.grammar import ParticipantWord, key, optional, quote, rest
from bot.lookup import Ambiguous
from bot.model import Outcome, Risk, RoomWord
from bot.reply import Button, Reply, Strong, text
from bot.rules import Need

HOST_WORDS = frozenset({"host", "chair"})


@dataclass(frozen=True, slots=True)
class Args:
    """Where, whom, and to what."""

    room: RoomWord | None = optional("the room")
    participant: ParticipantWord | None = rest(
        "id:…, @person, or the exact display name; a choice where left out", required=False
    )
    role: str | None = key("host (chair; where left out) or guest", label="to", choices=("host", "chair", "guest"))


async def prepare(act: Act[PromotesParticipants], args: Args) -> Args:
    """From a name to exactly one live participant; without one, a choice of those who have the other role."""
    if args.participant is not None:
        if args.participant.everybody:
            raise BadInput("Promote one person at a time.")
        one = await act.participant(args.participant)
        return replace(args, participant=ParticipantWord(id=one.id))
    people = (await act.desk.presence(act.room)).participants or ()
    others = [one for one in people if one.moderator is not _host(args)]
    if not others:
        raise AlreadySo(f"There is nobody in {act.room.title} to make a {'host' if _host(args) else 'guest'}.")
    raise Ambiguous(f"Who becomes a {'host' if _host(args) else 'guest'}?", others)


async def run(act: Act[PromotesParticipants], args: Args) -> Reply:
    """Give them the role, and offer the way back."""
    if args.participant is None:
        raise BadInput("Name somebody who is in.")
    room, host = act.room, _host(args)
    one = await act.participant(args.participant)
    outcome = await act.backend.promote(room, one, host=host)
    word, other = ("host", "guest") if host else ("guest", "host")
    if outcome is Outcome.ALREADY_SO:
        return Reply(text(*called(one), f" is a {word} in ", Strong(room.title), " already."), outcome, public=True)
    back = Button(f"Make {other}", "run", value=f"promote {quote(room.title)} id:{one.id} to={other}")
    body = text(*called(one), f" is a {word} in ", Strong(room.title), " now.")
    return Reply(body, outcome, public=True, buttons=(back,))


def _host(args: Args) -> bool:
    return (args.role or "host") in HOST_WORDS


COMMAND = Command(
    name="promote",
    summary="Make somebody a host of the running meeting",
    doing="promote people",
    args=Args,
    needs=PromotesParticipants,
    permission=Need("monitoringMode", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    public=True,
    binds_meeting=True,
    prepare=prepare,
    run=run,
    examples=("promote standup Ann Lee", "promote standup Ann Lee to=guest"),
)
