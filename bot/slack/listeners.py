"""Parse, acknowledge, hand over. No vendor and no Slack call before the acknowledgement.

A click that decides commits its decision first, and nothing more; all other work is a task of its own.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine
from typing import Any, Protocol

from structlog import get_logger

from bot.dispatch.saying import failure
from bot.errors import BotError
from bot.launch import Launch
from bot.model import Person
from bot.people import People
from bot.reply import Strong, text
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
    table,
)
from bot.slack.render import TOO_LONG
from bot.slack.seen import Seen
from bot.tasks import Failure, Tasks
from bot.voice import Address, Form

COMMIT_SECONDS = 1.0
DECISIONS = frozenset({"approve", "deny"})
FOLLOW_UPS = frozenset({"hang_up", "cancel_call", "dial_again"})

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


class SlackListeners:
    """Implements `bot.slack.bolt.Listeners`."""

    def __init__(
        self,
        commands: Commands,
        *,
        tasks: Tasks,
        voice: SlackVoice,
        modals: Modals,
        launcher: Launcher,
        people: People,
        seen: Seen,
        commit_seconds: float = COMMIT_SECONDS,
    ) -> None:
        self._commands = commands
        self._tasks = tasks
        self._voice = voice
        self._modals = modals
        self._launcher = launcher
        self._people = people
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
        work = self._work(address, click)
        if work is not None:
            self._spawn(work, address, click.action)
        return None

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
        address = Address(address.person, submitted.channel_id, None, address.trigger_id)
        key = f"form:{view.get('id')}:{view.get('hash')}"
        self._spawn(self._commands.command(address, submitted.line, key), address, "command")
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
        """The one on a message: use the file that was shared in it."""
        file = file_of(body)
        address = address_of_interaction(body)
        if file is None:
            self._spawn(self._voice.whisper(address, text("There is no file in that message.")), address, "shortcut")
        else:
            self._spawn(self._commands.use_file(address, *file), address, "shortcut")
        return None

    async def event(self, body: Body) -> Ack:
        """What may change who somebody is or where the bot may post."""
        event = table(body, "event")
        match event.get("type"):
            case "subteam_members_changed":
                self._people.invalidate(group_id=str(event.get("subteam_id")))
            case "subteam_updated" | "subteam_created":
                self._people.invalidate(group_id=str(table(event, "subteam").get("id")))
            case "user_change":
                self._people.invalidate(user_id=str(table(event, "user").get("id")))
            case "member_joined_channel" | "member_left_channel":
                self._voice.forget_channel(str(event.get("channel")))
            case "channel_left" | "group_left" | "channel_archive" | "group_archive":
                channel, archived = str(event.get("channel")), str(event["type"]).endswith("archive")
                self._voice.forget_channel(channel)
                self._tasks.spawn(self._commands.left(channel, archived=archived), name="channel left")
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
        self._tasks.spawn(work, name=name, presenter=_Presenter(self._voice, address))


class _Presenter:
    """Tells one person how their command failed."""

    def __init__(self, voice: SlackVoice, address: Address) -> None:
        self._voice = voice
        self._address = address

    async def show(self, error: BotError) -> None:
        """A failure made for people."""
        body, buttons = failure(error)
        await self._voice.whisper(self._address, body, buttons)

    async def report(self, failure: Failure) -> None:
        """The fixed sentence of a bug."""
        await self._voice.whisper(self._address, text(failure.sentence))


def _key(kind: str, address: Address) -> str:
    """One for each thing a person did: Slack gives every command and click a trigger of its own."""
    return f"{kind}:{address.trigger_id or secrets.token_hex(8)}"
