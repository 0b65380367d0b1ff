"""`/meet remind room <when> [in #channel]`: a message with Join, once or over and over."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.capabilities import SharesJoinLinks
from bot.command import Act, Command, Confirm
from bot.errors import AlreadySo, BadInput, Refused
from bot.grammar import ChannelWord, Duration, key, optional, render, rest
from bot.model import Outcome, Presence, Risk, RoomWord
from bot.readback import LONGEST_LEAD, LONGEST_NOTE, READ_BACK, buttons_of, rule_words, times, understood
from bot.reply import Button, Place, Reply, Strong, Text, text
from bot.rules import Need
from bot.schedule import When, arranged, last_day
from bot.store import ReminderDraft


@dataclass(frozen=True, slots=True)
class Args:
    """Of which room, when, and where to."""

    room: RoomWord | None = optional("the room")
    when: When | None = rest(
        "tomorrow 9:00, in 20 minutes, every weekday at 9:25, every 2 weeks on tue at 10:00", required=False
    )
    channel: ChannelWord | None = optional("the channel; this one when left out", after=("in", "dans", "to"))
    note: str | None = key("what it says beside the room")
    lead: Duration | None = key("so long before the time it is posted")
    until: str | None = key("the last day, such as 31 december or 2026-12-31")
    replace: bool = key("yes: each takes the message before away", default=False)
    at: When | None = key("or picked: once, at exactly this time", picked=True)
    sure: str | None = key("without the question", hidden=True)


async def prepare(act: Act[SharesJoinLinks], args: Args) -> Args:
    """Read back what was understood, with the next occurrences, before anything is saved."""
    draft = await _draft(act, args)
    now = act.desk.clock.now()
    schedule = draft.schedule
    exact = schedule.typed(now) if schedule.rule else When.exactly(schedule.upcoming(now, 1)[0])
    args = replace(args, when=exact, at=None, until=schedule.until.isoformat() if schedule.until else None)
    if args.sure is None and act.request_id is None:
        line = render("remind", replace(args, sure=secrets.token_hex(6)), act.why)
        raise Confirm(
            text("Understood: ", *understood(draft, now)), Button("Remind", "run", value=line, style="primary")
        )
    return args


async def run(act: Act[SharesJoinLinks], args: Args) -> Reply:
    """Save it. From now on the room belongs to that channel too."""
    draft = await _draft(act, args)
    if not _private(draft.channel_id):
        async with act.desk.store.db.begin() as tx:
            await act.desk.store.rooms.admit_channel(tx, act.room.id, draft.channel_id)
    reminder, new = await act.desk.reminders.arm(draft)
    if not new:
        raise AlreadySo("That reminder is set already; reminders lists it.")
    now = act.desk.clock.now()
    buttons = buttons_of(reminder, await act.desk.reminders.upcoming(reminder, READ_BACK))
    facts = {"reminder": reminder.id, "channel": reminder.channel_id, "when": str(draft.schedule.typed(now))}
    return Reply(text("Reminder set: ", *understood(draft, now)), Outcome.DONE, buttons=buttons, facts=facts)


def _when(args: Args) -> When:
    when = args.when or args.at
    if when is None:
        raise BadInput("Say when: tomorrow 9:00, in 20 minutes, every weekday at 9:25, every 2 weeks on tue at 10:00.")
    if args.when and args.at:
        raise BadInput("Say when in words or pick the time, not both.")
    return when


def says(act: Act[Any], args: Args, presence: Presence | None) -> Text:
    """For an approval: what would be posted where and when."""
    now, zone = act.desk.clock.now(), act.caller.tz
    schedule = arranged(_when(args), now, zone)
    dues = schedule.upcoming(now, READ_BACK)
    until = f" until {args.until}" if args.until else ""
    target: Text = (Place(args.channel.channel_id),) if args.channel else ("this channel",)
    return text(
        "Remind ", *target, " of ", Strong(act.room.title), f": {rule_words(schedule, now)}{until}, {times(dues, zone)}"
    )


async def _draft(act: Act[SharesJoinLinks], args: Args) -> ReminderDraft:
    now, zone = act.desk.clock.now(), act.caller.tz
    until = last_day(args.until, now, zone) if args.until else None
    schedule = arranged(_when(args), now, zone, until=until)
    lead = args.lead.span if args.lead and args.lead.span else timedelta(0)
    if lead > LONGEST_LEAD:
        raise BadInput("lead= is a day at most.")
    if next(schedule.after(now + lead), None) is None:
        raise BadInput(f"There is less time left than lead={args.lead}.")
    if len(args.note or "") > LONGEST_NOTE:
        raise BadInput(f"note= is at most {LONGEST_NOTE} characters.")
    person = act.caller.person
    unique = args.sure if args.sure not in (None, "yes") else act.request_id or secrets.token_hex(6)
    return ReminderDraft(
        key=f"{person}:{unique}",
        owner=person,
        room_id=act.room.id,
        room=act.room.title,
        channel_id=await _target(act, args),
        schedule=schedule,
        note=args.note or "",
        lead=lead,
        replace=args.replace,
    )


async def _target(act: Act[Any], args: Args) -> str:
    """The channel, which the caller must be in, or the caller's own direct messages."""
    target = args.channel.channel_id if args.channel else act.place
    if target is None:
        return act.caller.person.user_id
    if not await act.desk.voice.is_member(target, act.caller.person):
        raise Refused("You can only set reminders in a channel you are in yourself.")
    await act.desk.voice.check_may_post(target)
    return target


def _private(channel_id: str) -> bool:
    return channel_id.startswith(("U", "W"))


COMMAND = Command(
    name="remind",
    summary="Remind a channel of a room, once or over and over",
    doing="set reminders",
    args=Args,
    needs=SharesJoinLinks,
    permission=Need("userInterface", "ACCESS"),
    risk=Risk.REPEATABLE,
    prepare=prepare,
    says=says,
    run=run,
    examples=(
        "remind standup tomorrow 9:00",
        "remind standup every weekday at 9:25 in #team lead=5m",
        'remind board every month on the last friday at 16:00 until=2027-06-30 note="Agenda in the doc"',
    ),
)
