"""How reminders are put into words: what was understood, when it will be, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.reminders import INTERRUPTED, MISSED, UNCLEAR
from bot.reply import Button, Line, Place, Strong, Text, User, text
from bot.rules import span_words
from bot.schedule import Repeat, Schedule, spoken
from bot.store import Fate, Kind, Occurrence, Reminder, ReminderDraft, Standing

READ_BACK = 3  # occurrences
LONGEST_NOTE = 500  # characters
LONGEST_LEAD = timedelta(days=1)
MOST_TOLD = 10
MOST_OF_A_NOTE = 80  # characters, in a list


def where(reminder: ReminderDraft) -> Text:
    """The channel, or whose direct messages."""
    if reminder.channel_id.startswith(("U", "W")):
        return text("the direct messages of ", User(reminder.channel_id))
    return text(Place(reminder.channel_id))


def rule_words(schedule: Schedule, now: datetime) -> str:
    """`every weekday at 09:25 (Europe/Paris) until 2026-12-31`; of once, the day and time themselves."""
    until = f" until {schedule.until.isoformat()}" if schedule.until else ""
    if schedule.rule:
        return f"{schedule.typed(now)} ({schedule.zone}){until}"
    return f"once ({schedule.zone})"


def times(dues: Sequence[datetime], zone: str) -> str:
    """The occurrences as the clocks of that zone show them."""
    return " · ".join(spoken(due, zone) for due in dues) or "never again"


def understood(draft: ReminderDraft, now: datetime) -> Text:
    """What a reminder that was asked for means, with its next occurrences."""
    schedule = draft.schedule
    dues = schedule.upcoming(now + draft.lead, READ_BACK)
    parts: list[str] = [f": {rule_words(schedule, now)}."]
    if schedule.rule and (gaps := Repeat.parse(schedule.rule).gaps):
        parts.append(gaps)
    parts.append(f"{'Next' if schedule.rule else 'At'}: {times(dues, schedule.zone)}.")
    if draft.lead:
        parts.append(f"Posted {span_words(draft.lead)} before.")
    if draft.replace:
        parts.append("Each replaces the message before.")
    if draft.note:
        parts.append(f"Note: {draft.note}")
    return text(Strong(draft.room), " in ", *where(draft), " ".join(parts))


def line_of(reminder: Reminder, dues: Sequence[datetime], now: datetime, *, manages: bool) -> Line:
    """One reminder of a list, with what the reader may do about it."""
    body: list[str] = [f" · {rule_words(reminder.schedule, now)}"]
    if reminder.lead:
        body.append(f" · posted {span_words(reminder.lead)} before")
    if reminder.note:
        more = "…" if len(reminder.note) > MOST_OF_A_NOTE else ""
        body.append(f" · {reminder.note[:MOST_OF_A_NOTE]}{more}")
    why: Text = (" · ", *reminder.why) if reminder.why else ()
    stands = (
        text(" · ", Strong("paused"), *why)
        if reminder.state is Standing.PAUSED
        else text(f" · next: {times(dues, reminder.schedule.zone)}")
    )
    whole = text(
        Strong(reminder.room), " in ", *where(reminder), " · by ", User(reminder.owner.user_id), *body, *stands
    )
    return Line(whole, buttons=buttons_of(reminder, dues) if manages else ())


def buttons_of(reminder: Reminder, dues: Sequence[datetime]) -> tuple[Button, ...]:
    """What its owner may press."""
    if reminder.state is Standing.ENDED:
        return ()
    one = reminder.id
    cancel = Button("Cancel", "run", value=f"reminders cancel={one}", style="danger")
    edit = Button("Edit", "configure", value=f"reminders edit={one}")
    if reminder.state is Standing.PAUSED:
        return (Button("Resume", "run", value=f"reminders resume={one}", style="primary"), edit, cancel)
    skip = [Button("Skip next", "run", value=f"reminders skip={one}@{dues[0]:%Y-%m-%dT%H:%MZ}")] if dues else []
    return (*skip, Button("Pause", "run", value=f"reminders pause={one}"), edit, cancel)


def notice(reminder: Reminder, left_out: Sequence[Occurrence]) -> tuple[Text, tuple[Button, ...]]:
    """What the owner is told: which occurrences were left out or are in doubt, and why it stopped."""
    zone, title = reminder.schedule.zone, text(Strong(reminder.room), " in ", *where(reminder))
    what = "The reminder you put off" if reminder.kind is Kind.SNOOZE else "Your reminder"
    parts: list[Text] = []
    missed = [one.due_at for one in left_out if one.state is Fate.SKIPPED and one.why == MISSED]
    if missed:
        more = f" and {len(missed) - MOST_TOLD} more" if len(missed) > MOST_TOLD else ""
        times_of = times(missed[:MOST_TOLD], zone)
        parts.append(
            text(
                Strong("skipped"),
                f" · {what} of ",
                *title,
                f" was not posted at {times_of}{more}: I could not in time.",
            )
        )
    doubtful = [one.due_at for one in left_out if one.state is Fate.UNKNOWN]
    if doubtful:
        how = {INTERRUPTED: "I was restarted while I posted it", UNCLEAR: "Slack did not answer clearly"}
        why = how.get(next(one.why for one in left_out if one.state is Fate.UNKNOWN), "")
        parts.append(
            text(
                Strong("unknown"), f" · {what} of ", *title, f" at {times(doubtful, zone)} may be there or not: {why}."
            )
        )
    if not reminder.owner_told:
        parts.append(text(Strong(str(reminder.state)), f" · {what} of ", *title, ": ", *reminder.why))
    buttons = buttons_of(reminder, ()) if not reminder.owner_told and reminder.kind is Kind.REMINDER else ()
    return tuple(piece for part in parts for piece in (*part, " ")), buttons
