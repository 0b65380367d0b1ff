"""Carrying a command out: straight for what may be repeated, behind a recorded request for what may not."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from bot.desk import Desk
from bot.dispatch.reading import Order
from bot.errors import AlreadySo, BotError
from bot.model import Outcome, Risk
from bot.reply import Reply
from bot.store import Draft, Request, Result, State


class Carrying:
    """Runs handlers. What is sent once is sent for a request that the same click or command cannot make twice."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def carry_out(self, order: Order, key: str) -> Reply:
        """Run it. Raises BotError."""
        if order.command.risk is not Risk.ONCE:
            reply: Reply = await order.command.run(order.act, order.args)
            return reply
        request = await self._record(draft_of(order, key))
        try:
            reply = await order.command.run(order.act.recorded(request.id), order.args)
        except BotError as error:
            await self._end(request, Result(Outcome(error.outcome), (str(error),)))
            raise
        await self._end(request, Result(reply.outcome or Outcome.DONE, reply.body, reply.facts))
        return reply

    async def _record(self, draft: Draft) -> Request:
        try:
            async with self._desk.store.db.begin() as tx:
                return await self._desk.store.requests.add(tx, draft, State.RUNNING)
        except IntegrityError:
            raise AlreadySo("I have that command already.") from None

    async def _end(self, request: Request, result: Result) -> None:
        async with self._desk.store.db.begin() as tx:
            await self._desk.store.requests.move(tx, request, State.ENDED, result)


def draft_of(order: Order, key: str) -> Draft:
    """The request an order makes."""
    act = order.act
    room = act.rooms[0] if len(act.rooms) == 1 else None
    return Draft(
        key=key,
        line=act.line,
        verb=order.command.name,
        requester=act.caller.person,
        backend=order.backend or "",
        channel_id=act.address.channel_id,
        room_id=room.id if room else None,
        room=", ".join(one.title for one in act.rooms),
        meeting_id=act.meeting.id if act.meeting else None,
        reason=act.why,
    )
