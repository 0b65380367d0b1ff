"""`/meet kick room participant [for=10m|meeting|always]`: remove one person, or `all`, from the running meeting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.capabilities import KicksEverybody, KicksParticipants, ListsParticipants, LocksRooms, SharesJoinLinks
from bot.cards import named, who_is_in
from bot.command import Act, Command
from bot.errors import BackendError, BadInput, NotFound, NotSupported, UnknownOutcome
from bot.grammar import Duration, ParticipantWord, key, optional, quote, rest
from bot.model import Outcome, Participant, Presence, Risk, RoomWord
from bot.reply import At, Button, Reply, Strong, Text, Watch, joined, text
from bot.rules import Need
from bot.store import Block


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
    before = await act.desk.store.rooms.block_on(act.room.id, one.user_id) if one.user_id else None
    held = await _hold_back(act, one, args.duration, before)
    try:
        outcome = await act.backend.kick(act.room, one)
    except UnknownOutcome:
        raise
    except BackendError:
        await _put_back(act, one, before)
        raise
    outcome = await _seen(act, one, outcome)
    act.desk.cards.changed(act.room.id)
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


async def _seen(act: Act[Any], one: Participant, outcome: Outcome) -> Outcome:
    """Where the vendor can be asked, whether they are really out."""
    if outcome is not Outcome.ACCEPTED or not isinstance(act.backend, ListsParticipants):
        return outcome
    try:
        people = (await act.desk.presence(act.room)).participants
    except (BackendError, NotFound):
        return outcome
    return outcome if people is None or any(other.id == one.id for other in people) else Outcome.CONFIRMED


async def _put_back(act: Act[Any], one: Participant, before: Block | None) -> None:
    """Nobody was removed, so nothing more is held back than before."""
    if one.user_id is None:
        return
    rooms = act.desk.store.rooms
    async with act.desk.store.db.begin() as tx:
        if before is None:
            await rooms.unblock(tx, act.room.id, one.user_id)
        else:
            await rooms.block(
                tx,
                act.room.id,
                one.user_id,
                until=before.until,
                meeting_id=before.meeting_id,
                by=before.by,
                why=before.why,
            )


async def _hold_back(act: Act[Any], one: Participant, duration: Duration | None, before: Block | None) -> Text:
    shares = act.backend
    if isinstance(shares, SharesJoinLinks) and not shares.personal_links and not isinstance(shares, LocksRooms):
        return (" They may come back: the address is the same for everybody.",)
    if one.user_id is None:
        return (" They did not come through a link of mine, so they may come back; lock the room to keep them out.",)
    if before is not None and before.until is None and before.meeting_id is None:
        return (" No new link until they are unblocked.",)
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
    return (Button("Unblock", "run", value=f"unblock {quote(act.room.title)} <@{one.person.user_id}>"),)


async def _everyone(act: Act[KicksParticipants]) -> Reply:
    if isinstance(act.backend, KicksEverybody):
        outcome = await act.backend.kick_all(act.room)
        if outcome is Outcome.ALREADY_SO:
            return Reply(text("Nobody was in ", Strong(act.room.title), "."), outcome, public=True)
        act.desk.cards.changed(act.room.id)
        return Reply(text("Removed everybody from ", Strong(act.room.title), "."), outcome, public=True)
    people = (await act.desk.presence(act.room)).participants
    if people is None:
        raise NotSupported(
            f"I can't see who is in {act.room.title}, so I can't remove everybody one by one; end the meeting instead."
            f" Able: {_able_without_a_report(act)}."
        )
    if not people:
        return Reply(text("Nobody is in ", Strong(act.room.title), "."), Outcome.ALREADY_SO, public=True)
    return await _each(act, people)


def _able_without_a_report(act: Act[KicksParticipants]) -> str:
    """The back ends that need not be told who is in: they remove everybody at once, or say it when asked."""
    able = (KicksEverybody, ListsParticipants)
    names = [
        name for name, one in act.desk.backends.items() if isinstance(one, KicksParticipants) and isinstance(one, able)
    ]
    return ", ".join(names) or "none of the configured back ends"


async def _each(act: Act[KicksParticipants], people: tuple[Participant, ...]) -> Reply:
    """One after the other; a failure is named and the rest goes on."""
    removed: list[Participant] = []
    failed: list[tuple[Participant, BackendError]] = []
    for one in people:
        try:
            await act.backend.kick(act.room, one)
            removed.append(one)
        except BackendError as error:
            failed.append((one, error))
    if not removed:
        raise failed[0][1]
    names = joined(", ", [named(one) for one in removed])
    body = text("Removed ", *names, " from ", Strong(act.room.title), ".")
    for one, problem in failed:
        body = text(*body, " Not removed: ", *named(one), f" ({problem})")
    outcome = Outcome(failed[0][1].outcome) if failed else Outcome.ACCEPTED
    gone = Watch(lambda: all(act.desk.has_left(act.room, one) for one in people))
    return Reply(body, outcome, public=True, watch=gone)


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
