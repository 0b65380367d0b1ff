"""Where an answer goes: the channel the command came from, or the caller alone; and what follows it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from bot.approvals import Result, card_key
from bot.command import Act, Command
from bot.desk import Desk
from bot.dispatch.saying import answer
from bot.errors import NotFound, Unavailable, Unreachable
from bot.model import Outcome
from bot.reply import Card, Place, Post, Reply, Text, User, Watch, text
from bot.voice import Address, Posted

Background = Callable[[Coroutine[Any, Any, None], str], None]


class Delivery:
    """Says what a command came to. After an effect nothing here may fail it: the private way is tried last."""

    def __init__(self, desk: Desk, background: Background) -> None:
        self._desk = desk
        self._background = background

    async def check(self, command: Command[Any, Any], act: Act[Any]) -> None:
        """Before any effect: the bot must be able to post its result. Raises Unreachable with the remedy."""
        if command.public and act.place is not None:
            await self._desk.voice.check_may_post(act.place)

    async def deliver(self, act: Act[Any], reply: Reply) -> None:
        """The answer, then the messages that go with it, then the watch for its confirmation."""
        posted = None
        if reply.public and act.place is not None:
            posted = await self._in_public(act, reply, act.place)
        else:
            await self._desk.voice.whisper(act.address, answer(reply), reply.buttons)
        await self.send(act.address, reply.posts)
        self.watch(act, reply, posted, privately=posted is None)

    async def send(self, address: Address, posts: tuple[Post, ...]) -> None:
        """Further messages: room cards are remembered, those that could not be delivered are told to the caller."""
        failed: list[Text] = []
        for post in posts:
            try:
                thread = address.thread_ts if post.to == address.channel_id else None
                posted = await self._desk.voice.post(post.to, post.body, post.buttons, thread_ts=thread)
            except Unreachable as error:
                who = User(post.to) if post.to.startswith(("U", "W")) else Place(post.to)
                failed.append(text("I could not reach ", who, f": {error} "))
                continue
            if post.room_id is not None and isinstance(post.body, Card):
                await self._remember(post.room_id, post.body, posted)
        for words in failed:
            await self._desk.voice.whisper(address, words)

    async def _remember(self, room_id: str, card: Card, posted: Posted) -> None:
        """So that the card is kept true. The room may have been deleted while Slack was slow to take it."""
        try:
            async with self._desk.store.db.begin() as tx:
                await self._desk.store.rooms.remember_card(tx, room_id, posted)
        except NotFound:
            self._desk.cards.gone(card.title, (posted,))
            return
        self._desk.cards.posted(room_id, card)

    async def _in_public(self, act: Act[Any], reply: Reply, channel: str) -> Posted | None:
        try:
            posted = await self._desk.voice.post(
                channel, answer(reply, by=act.caller.person), reply.buttons, thread_ts=act.address.thread_ts
            )
        except Unreachable:
            await self._desk.voice.whisper(act.address, answer(reply), reply.buttons)
            return None
        if act.request_id is not None:
            async with self._desk.store.db.begin() as tx:
                await self._desk.store.outbox.remember(tx, card_key(act.request_id), posted)
        return posted

    def watch(self, act: Act[Any], reply: Reply, posted: Posted | None, *, privately: bool = False) -> None:
        """Wait, beside everything else, for the vendor's report that makes the answer *confirmed*.

        `privately`: the answer stands in no message that can be edited, so the caller is told once more.
        """
        if reply.watch is not None:
            self._background(self._watch(act, reply, posted, reply.watch, privately=privately), "watch")

    async def _watch(
        self, act: Act[Any], reply: Reply, posted: Posted | None, watch: Watch, *, privately: bool
    ) -> None:
        if not await self._desk.roster.wait_for(watch.seen, watch.seconds):
            return
        confirmed = replace(reply, outcome=Outcome.CONFIRMED, body=watch.says or reply.body)
        if act.request_id is not None:
            await self._desk.approvals.amend(act.request_id, Result(Outcome.CONFIRMED, confirmed.body, reply.facts))
        elif posted is not None:
            try:
                await self._desk.voice.edit(posted, answer(confirmed, by=act.caller.person), reply.buttons)
            except Unavailable:
                privately = True
        if privately:
            await self._desk.voice.whisper(act.address, answer(confirmed), reply.buttons)

    async def note_publicly(
        self, channel: str | None, body: Text | Card, *, thread_ts: str | None = None
    ) -> Posted | None:
        """A line for others to read, such as the audit channel; None where it cannot be posted (the audit has it)."""
        if channel is None:
            return None
        try:
            return await self._desk.voice.post(channel, body, thread_ts=thread_ts)
        except Unreachable:
            return None
