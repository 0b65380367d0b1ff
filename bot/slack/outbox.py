"""The bot's voice in Slack: private answers over the response_url first, posts and edits at Slack's pace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientConnectorError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from structlog import get_logger

from bot.clock import Clock
from bot.errors import MaybeSaid, NotYetSaid, Unavailable, Unreachable
from bot.forms import FieldForm
from bot.model import Person
from bot.reply import Button, Card, Code, Text, text
from bot.slack.client import UNREACHABLE, Authorisation, error_word
from bot.slack.field_forms import FieldForms
from bot.slack.modals import Modals
from bot.slack.pacing import Edits, Posts
from bot.slack.refusals import NO_THREAD, NOT_THERE, retry_after, unclear
from bot.slack.render import message as rendered
from bot.slack.response_url import Delivery, ResponseUrls
from bot.slack.windows import Windows
from bot.voice import Address, Form, Posted, Sending, Voice

CHANNEL_TTL = timedelta(seconds=60)
MOST_CHANNELS = 2_000
LONGEST_RETRY_AFTER = 60.0
LONGEST_BEFORE_AN_EDIT = 300.0  # seconds: nobody waits for it, and it must not stay undone
LONGEST_BEFORE_ANOTHER_WAY = 3.0
LONGEST_SHOWN_LINE = 2_000
TRIES = 4
NO_PREVIEW = {"unfurl_links": False, "unfurl_media": False}  # Slack's crawler would open what links lead to
BUSY = "Slack takes no message there now; try again in a moment."
NOT_SAID = "Slack did not answer clearly, so I can't say whether the message was posted."

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Channel:
    """What Slack said about a channel. `problem`: why the bot can't post there, empty when it can."""

    name: str
    problem: str
    until: datetime


