"""What the buttons under an answer do: look what became of it, hang up, dial again. Each is judged anew."""

from __future__ import annotations

from bot.approvals import Request, Result
from bot.cards import who_is_in
from bot.desk import Desk
from bot.dispatch.asking import in_the_name_of
from bot.dispatch.reading import Order, read
from bot.errors import AlreadySo, NotFound
from bot.grammar import quote
from bot.model import Outcome
from bot.reply import Reply, Strong, Text, text
from bot.voice import Address

NOTHING_TO_LOOK_AT = "I can't look that up at the vendor; ask for it again if it is still needed."


class Following:
    """Reads the request behind a button."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def check(self, address: Address, request_id: str) -> Reply:
        """Look what became of it, and put its outcome right when that is known now. Sends nothing again."""
        request = await self._request(request_id)
        caller = await self._desk.people.caller(address.person)
        order = await read(self._desk, request.line, caller, address, prepare=False)
        if request.outcome is not Outcome.UNKNOWN:
            return Reply(text(*request.says, ": ", *request.answer), request.outcome)
        if order.command.check is None:
            return Reply(await self._seen(order), Outcome.UNKNOWN)
        with in_the_name_of(caller):
            reply: Reply = await order.command.check(order.act.recorded(request.id), order.args)
        outcome = reply.outcome or Outcome.UNKNOWN
        if outcome is not Outcome.UNKNOWN:
            await self._desk.approvals.amend(request.id, Result(outcome, reply.body, reply.facts))
        return reply

    async def _seen(self, order: Order) -> Text:
        """What can be seen of a command that says nothing about its own effect: who is in."""
        if len(order.act.rooms) != 1:
            return (NOTHING_TO_LOOK_AT,)
        room = order.act.room
        return text(Strong(room.title), " · ", *who_is_in(await self._desk.presence(room)))

    async def line(self, action: str, request_id: str, key: str) -> str:
        """The command that a button under a call stands for; `key` is that of the request it would make.

        Raises NotFound when nothing was dialled, AlreadySo where this very button dialled again before.
        """
        request = await self._request(request_id)
        if action == "dial_again":
            if await self._desk.store.requests.by_key(key) is not None:
                raise AlreadySo("This button has asked for the call again already; for one more, type the command.")
            return request.line
        number = await self._desk.phone.number_of(request.id)
        if number is None:
            raise NotFound("Nothing was dialled for that request.")
        room = await self._desk.store.rooms.get(request.room_id or "")
        if room is None:
            raise NotFound("That room was deleted.")
        return f"hangup {quote(room.title)} {number.e164}"

    async def _request(self, request_id: str) -> Request:
        request = await self._desk.approvals.get(request_id)
        if request is None:
            raise NotFound("That request is gone.")
        return request
