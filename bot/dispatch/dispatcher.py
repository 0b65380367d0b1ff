"""One command, from its text to its answer: read → choose → judge → act | ask | refuse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

from bot.audit import Entry
from bot.capabilities import file_operations
from bot.command import Confirm
from bot.desk import Desk
from bot.dispatch.about import key_about
from bot.dispatch.approving import Approving
from bot.dispatch.asking import in_the_name_of
from bot.dispatch.carrying import Carrying
from bot.dispatch.delivering import Delivery
from bot.dispatch.following import Following
from bot.dispatch.menu import menu
from bot.dispatch.reading import Order, complete, need_in, read, verb_in, words_for_room
from bot.dispatch.reminding import Reminding
from bot.dispatch.saying import failure, refusal_for_others, spoken
from bot.errors import AlreadySo, BotError, NotFound, Refused, Unavailable
from bot.grammar import quote
from bot.launch import Launch
from bot.lookup import Ambiguous
from bot.metrics import Metrics
from bot.model import Person, Risk, Room
from bot.people import Caller
from bot.reply import Button, Card, Line, Place, Reply, Strong, User, text
from bot.rules import Need
from bot.voice import Address, Form

SUGGEST_SECONDS = 2.0  # Slack waits 3 for the choices of a menu
ANNOUNCED = frozenset({"ban", "delete", "config", "roles"})  # told to the audit channel whenever they act


@dataclass(frozen=True, slots=True)
class House:
    """What the operator laid down about the places and guests of this workspace."""

    audit_channel: str | None = None
    guests_may_join: bool = False


class Dispatcher:
    """The one door from a chat to the commands. Answers the person itself; only bugs leave it."""

    def __init__(
        self, desk: Desk, delivery: Delivery, carrying: Carrying, approving: Approving, house: House, metrics: Metrics
    ) -> None:
        self._desk = desk
        self._delivery = delivery
        self._carrying = carrying
        self._approving = approving
        self._following = Following(desk)
        self._reminding = Reminding(desk)
        self._house = house
        self._about: WeakValueDictionary[tuple[str | None, str | None], asyncio.Lock] = WeakValueDictionary()
        self._metrics = metrics

    async def command(self, address: Address, line: str, key: str) -> None:
        """Carry out a typed (or clicked, or filled in) command line."""
        caller = None
        try:
            caller = await self._desk.people.caller(address.person)
            order = await read(self._desk, line, caller, address)
            await self._give(order, key)
        except BotError as error:
            await self._explain(address, error, line, caller)

    async def command_in(self, address: Address, line: str, key: str) -> None:
        """The same, from a channel that they picked in a form: they have to be in it."""
        try:
            if not await self._desk.voice.is_member(address.channel_id or "", address.person):
                raise Refused("You are not in that channel; pick one that you are in.")
        except BotError as error:
            await self._explain(replace(address, channel_id=None), error, line)
            return
        await self.command(address, line, key)

    async def meet_about(self, address: Address, topic: str, key: str) -> None:
        """A room for a message, its card in the thread; where the thread has one, that one."""
        line = f"start {quote(topic)}" if topic else "start"
        turn = self._about.setdefault((address.channel_id, address.thread_ts), asyncio.Lock())
        async with turn:  # whoever comes second is told of the room that the first one made
            try:
                key = await key_about(self._desk, address, key)
            except AlreadySo as error:
                await self._explain(address, error, line)
                return
            await self.command(address, line, key)

    async def _give(self, order: Order, key: str) -> None:
        act = order.act
        channel = await self._approving.place_for(order, order.rule) if order.rule is not None else ""
        if order.reason_missing:
            form = Form(verb=order.command.name, title="Why?", values={}, only=("why",), line=act.line)
            await self._desk.voice.ask(act.address, form)
            return
        if order.rule is not None:
            await self._approving.ask(order, order.rule, key, channel=channel)
            return
        await self._delivery.check(order.command, act)
        try:
            carried_out = await self._carrying.carry_out(order, key)
        except Ambiguous as error:
            raise complete(error, order.command, order.args, act.why) from None
        if carried_out is None:
            return
        act, reply = carried_out
        self._metrics.commands.labels(verb=order.command.name, outcome=str(reply.outcome or "done")).inc()
        await self._delivery.deliver(act, reply)
        if order.command.name in ANNOUNCED and order.command.risk_with(order.args) is not Risk.READ:
            said = text(User(act.caller.person.user_id), " · ", Strong(order.command.name), " · ", *reply.body)
            await self._delivery.note_publicly(self._house.audit_channel, said)

    async def _explain(
        self, address: Address, error: BotError, line: str, caller: Caller | None = None, *, about: Room | None = None
    ) -> None:
        verb = verb_in(line)
        body, buttons = failure(error)
        await self._desk.voice.whisper(address, body, buttons)
        self._metrics.commands.labels(verb=verb if verb in self._desk.commands else "?", outcome=error.outcome).inc()
        if isinstance(error, Confirm):
            return
        if not error.recorded:
            room = about.title if about else words_for_room(self._desk, line)
            entry = Entry(actor=str(address.person), action=verb[:40], room=room, outcome=error.outcome)
            await self._desk.audit.note(entry)
        command = self._desk.commands.get(verb)
        privileged = command is not None and not _everyday(need_in(self._desk, line))
        if isinstance(error, Refused) and privileged and caller is not None:
            who, why = User(address.person.user_id), refusal_for_others(error)
            said = text(who, " tried ", Strong(verb), " and was refused: ", *why)
            await self._delivery.note_publicly(self._house.audit_channel, said)

    async def join(self, address: Address, where: str) -> None:
        """Somebody pressed Join on a card: their own link, to them alone. `where`: `room` or `room@channel`."""
        room = None
        try:
            room = await self._behind(where)
            caller = await self._admitted(address, room, where)
            with in_the_name_of(caller):
                reply = await self._desk.door.let_in(room, caller)
            await self._desk.voice.whisper(address, spoken(reply.outcome, reply.body), reply.buttons)
            entry = Entry(
                actor=str(address.person), action="join", room=room.title, backend=room.backend, outcome="done"
            )
            await self._desk.audit.note(entry)
        except BotError as error:
            await self._explain(address, error, "join", about=room)

    async def snooze(self, address: Address, value: str) -> None:
        """Somebody pressed Snooze under a reminder (`reminder@moment`): once more, to their direct messages."""
        try:
            reminder = await self._desk.reminders.get(value.partition("@")[0])
            if reminder is None:
                raise NotFound("That reminder is gone.")
            where = f"{reminder.room_id}@{reminder.origin or ''}"
            await self._admitted(address, await self._behind(where), where)
            reply = await self._reminding.snooze(address, value)
        except BotError as error:
            await self._explain(address, error, "remind")
            return
        await self._desk.voice.whisper(address, spoken(reply.outcome, reply.body))

    async def left(self, channel_id: str, *, archived: bool) -> None:
        """The bot was put out of a channel, or the channel was archived: what it would post there is paused."""
        here = Place(channel_id)
        why = text(here, " is archived.") if archived else text("I am not in ", here, " any more; invite me back.")
        await self._desk.reminders.left(channel_id, why)

    async def _behind(self, where: str) -> Room:
        """The room behind a button."""
        room = await self._desk.store.rooms.get(where.partition("@")[0])
        if room is None:
            raise NotFound("That room was deleted.")
        return room

    async def _admitted(self, address: Address, room: Room, where: str) -> Caller:
        """Whoever pressed it. What was put off is judged by the channel it was put off in."""
        origin = where.partition("@")[2]
        caller = await self._desk.people.caller(address.person)
        if origin and await self._desk.voice.is_member(origin, caller.person):
            address = replace(address, channel_id=origin)
        await self._admit(room, caller, address)
        return caller

    async def _admit(self, room: Room, caller: Caller, address: Address) -> None:
        """Join needs no role on a card in one's own channel; guests need the operator's leave."""
        if not await self._desk.lookup.sees(room, caller, address.channel_id):
            raise NotFound("I know no such room here.")
        outsider = caller.guest or caller.stranger
        known = bool(caller.sources) or self._house.guests_may_join
        if caller.doubt and caller.person.enterprise_id and not known:
            raise Unavailable(caller.doubt)  # on Enterprise Grid only the profile tells a stranger
        if outsider and not known:
            raise Refused("Guests can't join from here; ask a member of the workspace to invite you by a guest link.")
        if caller.deactivated:
            raise Refused("Your account is deactivated.")

    async def launch(self, address: Address) -> Launch:
        """What the menu shows: what is live here, what waits for the caller, what they may do."""
        return await menu(self._desk, address)

    async def fill_in(self, address: Address, line: str) -> None:
        """Open a form that completes this line."""
        try:
            caller = await self._desk.people.caller(address.person)
            order = await read(self._desk, line, caller, address, prepare=False)
            make = order.command.form
            if make is None:
                raise NotFound("There is no form for that.")
        except BotError as error:
            await self._explain(address, error, line)
            return
        await self._desk.voice.fill_in(address, lambda: make(order.act, order.args))

    async def suggest(self, address: Address, line: str, related: str, words: str) -> tuple[tuple[str, str], ...]:
        """Objects for the search in a form, (id, name); none where the person may not look, or the vendor fails."""
        try:
            caller = await self._desk.people.caller(address.person)
            order = await read(self._desk, line, caller, address, prepare=False)
            async with asyncio.timeout(SUGGEST_SECONDS):
                return await order.command.suggest(order.act, related, words) if order.command.suggest else ()
        except (BotError, TimeoutError):
            return ()

    async def use_file(self, address: Address, file_id: str, name: str) -> None:
        """Somebody chose the shortcut on a message with a file: what can be done with it, where they may."""
        try:
            caller = await self._desk.people.caller(address.person)
            lines = [line async for line in self._uses(caller, address, file_id, name)]
            if not lines:
                raise Refused("There is nothing that you may do with that file here.")
        except BotError as error:
            await self._explain(address, error, "config")
            return
        await self._desk.voice.whisper(address, Card(f"Use {name}", tuple(lines)))

    async def _uses(self, caller: Caller, address: Address, file_id: str, name: str) -> AsyncIterator[Line]:
        for one in self._desk.backends.values():
            for subject, operation in file_operations(one):
                line = f"config {one.name} {subject.name} {operation.name} file={file_id}"
                try:
                    await read(self._desk, line, caller, address, prepare=False)
                except BotError:
                    continue
                button = Button(subject.title, "configure", value=line)
                yield Line(text(Strong(one.name), f" · {operation.summary}"), buttons=(button,))

    async def click_decision(self, request_id: str, person: Person, verdict: str, key: str) -> None:
        """Before the acknowledgement: the click is committed, nothing more."""
        await self._desk.approvals.decide(request_id, person, verdict, key)

    async def after_decision(self, address: Address, request_id: str) -> None:
        """After the acknowledgement: remember where to tell this approver what became of the click."""
        self._approving.remember(address, request_id)

    async def details(self, address: Address, request_id: str) -> None:
        """The whole request, numbers included, to the requester and to those who may approve."""
        await self._private(address, self._approving.details(address, request_id))

    async def cancel_request(self, address: Address, request_id: str) -> None:
        """The requester takes the request back."""
        await self._private(address, self._approving.cancel(address, request_id))

    async def check(self, address: Address, request_id: str) -> None:
        """Look what became of an unknown outcome; nothing is sent again."""
        await self._private(address, self._following.check(address, request_id))

    async def follow_up(self, address: Address, action: str, request_id: str, key: str) -> None:
        """`Hang up`, `Cancel call`, `Dial again` on the message of a call: a command of the clicker's own."""
        try:
            line = await self._following.line(action, request_id, key)
        except BotError as error:
            await self._explain(address, error, action)
            return
        await self.command(address, line, key)

    async def _private(self, address: Address, reply: Awaitable[Reply]) -> None:
        try:
            answer = await reply
        except BotError as error:
            await self._explain(address, error, "approvals")
            return
        await self._desk.voice.whisper(address, answer.card or spoken(answer.outcome, answer.body), answer.buttons)


def _everyday(need: Need | None) -> bool:
    return need is None or need.area in ("api", "userInterface") or str(need).endswith("Read")
