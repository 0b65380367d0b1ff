"""`/meet end room`: end the running meeting for everybody."""

from __future__ import annotations

from dataclasses import dataclass

from bot.capabilities import EndsMeetings, HangsUp
from bot.cards import who_is_in
from bot.command import Act, Command, Confirm
from bot.errors import AlreadySo, BackendError
from bot.grammar import key, optional, quote
from bot.model import Outcome, Presence, Risk, RoomWord
from bot.reply import Button, Reply, Strong, Text, Watch, text
from bot.rules import Need

BACK_IN = "They can come back through Join; lock the room to keep them out."


@dataclass(frozen=True, slots=True)
class Args:
    """Which room."""

    room: RoomWord | None = optional("the room")
    sure: str | None = key("yes: without the question how many people are in", choices=("yes",))


async def prepare(act: Act[EndsMeetings], args: Args) -> Args:
    """A confirmation names how many people are in."""
    presence = await act.desk.presence(act.room)
    if presence.empty and not await act.desk.phone.waiting(act.room):
        raise AlreadySo(f"Nobody is in {act.room.title}; there is no meeting to end.")
    if args.sure is None and act.request_id is None:
        count = "I can't see how many people are in" if presence.participants is None else _count(presence)
        again = Button("End", "run", value=f"end {quote(act.room.title)} sure=yes", style="danger")
        raise Confirm(text("End the meeting in ", Strong(act.room.title), f"? {count}."), again)
    return args


def says(act: Act[EndsMeetings], args: Args, presence: Presence | None) -> Text:
    """The meeting, and who is in."""
    return text("End the meeting in ", Strong(act.room.title), " · ", *who_is_in(presence))


async def run(act: Act[EndsMeetings], args: Args) -> Reply:
    """End it; calls that still wait to ring are cancelled with it."""
    outcome = await act.backend.end_meeting(act.room)
    act.desk.cards.changed(act.room.id)
    cancelled, left = await _cancel_calls(act)
    back = f" {BACK_IN}" if act.backend.ends_by_kicking else ""
    calls = (f" Cancelled {cancelled} waiting call{'s' if cancelled > 1 else ''}." if cancelled else "") + left
    if outcome is Outcome.ALREADY_SO:
        word = Outcome.DONE if cancelled else outcome
        return Reply(text("No meeting was running in ", Strong(act.room.title), f".{calls}"), word, public=True)
    meeting = act.meeting
    watch = Watch(lambda: meeting is not None and act.desk.over(act.room, meeting)) if meeting else None
    return Reply(
        text("Ended the meeting in ", Strong(act.room.title), f".{back}{calls}"), outcome, public=True, watch=watch
    )


async def check(act: Act[EndsMeetings], args: Args) -> Reply:
    """Whether anybody is still in."""
    presence = await act.desk.presence(act.room)
    if presence.empty:
        return Reply(text("Nobody is in ", Strong(act.room.title), " any more."), Outcome.CONFIRMED)
    return Reply(text(Strong(act.room.title), " · ", *who_is_in(presence)), Outcome.UNKNOWN)


async def _cancel_calls(act: Act[EndsMeetings]) -> tuple[int, str]:
    """How many were cancelled, and what went wrong. The meeting has ended whatever becomes of them."""
    if not isinstance(act.backend, HangsUp):
        return 0, ""
    waiting = await act.desk.phone.waiting(act.room)
    for done, number in enumerate(waiting):
        try:
            outcome = await act.backend.hang_up(act.room, number)
        except BackendError as error:
            return done, f" A call to {number.masked} may still ring: {error}"
        found = outcome is not Outcome.ALREADY_SO
        await act.desk.phone.hung_up(act.room, number, by=act.caller.person, found=found)
    return len(waiting), ""


def _count(presence: Presence) -> str:
    count = len(presence.participants or ())
    return "1 person is in" if count == 1 else f"{count} people are in"


COMMAND = Command(
    name="end",
    summary="End the running meeting for everybody",
    doing="end meetings",
    args=Args,
    needs=EndsMeetings,
    permission=Need("monitoringMode", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    public=True,
    binds_meeting=True,
    prepare=prepare,
    says=says,
    run=run,
    check=check,
    examples=("end standup",),
)