class SlackVoice(Voice):
    """See `bot/voice.py`."""

    def __init__(
        self,
        client: AsyncWebClient,
        urls: ResponseUrls,
        modals: Modals,
        authorisation: Authorisation,
        clock: Clock,
    ) -> None:
        self._client = client
        self._urls = urls
        self._modals = modals
        self._authorisation = authorisation
        self._clock = clock
        self._posts = Posts(clock)
        self._edits = Edits(clock, self._update)
        self._field_forms = FieldForms(client)
        self._windows = Windows(client)
        self._channels: dict[str, _Channel] = {}

    @property
    def name(self) -> str:
        """The bot's own name in this workspace, without `@`."""
        result = self._authorisation.result
        return (result.get("bot_user") or result.get("user") or "meetops") if result else "meetops"

    async def whisper(self, to: Address, body: Text | Card, buttons: tuple[Button, ...] = ()) -> None:
        """See `Voice`. Nothing is raised: where all three ways are closed, that is logged."""
        content = rendered(body, buttons, private=True)
        if to.response_url is not None:
            answer = {"response_type": "ephemeral", "replace_original": False, **NO_PREVIEW, **content}
            if await self._urls.send(to.response_url, answer) is Delivery.SENT:
                return
        if to.channel_id is None and await self._windows.say(to, content):
            return
        user, thread = to.person.user_id, {"thread_ts": to.thread_ts} if to.thread_ts else {}
        if to.channel_id and not to.channel_id.startswith("D"):
            here = {"channel": to.channel_id, "user": user, **thread, **content}
            if await self._tried("chat.postEphemeral", here, patience=LONGEST_BEFORE_ANOTHER_WAY):
                return
        elif to.channel_id and thread:
            there = {"channel": to.channel_id, **thread, **NO_PREVIEW, **content}
            if await self._tried("chat.postMessage", there, patience=LONGEST_BEFORE_ANOTHER_WAY):
                return
        if not await self._tried("chat.postMessage", {"channel": user, **NO_PREVIEW, **content}):
            log.warning("private answer not delivered", user=user)

    async def window(self, to: Address) -> Address:
        """Where the answer to a click on the Home tab goes: a window that stands there at once."""
        return await self._windows.open(to)

    async def post(
        self,
        to: str,
        body: Text | Card,
        buttons: tuple[Button, ...] = (),
        *,
        thread_ts: str | None = None,
        sending: Sending | None = None,
    ) -> Posted:
        """See `Voice`. Where the thread is gone, it is posted in the channel."""
        content = rendered(body, buttons)
        await self._posts.turn(to)
        message = {"channel": to, **NO_PREVIEW, **content}
        if sending is not None:
            await sending()
        try:
            if thread_ts is None:
                answer, thread = await self._call("chat.postMessage", message), None
            else:
                answer, thread = await self._in_thread(message, thread_ts)
        except SlackApiError as error:
            if retry_after(error) is not None:
                raise NotYetSaid(BUSY) from None
            raise MaybeSaid(NOT_SAID) if unclear(error) else self._unreachable(to, error_word(error)) from None
        except ClientConnectorError:
            raise NotYetSaid("Slack can't be reached now.") from None
        except UNREACHABLE:
            raise MaybeSaid(NOT_SAID) from None
        if isinstance(said := answer.get("message"), dict):
            thread = said.get("thread_ts")
        return Posted(str(answer.get("channel") or to), str(answer.get("ts") or ""), thread)

    async def _in_thread(self, message: dict[str, Any], thread_ts: str) -> tuple[AsyncSlackResponse, str | None]:
        """What Slack answered, and the thread it was sent to, None where that is gone."""
        try:
            return await self._call("chat.postMessage", {**message, "thread_ts": thread_ts}), thread_ts
        except SlackApiError as error:
            if error_word(error) not in NO_THREAD:
                raise
            return await self._call("chat.postMessage", message), None

    async def edit(self, message: Posted, body: Text | Card, buttons: tuple[Button, ...] = ()) -> None:
        """See `Voice`. A message that is gone, or may not be edited any more, is left alone."""
        await self._edits.edit(message, rendered(body, buttons))

    async def remove(self, message: Posted) -> None:
        """See `Voice`."""
        await self._tried("chat.delete", {"channel": message.channel_id, "ts": message.ts})

    async def check_may_post(self, channel_id: str) -> None:
        """See `Voice`."""
        channel = await self._channel(channel_id)
        if channel.problem:
            raise self._unreachable(channel_id, channel.problem)

    async def is_member(self, channel_id: str, person: Person) -> bool:
        """See `Voice`."""
        cursor = ""
        while True:
            try:
                answer = await self._client.conversations_members(channel=channel_id, limit=1000, cursor=cursor)
            except UNREACHABLE as error:
                if error_word(error) in NOT_THERE:
                    raise self._unreachable(channel_id, error_word(error)) from None
                raise NotYetSaid("Slack did not say who is in that channel; try again.") from None
            if person.user_id in (answer.get("members") or ()):
                return True
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return False

    async def channel_name(self, channel_id: str) -> str:
        """See `Voice`."""
        return (await self._channel(channel_id)).name or channel_id

    async def ask(self, to: Address, form: Form) -> None:
        """See `Voice`."""
        if not await self._modals.open(to, form):
            await self.whisper(to, self._in_words(form))

    def _in_words(self, form: Form) -> Text:
        if form.line:
            line: Text = (": ", Code(form.line)) if len(form.line) <= LONGEST_SHOWN_LINE else (".",)
            return text("Say why: type it again with ", Code('why="…"'), " after the verb's words", *line)
        usage = self._modals.usage(form.verb)
        if usage is None:
            return text(f"I don't know {form.verb}; help lists what you can do.")
        return text("Type it: ", Code(usage))

    async def fill_in(self, to: Address, form: Callable[[], Awaitable[FieldForm]]) -> None:
        """See `Voice`."""
        if not await self._field_forms.open(to, form):
            await self.whisper(to, ("Slack shows no form now; type the command with its key=value words.",))

    def forget_channel(self, channel_id: str) -> None:
        """Slack said that something about this channel changed."""
        self._channels.pop(channel_id, None)

    async def _channel(self, channel_id: str) -> _Channel:
        known = self._channels.get(channel_id)
        if known is not None and known.until > self._clock.now():
            return known
        channel = await self._looked_up(channel_id)
        if len(self._channels) >= MOST_CHANNELS:
            self._channels.clear()
        self._channels[channel_id] = channel
        return channel

    async def _looked_up(self, channel_id: str) -> _Channel:
        """What Slack won't tell (a missing scope, an outage) is no proof that posting fails.

        Only a channel in which the bot can post is remembered: whoever invites it expects it to know at once.
        """
        now = self._clock.now()
        try:
            answer = await self._client.conversations_info(channel=channel_id)
        except UNREACHABLE as error:
            word = error_word(error)
            return _Channel("", word if word in NOT_THERE else "", now)
        channel = answer.get("channel") or {}
        name = str(channel.get("name") or "")
        outside = channel.get("is_member") is False and not channel.get("is_im")
        problem = "is_archived" if channel.get("is_archived") else ""
        if outside and (channel.get("is_private") or not self._posts_anywhere()):
            problem = problem or "not_in_channel"
        return _Channel(name, problem, now if problem else now + CHANNEL_TTL)

    def _posts_anywhere(self) -> bool:
        result = self._authorisation.result
        scopes = (result.bot_scopes if result else None) or []
        return "chat:write.public" in scopes

    def _unreachable(self, to: str, word: str) -> Unreachable:
        if word == "is_archived":
            return Unreachable("That channel is archived, so I can't post there.")
        if to.startswith(("U", "W")):
            return Unreachable(f"I can't write to that person ({word}).")
        if word in NOT_THERE:
            return Unreachable(f"I can't post there; invite me with /invite @{self.name}.")
        return Unreachable(f"Slack refused the message ({word}).")

    async def _tried(self, method: str, arguments: dict[str, Any], *, patience: float = LONGEST_RETRY_AFTER) -> bool:
        try:
            await self._call(method, arguments, patience=patience)
        except UNREACHABLE as error:
            log.info("slack call failed", method=method, error=error_word(error))
            return False
        return True

    async def _call(
        self, method: str, arguments: dict[str, Any], *, patience: float = LONGEST_RETRY_AFTER
    ) -> AsyncSlackResponse:
        """Call; a 429 (nothing was done) is waited out, anything else raised."""
        tries = TRIES
        while True:
            try:
                return await self._client.api_call(method, json=arguments)
            except SlackApiError as error:
                wait, tries = retry_after(error), tries - 1
                if wait is None or wait > patience or not tries:
                    raise
                await self._pause(wait)

    async def _update(self, message: Posted, content: dict[str, Any]) -> None:
        """An edit says the same twice, so it may be sent again."""
        arguments = {"channel": message.channel_id, "ts": message.ts, **content}
        for tried in range(TRIES):
            try:
                await self._call("chat.update", arguments, patience=LONGEST_BEFORE_AN_EDIT)
            except UNREACHABLE as error:
                if isinstance(error, SlackApiError) and not unclear(error):
                    log.info("message not edited", error=error_word(error))
                    return
                log.info("edit to be tried again", error=error_word(error))
                await self._pause(0.5 * 2**tried)
                continue
            return
        raise Unavailable("Slack did not take the edit of a message; it may say what it said before.")

    async def _pause(self, seconds: float) -> None:
        await self._clock.sleep_until(self._clock.now() + timedelta(seconds=seconds))
