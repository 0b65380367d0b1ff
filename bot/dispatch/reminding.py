"""What reminders call back: may it be posted, the message itself, what its owner is told; and Snooze under it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.cards import join_button
from bot.desk import Desk
from bot.errors import AlreadySo, MaybeSaid, NotFound, NotYetSaid, Refused, Unavailable, Unreachable
from bot.model import Outcome, Room
from bot.people import Caller
from bot.policy import Deny, judge
from bot.readback import notice, rule_words, where
from bot.reminders import ROOM_DELETED, Callbacks, Stop
from bot.reply import At, Button, Card, Line, Place, Reply, Strong, Text, User, text
from bot.schedule import When, arranged
from bot.store import Kind, Occurrence, Reminder, ReminderDraft, Standing
from bot.voice import Address, Posted, Sending

SNOOZE = timedelta(minutes=10)
MAY_REMIND = "remind"  # the verb whose permission an owner must still have
NO_ROOM = "the room is not yours to see any more, so I can't let people in for you"


class Reminding:
    """Judges by today's permissions at every occurrence."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def callbacks(self) -> Callbacks:
        """For `bot.reminders.handlers`."""
        return Callbacks(stop=self.stop, post=self.post, remove=self._desk.voice.remove, tell=self.tell)

    async def stop(self, reminder: Reminder) -> Stop | None:
        """Why it may not be posted now; None when it may. Raises Unavailable when that can't be known."""
        room = await self._desk.store.rooms.get(reminder.room_id)
        if room is None:
            return Stop(Standing.ENDED, ROOM_DELETED)
        owner = await self._desk.people.caller(reminder.owner, fresh=True)
        if owner.deactivated:
            return _paused("the account of the person who set it is deactivated.")
        if reminder.kind is Kind.SNOOZE:
            return None
        if isinstance(denied := self._judged(owner), Deny):
            return Stop(Standing.PAUSED, text("you may not set reminders any more. ", *denied.reason))
        channel = None if reminder.private else reminder.channel_id
        if not await self._desk.lookup.sees(room, owner, channel):
            return _paused(f"{NO_ROOM}.")
        return await self._left(reminder) if channel else None

    def _judged(self, owner: Caller) -> object:
        needs = self._desk.policy().needs(self._desk.commands[MAY_REMIND].permission)
        return judge(needs, owner.permissions, doing="set reminders", doubt=owner.doubt)

    async def _left(self, reminder: Reminder) -> Stop | None:
        """Whether the owner, or the bot, is not in the channel any more."""
        try:
            if not await self._desk.voice.is_member(reminder.channel_id, reminder.owner):
                return Stop(Standing.PAUSED, text("you are not in ", Place(reminder.channel_id), " any more."))
            await self._desk.voice.check_may_post(reminder.channel_id)
        except NotYetSaid as error:
            raise Unavailable(str(error)) from None
        except Refused as error:
            return Stop(Standing.PAUSED, (str(error),))
        return None

    async def post(self, reminder: Reminder, due: datetime, late: bool, sending: Sending) -> Posted:
        """The message. Raises as `Voice.post`."""
        room = await self._desk.store.rooms.get(reminder.room_id)
        if room is None:
            raise NotYetSaid("The room was deleted at this very moment.")
        body, buttons = self._message(reminder, room, due, late=late)
        return await self._desk.voice.post(reminder.channel_id, body, buttons, sending=sending)

    def _message(self, reminder: Reminder, room: Room, due: datetime, *, late: bool) -> tuple[Card, tuple[Button, ...]]:
        title = "Reminder, put off" if reminder.kind is Kind.SNOOZE else "Reminder"
        begins: Text = (" · ", "starts at " if reminder.lead else "", At(due))
        lines = [Line(text(Strong(room.title), *begins, *((" · ", Strong("late")) if late else ())))]
        if reminder.note:
            lines.append(Line(text(reminder.note)))
        if reminder.kind is Kind.REMINDER:
            rule = rule_words(reminder.schedule, self._desk.clock.now())
            lines.append(Line(text(rule, " · set by ", User(reminder.owner.user_id)), quiet=True))
        join = join_button(room)
        if reminder.origin:
            join = Button(join.label, join.action, value=f"{room.id}@{reminder.origin}", style=join.style)
        moment = due.strftime("%Y-%m-%dT%H:%MZ")
        return Card(title, tuple(lines)), (join, Button("Snooze 10 min", "snooze", value=f"{reminder.id}@{moment}"))

    async def tell(self, reminder: Reminder, left_out: Sequence[Occurrence]) -> None:
        """In the owner's direct messages; where nobody reads those any more, in the channel that expects it.

        Raises Unavailable to try again, Unreachable when it can't be said.
        """
        body, buttons = notice(reminder, left_out)
        try:
            await self._desk.voice.post(reminder.owner.user_id, body, buttons)
        except NotYetSaid as error:
            raise Unavailable(str(error)) from None
        except MaybeSaid:
            raise
        except Unreachable:
            if reminder.private:
                raise
            await self._desk.voice.post(reminder.channel_id, body)

    async def snooze(self, address: Address, value: str) -> Reply:
        """Once more in ten minutes, to the clicker's own direct messages."""
        reminder_id, _, _ = value.partition("@")
        reminder = await self._desk.reminders.get(reminder_id)
        room = await self._desk.store.rooms.get(reminder.room_id) if reminder else None
        if reminder is None or room is None:
            raise NotFound("That reminder is gone.")
        person, now = address.person, self._desk.clock.now()
        caller = await self._desk.people.caller(person)
        schedule = arranged(When.exactly(_up(now + SNOOZE)), now, caller.tz)
        origin = reminder.origin or (None if reminder.private else reminder.channel_id)
        draft = ReminderDraft(
            key=f"snooze:{person}:{value}:{schedule.start.isoformat()}",
            owner=person,
            room_id=room.id,
            room=room.title,
            channel_id=person.user_id,
            schedule=schedule,
            note=reminder.note,
            kind=Kind.SNOOZE,
            origin=origin,
        )
        snoozed, new = await self._desk.reminders.arm(draft)
        due = schedule.upcoming(now, 1)[0]
        if not new:
            raise AlreadySo("You put that off already.")
        return Reply(text("I remind you again at ", At(due), ", in ", *where(snoozed), "."), Outcome.DONE)


def _paused(why: str) -> Stop:
    return Stop(Standing.PAUSED, (why,))


def _up(moment: datetime) -> datetime:
    """The next whole minute."""
    begun = moment.replace(second=0, microsecond=0)
    return begun if begun == moment else begun + timedelta(minutes=1)
