"""Asking for approval, and what the approvals engine calls back: judge, perform, show, answer, tell."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from bot.approvals import STILL_OPEN, Callbacks, Request, Result, card_key, note_key
from bot.command import Act, enforce
from bot.desk import Desk
from bot.dispatch.carrying import bound_to, draft_of
from bot.dispatch.delivering import Delivery
from bot.dispatch.reading import Order, carried, prepared, read
from bot.dispatch.requesting import answer_of, buttons_of, card_of, details_of
from bot.dispatch.saying import line_in_full, secret_options, spoken
from bot.errors import NotFound, Refused, Unreachable
from bot.grammar import parse
from bot.model import Outcome, Person
from bot.policy import Decision, judge, judge_possible
from bot.reply import At, Button, Reply, Strong, Text, User, text
from bot.rules import ApprovalRule
from bot.voice import Address, Posted

MOST_REMEMBERED = 1_000
NO_CARD_CHANNEL = (
    "From a direct message there is no channel to ask in; type it in a channel, or ask an administrator to set"
    " approval_channel."
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where approvals are asked for and reported; None: where the command came from, nowhere."""

    approval_channel: str | None = None
    audit_channel: str | None = None


class Approving:
    """The conversation around requests that wait."""

    def __init__(self, desk: Desk, delivery: Delivery, places: Places) -> None:
        self._desk = desk
        self._delivery = delivery
        self._places = places
        self._addresses: OrderedDict[tuple[str, str], Address] = OrderedDict()

    def callbacks(self) -> Callbacks:
        """For `bot.approvals.handlers`."""
        return Callbacks(judge=self.judge, perform=self.perform, show=self.show, answer=self.answer, tell=self.tell)

    async def place_for(self, order: Order, rule: ApprovalRule) -> str:
        """The channel for its card. Raises Refused for what nobody could approve or where nobody can be asked."""
        act = order.act
        possible = await self._desk.people.could_approve(rule.approver_needs, besides=act.caller.person)
        enforce(judge_possible(rule, possible.possible))
        channel = self._places.approval_channel or act.place
        if channel is None:
            raise Refused(NO_CARD_CHANNEL)
        await self._desk.voice.check_may_post(channel)
        await self._delivery.check(order.command, act)
        return channel

    async def ask(self, order: Order, rule: ApprovalRule, key: str, *, channel: str) -> None:
        """Put the order before its approvers in this channel, and give the requester the way to take it back."""
        act = order.act
        presence = await self._desk.presence(act.room) if len(act.rooms) == 1 else None
        expires_at = self._desk.clock.now() + rule.expires
        draft = draft_of(order, key, rule=rule, presence=presence, card_channel=channel, expires_at=expires_at)
        request = await self._desk.approvals.ask(draft)
        others = "1 other person" if rule.approvals == 1 else f"{rule.approvals} other people"
        body = text("Asked for approval: ", *request.says, f" · Needs {others}, until ", At(expires_at), ".")
        cancel = Button("Cancel request", "cancel_request", value=request.id)
        await self._desk.voice.whisper(act.address, body, (cancel,))

    async def judge(self, request: Request, approver: Person) -> Decision:
        """Whether this person may decide on it, by what Slack and the rules say at this moment."""
        caller = await self._desk.people.caller(approver, fresh=True)
        return judge(request.approver_needs, caller.permissions, doing="decide on this", doubt=caller.doubt)

    async def perform(self, request: Request) -> Result:
        """Read the command again, judge the requester by today's roles, and carry it out for the meeting it was for."""
        caller = await self._desk.people.caller(request.requester, fresh=True)
        address = Address(request.requester, channel_id=request.channel_id, thread_ts=request.thread_ts)
        found = await read(self._desk, request.line, caller, address, request_id=request.id, prepare=False)
        await self._check_same(request, found)
        order = await prepared(found)
        reply = await carried(order, order.act)
        await self._follow(request, order.act, reply)
        return Result(reply.outcome or Outcome.DONE, reply.body, reply.facts)

    async def _check_same(self, request: Request, order: Order) -> None:
        rooms = order.act.rooms
        if request.room_id != bound_to(rooms):
            raise Refused("The room is not the one that was approved; ask again.")
        if not order.command.binds_meeting or request.meeting_id is None or not rooms:
            return
        if not await self._desk.door.meeting_over(rooms[0], request.meeting_id):
            return
        room, ended = rooms[0], None
        if request.meeting_id:
            ended = self._desk.roster.ended_at(room.backend, room.vendor_id, request.meeting_id)
        when: Text = (" at ", At(ended)) if ended else ()
        raise Refused("That meeting ended; ask again.", detail=text("That meeting ended", *when, "; ask again."))

    async def _follow(self, request: Request, act: Act[Any], reply: Reply) -> None:
        """What goes with the result. The effect has happened, so nothing here may fail it."""
        await self._delivery.send(act.address, reply.posts)
        if reply.public and act.place is not None and act.place != request.card_channel_id:
            said = spoken(reply.outcome or Outcome.DONE, reply.body, by=request.requester)
            note = await self._delivery.note_publicly(act.place, said, thread_ts=request.thread_ts)
            if note is not None and reply.outcome in STILL_OPEN:
                await self._keep_right(note_key(request.id), note)
        self._delivery.watch(act.recorded(request.id), reply, None)

    async def show(self, request: Request, posted: Posted | None) -> Posted:
        """Post the card, or edit it to how things stand. Of what was carried out at once, the answer is edited."""
        body, buttons = answer_of(request)
        if request.approvals_needed:
            body, buttons = card_of(request, await self._desk.approvals.approvers(request.id))
        if posted is None:
            thread = request.thread_ts if request.card_channel_id == request.channel_id else None
            return await self._desk.voice.post(request.card_channel_id or "", body, buttons, thread_ts=thread)
        await self._desk.voice.edit(posted, body, buttons)
        note = await self._desk.store.outbox.posted(note_key(request.id))
        if note is not None and request.outcome not in STILL_OPEN:
            await self._desk.voice.edit(note, answer_of(request)[0])
        return posted

    async def answer(self, request: Request, person: Person, why: Text) -> None:
        """Tell a clicker why the click did not count."""
        address = self._addresses.pop((request.id, person.user_id), None)
        address = address or Address(person, channel_id=request.card_channel_id)
        await self._desk.voice.whisper(address, text(Strong("refused"), " · ", *why))

    async def tell(self, request: Request) -> None:
        """Tell the requester in their direct messages how it ended, and the audit channel what was decided."""
        body = text(Strong(request.word), " · ", *request.answer, " · You asked: ", *request.says)
        buttons = () if request.approvals_needed else buttons_of(request)  # else they stand on the card
        try:
            posted = await self._desk.voice.post(request.requester.user_id, body, buttons)
        except Unreachable:
            to = Address(request.requester, channel_id=request.channel_id, thread_ts=request.thread_ts)
            await self._desk.voice.whisper(to, body, buttons)
        else:
            if buttons:  # cut off when it was carried out at once: no other message shows how it stands
                await self._keep_right(card_key(request.id), posted)
        if request.approvals_needed:
            asked = text(User(request.requester.user_id), " asked: ", *request.says, " · ", Strong(request.word))
            await self._delivery.note_publicly(self._places.audit_channel, text(*asked, " · ", *request.answer))

    async def _keep_right(self, key: str, posted: Posted) -> None:
        """So that the message is edited when more is known."""
        async with self._desk.store.db.begin() as tx:
            await self._desk.store.outbox.remember(tx, key, posted)

    def remember(self, address: Address, request_id: str) -> None:
        """Where this clicker can be answered privately."""
        self._addresses[request_id, address.person.user_id] = address
        while len(self._addresses) > MOST_REMEMBERED:
            self._addresses.popitem(last=False)

    async def details(self, address: Address, request_id: str) -> Reply:
        """The whole request. Raises Refused for anybody but the requester and those who may approve."""
        request = await self._request(request_id)
        caller = await self._desk.people.caller(address.person)
        if request.requester.user_id != address.person.user_id:
            caller.require(request.approver_needs, doing="see the details of this request")
        parsed = parse(request.line, {name: command.args for name, command in self._desk.commands.items()})
        backend = self._desk.backends.get(request.backend)
        line = line_in_full(parsed, secret_options([backend] if backend else []))
        return Reply((), card=details_of(request, f"{self._desk.slash} {line}"))

    async def cancel(self, address: Address, request_id: str) -> Reply:
        """Take it back."""
        request = await self._desk.approvals.cancel(request_id, address.person)
        return Reply(text("Took back: ", *request.says), Outcome.CANCELLED)

    async def _request(self, request_id: str) -> Request:
        request = await self._desk.approvals.get(request_id)
        if request is None:
            raise NotFound("That request is gone.")
        return request
