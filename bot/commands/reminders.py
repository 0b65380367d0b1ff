"""`/meet reminders [#channel]`: one's own and this channel's, with Skip next, Pause, Cancel, Edit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.command import Act, Command, Confirm
from bot.errors import BadInput, NotFound, Refused
from bot.forms import Field, FieldForm, FieldKind
from bot.grammar import ChannelWord, key, optional, render
from bot.model import Outcome, Risk
from bot.readback import LONGEST_LEAD, LONGEST_NOTE, READ_BACK, buttons_of, line_of, understood
from bot.reply import Button, Card, Line, Reply, Text, User, text
from bot.rules import Need, read_span, span_words
from bot.schedule import When, arranged, last_day
from bot.store import Reminder

MANAGES = Need("monitoringMode", "READ_WRITE_ACCESS")
PAGE = 10  # as many as one message holds with their buttons
CHANGES = ("when", "note", "lead", "until", "replace")


@dataclass(frozen=True, slots=True)
class Args:
    """Whose; the rest is what the buttons under the list say."""

    channel: ChannelWord | None = optional("those of that channel")
    page: str | None = key(f"which {PAGE} of them, counted from 1", hidden=True)
    skip: str | None = key("a reminder and its next occurrence: leave that out", hidden=True)
    pause: str | None = key("a reminder: hold it back", hidden=True)
    resume: str | None = key("a reminder: let it go on", hidden=True)
    cancel: str | None = key("a reminder: end it", hidden=True)
    edit: str | None = key("a reminder: change it", hidden=True)
    when: When | None = key("its new time", hidden=True)
    note: str | None = key("its new note; empty for none", empty=True, hidden=True)
    lead: str | None = key("so long before; empty for at the time", empty=True, hidden=True)
    until: str | None = key("its last day; empty for none", empty=True, hidden=True)
    replace: bool | None = key("yes: each takes the message before away", hidden=True)
    sure: str | None = key("without the question", hidden=True)


async def prepare(act: Act[Any], args: Args) -> Args:
    """Only one's own; what is changed is read back first."""
    wished = _wished(args)
    if wished is None:
        if args.edit or any(getattr(args, name) is not None for name in CHANGES):
            raise BadInput("Press one button of one reminder at a time.")
        return args
    reminder = await _managed(act, wished[1])
    if wished[0] == "edit":
        changed = _changed(act, args, reminder)
        if args.sure is None and act.request_id is None:
            line = render("reminders", replace(args, sure="yes"), act.why)
            body = text("Understood: ", *understood(changed, act.desk.clock.now()))
            raise Confirm(body, Button("Change", "run", value=line, style="primary"))
    return args


async def run(act: Act[Any], args: Args) -> Reply:
    """List them, or do what the button says."""
    wished = _wished(args)
    if wished is None:
        return await _listed(act, args)
    verb, reminder_id = wished
    reminder = await _managed(act, reminder_id)
    said = await _done(act, args, verb, reminder)
    after = await act.desk.reminders.get(reminder.id) or reminder
    dues = await act.desk.reminders.upcoming(after, READ_BACK)
    line = line_of(after, dues, act.desk.clock.now(), manages=False)
    return Reply(
        text(f"{said}: ", *line.body),
        Outcome.DONE,
        buttons=buttons_of(after, dues),
        facts={"did": verb, "reminder": reminder.id, "channel": reminder.channel_id, "room": reminder.room},
    )


async def form(act: Act[Any], args: Args) -> FieldForm:
    """The modal behind Edit."""
    reminder = await _managed(act, args.edit or "")
    schedule, now = reminder.schedule, act.desk.clock.now()
    if schedule.rule:
        time = Field("when", help="such as every weekday at 9:25", value=str(schedule.typed(now)), required=True)
        ends: tuple[Field, ...] = (Field("until", FieldKind.DATE, "the last day", value=str(schedule.until or "")),)
    else:
        due = next(schedule.after(now), None)
        time = Field("when", FieldKind.MOMENT, value=due.isoformat() if due else "", required=True)
        ends = ()
    lead = span_words(reminder.lead) if reminder.lead else ""
    return FieldForm(
        title="Edit reminder",
        line=f"reminders edit={reminder.id}",
        fields=(
            time,
            Field("note", longest=LONGEST_NOTE, value=reminder.note),
            Field("lead", help="so long before the time it is posted, such as 10m", value=lead),
            *ends,
            Field(
                "replace",
                FieldKind.YES_NO,
                help="each takes the message before away",
                value="yes" if reminder.replace else "no",
            ),
        ),
        note=f"{reminder.room}. Times in words are those of {schedule.zone}.",
    )


def _wished(args: Args) -> tuple[str, str] | None:
    """The button that was pressed, and for which reminder."""
    wished = [(name, str(getattr(args, name))) for name in ("skip", "pause", "resume", "cancel", "edit")]
    given = [(name, value) for name, value in wished if getattr(args, name) is not None]
    if len(given) > 1:
        raise BadInput("Press one button of one reminder at a time.")
    return (given[0][0], given[0][1].partition("@")[0]) if given else None


