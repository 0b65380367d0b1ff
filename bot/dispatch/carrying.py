"""Carrying a command out: straight for what may be repeated, behind a recorded request for what may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.approvals import Draft, Result
from bot.audit import Entry
from bot.command import Act
from bot.desk import Desk
from bot.dispatch.reading import Order, carried
from bot.dispatch.saying import secret_options
from bot.errors import BotError, UnknownOutcome
from bot.grammar import quote, redacted
from bot.model import Outcome, Presence, Risk, Room
from bot.phone import without_numbers
from bot.reply import Button, Code, Reply
from bot.rules import ApprovalRule


class Carrying:
    """Runs handlers. What is sent once is sent for a request that the same click or command cannot make twice."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def carry_out(self, order: Order, key: str) -> tuple[Act[Any], Reply] | None:
        """Run it, and give back the act as it is recorded; None when this very command was begun before.

        Raises BotError. A change is in the audit when this returns; mere reads follow in batches.
        """
        if order.command.risk_with(order.args) is Risk.ONCE:
            return await self._recorded(order, key)
        try:
            reply = await carried(order, order.act)
        except UnknownOutcome as error:
            if len(order.act.rooms) == 1:
                look = Button("Check", "run", value=f"who {quote(order.act.room.title)}")
                error.buttons = (look, *error.buttons)
            raise
        await self._note(order, reply)
        return order.act, reply

    async def _note(self, order: Order, reply: Reply) -> None:
        entry = entry_of(order.act, order.command.name, str(reply.outcome or Outcome.DONE), reply.facts)
        if order.command.risk_with(order.args) is Risk.READ:
            await self._desk.audit.note(entry)
            return
        async with self._desk.store.db.begin() as tx:
            await self._desk.audit.write(tx, entry)

    async def _recorded(self, order: Order, key: str) -> tuple[Act[Any], Reply] | None:
        approvals = self._desk.approvals
        request = await approvals.begin(draft_of(order, key))
        if request is None:
            return None
        act = order.act.recorded(request.id)
        try:
            reply = await carried(order, act)
        except BotError as error:
            ended = Result(Outcome(error.outcome), error.detail or (str(error),))
            await self._desk.store.db.persistently(lambda: approvals.finish(request, ended))
            error.recorded = True
            if isinstance(error, UnknownOutcome):
                error.buttons = (Button("Check", "check", value=request.id),)
            raise
        result = Result(reply.outcome or Outcome.DONE, reply.body, reply.facts)
        await self._desk.store.db.persistently(lambda: approvals.finish(request, result))
        return act, reply


def entry_of(act: Act[Any], verb: str, outcome: str, facts: Mapping[str, str]) -> Entry:
    """The audit row of a command that was carried out."""
    return Entry(
        actor=str(act.caller.person),
        action=verb,
        room=", ".join(room.title for room in act.rooms) or facts.get("room", ""),
        backend=act.backends[0].name if act.backends else "",
        outcome=outcome,
        reason=without_numbers(act.why),
        request_id=act.request_id or "",
        facts=facts,
    )


def _line(order: Order) -> str:
    """The command as everybody may read it: numbers masked, secret options left out."""
    return redacted(order.command.name, order.args, secrets=secret_options(order.act.backends))


def bound_to(rooms: Sequence[Room]) -> str | None:
    """The ids of these very rooms: another one under the same handle has another."""
    return ",".join(room.id for room in rooms) or None


def draft_of(
    order: Order,
    key: str,
    *,
    rule: ApprovalRule | None = None,
    presence: Presence | None = None,
    card_channel: str | None = None,
    expires_at: datetime | None = None,
) -> Draft:
    """The request an order makes; with a rule, one that waits for approvals."""
    act, command = order.act, order.command
    unnamed = "" if presence is not None and presence.participants else None  # a meeting without an id of its own
    return Draft(
        key=key,
        line=act.line,
        verb=command.name,
        requester=act.caller.person,
        backend=order.backend or "",
        channel_id=act.address.channel_id,
        thread_ts=act.address.thread_ts,
        card_channel_id=card_channel,
        room_id=bound_to(act.rooms),
        room=", ".join(one.title for one in act.rooms),
        meeting_id=act.meeting.id if act.meeting else unnamed,
        says=command.says(act, order.args, presence) if command.says else (Code(_line(order)),),
        approvals_needed=rule.approvals if rule else 0,
        approver_needs=rule.approver_needs if rule else (),
        notify=rule.notify if rule else (),
        reason=without_numbers(act.why),
        expires_at=expires_at,
        repeatable=command.risk_with(order.args)
        is Risk.ONCE,  # all that its handler does is behind `Act.once`, or harmless twice
    )
