"""`/meet kick room participant [for=10m|meeting|always]`: remove one person, or `all`, from the running meeting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.capabilities import KicksEverybody, KicksParticipants
from bot.cards import named, who_is_in
from bot.command import Act, Command
from bot.errors import BadInput, NotSupported
from bot.grammar import Duration, ParticipantWord, key, optional, rest
from bot.model import Outcome, Participant, Presence, Risk, RoomWord
from bot.reply import At, Button, Reply, Strong, Text, Watch, joined, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Whom to remove, and for how long the bot mints them no new link."""

    room: RoomWord | None = optional("the room")
    participant: ParticipantWord = rest("id:…, @person, the exact display name, or all")
    duration: Duration | None = key(
        "10m, meeting (default) or always: no new link meanwhile", label="for", choices=("meeting", "always")
    )


async def prepare(act: Act[KicksParticipants], args: Args) -> Args:
    """From a name to exactly one live participant; several or none are never acted on."""
    if args.participant.everybody:
        if args.duration:
            raise BadInput("for= goes with one person; lock the room to keep everybody out.")
        return args
    one = await act.participant(args.participant)
    return replace(args, participant=ParticipantWord(id=one.id))


def says(act: Act[KicksParticipants], args: Args, presence: Presence | None) -> Text:
    """Who exactly is removed."""
    if args.participant.everybody:
        return text("Remove everybody from ", Strong(act.room.title), " · ", *who_is_in(presence))
    one = next((p for p in (presence.participants if presence else None) or () if p.id == args.participant.id), None)
    shown = text(*named(one), f" ({one.name})") if one else text(str(args.participant))
    return text("Remove ", *shown, " from ", Strong(act.room.title))


async def run(act: Act[KicksParticipants], args: Args) -> Reply:
    """Hold back new links first, then remove."""
    if args.participant.everybody:
        return await _everyone(act)
    one = await act.participant(args.participant)
    held = await _hold_back(act, one, args.duration)
    outcome = await act.backend.kick(act.room, one)
    who = text(*named(one), f" ({one.name})") if one.person else text(Strong(one.name or one.id))
    if outcome is Outcome.ALREADY_SO:
        return Reply(text(*who, " had already left ", Strong(act.room.title), ".", *held), outcome, public=True)
    return Reply(
        text("Removed ", *who, " from ", Strong(act.room.title), ".", *held),
        outcome,
        public=True,
        watch=Watch(lambda: act.desk.has_left(act.room, one)),
        facts={"participant": one.id},
        buttons=_undo(act, one) if held else (),
    )


async def _hold_back(act: Act[Any], one: Participant, duration: Duration | None) -> Text:
    if one.user_id is None:
        return (" They did not come through a link of mine, so they may come back; ban or lock to keep them out.",)
    meeting_id, until = None, None
    if duration is None or duration.word == "meeting":
        meeting_id = act.meeting.id if act.meeting else ""
    elif duration.span is not None:
        until = act.desk.clock.now() + duration.span
    async with act.desk.store.db.begin() as tx:
        await act.desk.store.rooms.block(
            tx, act.room.id, one.user_id, until=until, meeting_id=meeting_id, by=act.caller.person, why=act.why
        )
    if until:
        return (" No new link until ", At(until), ".")
    return (
        " No new link until the meeting ends." if meeting_id is not None else " No new link until they are unblocked.",
    )


def _undo(act: Act[Any], one: Participant) -> tuple[Button, ...]:
    if one.person is None:
        return ()
    return (Button("Unblock", "run", value=f'unblock "{act.room.title}" <@{one.person.user_id}>'),)


async def _everyone(act: Act[KicksParticipants]) -> Reply:
    if isinstance(act.backend, KicksEverybody):
        outcome = await act.backend.kick_all(act.room)
        if outcome is Outcome.ALREADY_SO:
            return Reply(text("Nobody was in ", Strong(act.room.title), "."), outcome, public=True)
        return Reply(text("Removed everybody from ", Strong(act.room.title), "."), outcome, public=True)
    people = (await act.desk.presence(act.room)).participants
    if people is None:
        raise NotSupported(f"I can't see who is in {act.room.title}; end the meeting instead.")
    if not people:
        return Reply(text("Nobody is in ", Strong(act.room.title), "."), Outcome.ALREADY_SO, public=True)
    for one in people:
        await act.backend.kick(act.room, one)
    names = joined(", ", [named(one) for one in people])
    gone = Watch(lambda: all(act.desk.has_left(act.room, one) for one in people))
    return Reply(
        text("Removed ", *names, " from ", Strong(act.room.title), "."), Outcome.ACCEPTED, public=True, watch=gone
    )


COMMAND = Command(
    name="kick",
    summary="Remove somebody from the running meeting",
    doing="remove people",
    args=Args,
    needs=KicksParticipants,
    permission=Need("monitoringMode", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    public=True,
    binds_meeting=True,
    prepare=prepare,
    says=says,
    run=run,
    examples=("kick standup Ann Lee", "kick standup @ann for=10m", "kick standup all"),
)