async def _managed(act: Act[Any], reminder_id: str) -> Reminder:
    """The reminder, where the caller may change it. Raises NotFound, Refused."""
    reminder = await act.desk.reminders.get(reminder_id)
    if reminder is None:
        raise NotFound("That reminder is gone.")
    if not await _manages(act, reminder):
        owner = User(reminder.owner.user_id)
        sentence = (
            "Only the person who set it, the room's owner, or somebody with Monitoring Mode Read/Write,"
            " can change a reminder."
        )
        raise Refused(sentence, detail=text(sentence, " Ask ", owner, "."))
    return reminder


async def _manages(act: Act[Any], reminder: Reminder) -> bool:
    if reminder.owner == act.caller.person:
        return True
    if reminder.private:
        return False
    room = await act.desk.store.rooms.get(reminder.room_id)
    return act.caller.permissions.allows(MANAGES) or (room is not None and room.owner == act.caller.person)


async def _done(act: Act[Any], args: Args, verb: str, reminder: Reminder) -> str:
    reminders, by = act.desk.reminders, act.caller.person
    match verb:
        case "skip":
            moment = When.parse((args.skip or "").partition("@")[2]).moment
            if moment is None:
                raise BadInput("skip= names a reminder and a moment.")
            await reminders.skip(reminder.id, moment)
            return "Left out the next one"
        case "pause":
            await reminders.pause(reminder.id, text("paused by ", User(by.user_id)))
            return "Paused"
        case "resume":
            await reminders.resume(reminder.id)
            return "Goes on"
        case "cancel":
            await reminders.cancel(reminder.id, text("cancelled by ", User(by.user_id)))
            return "Cancelled"
    changed = _changed(act, args, reminder)
    names = ("schedule", "note", "lead", "replace")
    await reminders.change(reminder.id, **{name: getattr(changed, name) for name in names})
    return "Changed"


def _changed(act: Act[Any], args: Args, reminder: Reminder) -> Reminder:
    """The reminder as it would be. Raises BadInput."""
    if all(getattr(args, name) is None for name in CHANGES):
        raise BadInput("Nothing was changed.")
    now, schedule = act.desk.clock.now(), reminder.schedule
    lead = reminder.lead
    if args.lead is not None:
        lead = read_span(args.lead) if args.lead.strip() else timedelta(0)
    if lead > LONGEST_LEAD:
        raise BadInput("lead= is a day at most.")
    if len(args.note or "") > LONGEST_NOTE:
        raise BadInput(f"note= is at most {LONGEST_NOTE} characters.")
    until = schedule.until
    if args.until is not None:
        until = last_day(args.until, now, schedule.zone) if args.until.strip() else None
    when = args.when or schedule.typed(now)
    schedule = arranged(when, now, schedule.zone, until=until if when.repeats else None)
    if next(schedule.after(now + lead), None) is None:
        raise BadInput("There is less time left than lead= says.")
    note = reminder.note if args.note is None else args.note.strip()
    again = reminder.replace if args.replace is None else args.replace
    return replace(reminder, schedule=schedule, lead=lead, note=note, replace=again)


async def _listed(act: Act[Any], args: Args) -> Reply:
    channel = args.channel.channel_id if args.channel else act.place
    if args.channel and not act.caller.permissions.allows(MANAGES):
        await _check_member(act, args.channel.channel_id)
    shown = [
        reminder
        for reminder in await act.desk.reminders.going_on()
        if (reminder.owner == act.caller.person and args.channel is None) or reminder.channel_id == channel
    ]
    pages = max(1, -(-len(shown) // PAGE))
    number = _number(args.page, pages)
    lines = [await _line(act, reminder) for reminder in shown[(number - 1) * PAGE : number * PAGE]]
    turns = ((number - 1, "Earlier"), (number + 1, "More"))
    buttons = tuple(
        Button(label, "run", value=render("reminders", replace(args, page=str(other)), act.why))
        for other, label in turns
        if 1 <= other <= pages
    )
    none = Line(text("No reminders yet. Set one with remind, for example remind standup every weekday at 9:25."))
    return Reply(text(f"{len(shown)} reminders"), card=Card("Reminders", tuple(lines) or (none,), buttons))


async def _line(act: Act[Any], reminder: Reminder) -> Line:
    dues = await act.desk.reminders.upcoming(reminder, READ_BACK)
    return line_of(reminder, dues, act.desk.clock.now(), manages=await _manages(act, reminder))


async def _check_member(act: Act[Any], channel_id: str) -> None:
    if not await act.desk.voice.is_member(channel_id, act.caller.person):
        raise Refused("You can only look at the reminders of a channel you are in yourself.")


def _number(words: str | None, pages: int) -> int:
    if words is None:
        return 1
    if not words.isascii() or not words.isdigit() or not 1 <= int(words) <= pages:
        raise BadInput(f"page= is a number from 1 to {pages}.")
    return int(words)


def says(act: Act[Any], args: Args, presence: object) -> Text:
    """For an approval: what would be done to which reminder."""
    wished = _wished(args)
    return text(f"{wished[0]} reminder {wished[1]}" if wished else "list reminders")


COMMAND = Command(
    name="reminders",
    summary="List the reminders here and your own: skip, pause, edit, cancel",
    doing="see reminders",
    args=Args,
    permission=Need("monitoringMode", "READ_ACCESS"),
    owner_counts=False,
    rooms=lambda args: (),
    risk=Risk.REPEATABLE,
    risk_of=lambda args: Risk.READ if _wished(args) is None else Risk.REPEATABLE,
    prepare=prepare,
    says=says,
    run=run,
    form=form,
    examples=("reminders", "reminders #team"),
)
