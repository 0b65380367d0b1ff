"""Parse, acknowledge, hand over. No vendor and no Slack call before the acknowledgement.

A click that decides commits its decision first, and nothing more; all other work is a task of its own.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, Protocol

from structlog import get_logger

from bot.launch import Launch
from bot.model import Person
from bot.reply import Strong, text
from bot.slack.events import Events
from bot.slack.field_forms import CALLBACK as FIELDS
from bot.slack.field_forms import options_of, read_form, search_of
from bot.slack.launcher import Launcher
from bot.slack.modals import CALLBACK as FORM
from bot.slack.modals import FieldProblem, Modals, Submitted
from bot.slack.outbox import SlackVoice
from bot.slack.payloads import (
    Body,
    Click,
    address_of_command,
    address_of_interaction,
    click_of,
    file_of,
    message_of,
    on_home,
)
from bot.slack.presenting import Spawner
from bot.slack.render import TOO_LONG
from bot.slack.seen import Seen
from bot.slack.topics import topic
from bot.slack.windows import loading
from bot.voice import Address, Form

COMMIT_SECONDS = 1.0
DECISIONS = frozenset({"approve", "deny"})
ANSWERED = frozenset({"join", "run", "details", "cancel_request", "check"})  # by words: no form follows
FOLLOW_UPS = frozenset({"hang_up", "cancel_call", "dial_again"})

START = Form(verb="start", title="Start a meeting", values={}, where=True)
BEYOND_A_BUTTON = "That is longer than Slack lets a button carry; type the command instead."

Ack = dict[str, Any] | str | None
Pairs = tuple[tuple[str, str], ...]

log = get_logger(__name__)


class Commands(Protocol):
    """What the listeners hand over to: `bot.dispatch.Dispatcher`."""

    async def command(self, address: Address, line: str, key: str) -> None: ...  # noqa: D102
    async def launch(self, address: Address) -> Launch: ...  # noqa: D102
    async def join(self, address: Address, where: str) -> None: ...  # noqa: D102
    async def snooze(self, address: Address, value: str) -> None: ...  # noqa: D102
    async def left(self, channel_id: str, *, archived: bool) -> None: ...  # noqa: D102
    async def click_decision(self, request_id: str, person: Person, verdict: str, key: str) -> None: ...  # noqa: D102
    async def after_decision(self, address: Address, request_id: str) -> None: ...  # noqa: D102
    async def details(self, address: Address, request_id: str) -> None: ...  # noqa: D102
    async def cancel_request(self, address: Address, request_id: str) -> None: ...  # noqa: D102
    async def check(self, address: Address, request_id: str) -> None: ...  # noqa: D102
    async def follow_up(self, address: Address, action: str, request_id: str, key: str) -> None: ...  # noqa: D102
    async def fill_in(self, address: Address, line: str) -> None: ...  # noqa: D102
    async def suggest(self, address: Address, line: str, related: str, words: str) -> Pairs: ...  # noqa: D102
    async def use_file(self, address: Address, file_id: str, name: str) -> None: ...  # noqa: D102
    async def command_in(self, address: Address, line: str, key: str) -> None: ...  # noqa: D102
    async def meet_about(self, address: Address, topic: str, key: str) -> None: ...  # noqa: D102


class SlackListeners:
    """Implements `bot.slack.bolt.Listeners`."""

    def __init__(
        self,
        commands: Commands,
        *,
        spawner: Spawner,
        voice: SlackVoice,
        modals: Modals,
        launcher: Launcher,
        events: Events,
        seen: Seen,
        commit_seconds: float = COMMIT_SECONDS,
    ) -> None:
        self._commands = commands
        self._spawner = spawner
        self._voice = voice
        self._modals = modals
        self._launcher = launcher
        self._events = events
        self._seen = seen
        self._commit_seconds = commit_seconds

    async def command(self, body: Body) -> Ack:
        """A slash command. The acknowledgement is empty, so that what was typed is not published."""
        address, line = address_of_command(body), str(body.get("text") or "").strip()
        if line:
            self._spawn(self._commands.command(address, line, _key("slash", address)), address, "command")
        else:
            self._spawn(self._launcher.open(address, lambda: self._commands.launch(address)), address, "menu")
        return None

    async def action(self, body: Body) -> Ack:
        """A pressed button."""
        address, click = address_of_interaction(body), click_of(body)
        if click is None or not await self._first_time(address, click):
            return None
        if click.action in DECISIONS:
            await self._decide(address, click)
            return None
        if on_home(body) and click.action in ANSWERED:
            self._spawn(self._in_window(address, click), address, click.action)
            return None
        work = self._work(address, click)
        if work is not None:
            self._spawn(work, address, click.action)
        return None

    async def _in_window(self, address: Address, click: Click) -> None:
        """There is no channel to answer in: a window stands there before anything is looked up."""
        work = self._work(await self._voice.window(address), click)
        if work is not None:
            await work

    async def view_submission(self, body: Body) -> Ack:
        """A filled-in form: understood before it closes, so that what is wrong is said beside its field."""
        view = body.get("view")
        if not isinstance(view, dict) or view.get("callback_id") not in (FORM, FIELDS):
            return None
        try:
            fields = view["callback_id"] == FIELDS
            submitted = Submitted(*read_form(view)) if fields else self._modals.read(view)
        except FieldProblem as problem:
            return {"response_action": "errors", "errors": problem.errors}
        address = address_of_interaction(body)
        there = Address(address.person, submitted.channel_id, None, address.trigger_id, submitted.thread_ts)
        key = f"form:{view.get('id')}:{view.get('hash')}"
        give = self._commands.command_in if submitted.picked else self._commands.command
        if there.channel_id is None:  # the form becomes the window in which it is answered
            there = replace(there, view_id=str(view.get("id")), trigger_id=None)
            self._spawn(give(there, submitted.line, key), there, "command")
            return {"response_action": "update", "view": loading()}
        self._spawn(give(there, submitted.line, key), there, "command")
        return {"response_action": "clear"}

    async def view_closed(self, body: Body) -> Ack:
        """Nothing was asked for."""
        return None

    async def options(self, body: Body) -> Ack:
        """Choices for the search in a form made from a schema: objects of the vendor, looked up as one types."""
        asked = search_of(body)
        if asked is None:
            return {"options": []}
        line, related, words = asked
        return options_of(await self._commands.suggest(address_of_interaction(body), line, related, words))

    async def shortcut(self, body: Body) -> Ack:
        """A global one, or one in the menu of a message."""
        address = address_of_interaction(body)
        match body.get("callback_id"):
            case "start_meeting":
                self._spawn(self._voice.ask(address, START), address, "shortcut")
            case "meet_about":
                words, thread = message_of(body)
                address = replace(address, thread_ts=thread)
                work = self._commands.meet_about(address, topic(words), _key("shortcut", address))
                self._spawn(work, address, "shortcut")
            case _:
                self._spawn(self._use_file(address, body), address, "shortcut")
        return None

    async def _use_file(self, address: Address, body: Body) -> None:
        file = file_of(body)
        if file is None:
            await self._voice.whisper(address, text("There is no file in that message."))
        else:
            await self._commands.use_file(address, *file)

    async def event(self, body: Body) -> Ack:
        """What may change who somebody is or where the bot may post, and what is said to the bot."""
        await self._events.take(body)
        return None

    async def _first_time(self, address: Address, click: Click) -> bool:
        if not click.at:
            return True
        key = f"click:{address.person}:{click.action}:{click.value}:{click.message_ts}:{click.at}"
        return await self._seen.first_time(key)

    async def _decide(self, address: Address, click: Click) -> None:
        key = f"{click.message_ts}:{click.action}:{click.value}:{address.person}:{click.at}"
        await self._commands.after_decision(address, click.value)
        try:
            async with asyncio.timeout(self._commit_seconds):
                await self._commands.click_decision(click.value, address.person, click.action, key)
        except TimeoutError:
            log.error("decision not committed in time", request_id=click.value)
            self._spawn(self._not_taken(address), address, "decision")

    async def _not_taken(self, address: Address) -> None:
        words = "I could not write your decision down in time, so it may not count; look at the card, then press again."
        await self._voice.whisper(address, text(Strong("unavailable"), f" · {words}"))

    def _work(self, address: Address, click: Click) -> Coroutine[Any, Any, None] | None:
        value, commands = click.value, self._commands
        plain = {
            "join": commands.join,
            "snooze": commands.snooze,
            "configure": commands.fill_in,
            "details": commands.details,
            "cancel_request": commands.cancel_request,
            "check": commands.check,
        }
        if click.action in plain:
            return plain[click.action](address, value)
        match click.action:
            case "open":
                return None
            case "run":
                return commands.command(address, value, _key("click", address))
            case "form":
                return self._form(address, value)
            case "start_meeting":
                return self._voice.ask(address, START)
            case "dial_again" if click.message_ts:  # it costs money: once for each message that offers it
                return commands.follow_up(address, "dial_again", value, f"again:{value}:{click.message_ts}")
            case action if action in FOLLOW_UPS:
                return commands.follow_up(address, action, value, _key("click", address))
            case action if action == TOO_LONG:
                return self._voice.whisper(address, text(BEYOND_A_BUTTON))
        return self._voice.whisper(address, text("That button is from an older version; type the command instead."))

    def _form(self, address: Address, verb: str) -> Coroutine[Any, Any, None]:
        if self._modals.asks_nothing(verb):
            return self._commands.command(address, verb, _key("click", address))
        return self._voice.ask(address, Form(verb=verb, title=verb.capitalize(), values={}))

    def _spawn(self, work: Coroutine[Any, Any, None], address: Address, name: str) -> None:
        self._spawner.spawn(work, address, name)


def _key(kind: str, address: Address) -> str:
    """One for each thing a person did: Slack gives every command and click a trigger of its own."""
    return f"{kind}:{address.trigger_id or secrets.token_hex(8)}"
