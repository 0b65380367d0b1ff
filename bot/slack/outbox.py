"""The bot's voice in Slack: private answers over the response_url first, posts and edits at Slack's pace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from structlog import get_logger

from bot.clock import Clock
from bot.errors import Unreachable
from bot.forms import FieldForm
from bot.model import Person
from bot.reply import Button, Card, Text
from bot.slack.client import UNREACHABLE, Authorisation, error_word
from bot.slack.field_forms import FieldForms
from bot.slack.modals import Modals
from bot.slack.pacing import Edits, Posts
from bot.slack.render import message as rendered
from bot.slack.response_url import Delivery, ResponseUrls
from bot.voice import Address, Form, Posted, Voice

CHANNEL_TTL = timedelta(seconds=60)
MOST_CHANNELS = 2_000
LONGEST_RETRY_AFTER = 60.0
TRIES = 4
NOT_THERE = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "no_permission"})

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
        self._channels: dict[str, _Channel] = {}

    async def whisper(self, to: Address, body: Text | Card, buttons: tuple[Button, ...] = ()) -> None:
        """See `Voice`. Nothing is raised: where all three ways are closed, that is logged."""
        content = rendered(body, buttons, private=True)
        if to.response_url is not None:
            answer = {"response_type": "ephemeral", "replace_original": False, **content}
            if await self._urls.send(to.response_url, answer) is Delivery.SENT:
                return
        user = to.person.user_id
        if to.channel_id and not to.channel_id.startswith("D"):
            thread = {"thread_ts": to.thread_ts} if to.thread_ts else {}
            if await self._tried("chat.postEphemeral", {"channel": to.channel_id, "user": user, **thread, **content}):
                return
        if not await self._tried("chat.postMessage", {"channel": user, **content}):
            log.warning("private answer not delivered", user=user)

    async def post(self, to: str, body: Text | Card, buttons: tuple[Button, ...] = ()) -> Posted:
        """See `Voice`."""
        content = rendered(body, buttons)
        await self._posts.turn(to)
        try:
            answer = await self._waiting_out("chat.postMessage", {"channel": to, **content})
        except SlackApiError as error:
            raise self._unreachable(to, error_word(error)) from None
        except UNREACHABLE:
            raise Unreachable("Slack did not answer, so I can't say whether the message was posted.") from None
        return Posted(str(answer["channel"]), str(answer["ts"]))

    async def edit(self, message: Posted, body: Text | Card, buttons: tuple[Button, ...] = ()) -> None:
        """See `Voice`. A message that is gone, or may not be edited any more, is left alone."""
        await self._edits.edit(message, rendered(body, buttons))

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
            except SlackApiError as error:
                raise self._unreachable(channel_id, error_word(error)) from None
            except UNREACHABLE:
                raise Unreachable("Slack did not say who is in that channel; try again.") from None
            if person.user_id in answer.get("members", ()):
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
            words = (
                f'Say why: type it again with why="…" at the end: {form.line}' if form.line else f"Type {form.verb}."
            )
            await self.whisper(to, (words,))

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
        name, problem = await self._looked_up(channel_id)
        if len(self._channels) >= MOST_CHANNELS:
            self._channels.clear()
        channel = _Channel(name, problem, self._clock.now() + (CHANNEL_TTL if not problem else timedelta(0)))
        self._channels[channel_id] = channel
        return channel

    async def _looked_up(self, channel_id: str) -> tuple[str, str]:
        """Name and problem. What Slack won't tell (a missing scope, an outage) is no proof that posting fails."""
        try:
            answer = await self._client.conversations_info(channel=channel_id)
        except SlackApiError as error:
            word = error_word(error)
            return "", word if word in NOT_THERE else ""
        except UNREACHABLE:
            return "", ""
        channel = answer.get("channel") or {}
        name = str(channel.get("name") or "")
        if channel.get("is_archived"):
            return name, "is_archived"
        outside = channel.get("is_member") is False and not channel.get("is_im")
        if outside and (channel.get("is_private") or not self._posts_anywhere()):
            return name, "not_in_channel"
        return name, ""

    def _posts_anywhere(self) -> bool:
        result = self._authorisation.result
        scopes = (result.bot_scopes if result else None) or []
        return not scopes or "chat:write.public" in scopes

    def _unreachable(self, to: str, word: str) -> Unreachable:
        if word == "is_archived":
            return Unreachable("That channel is archived, so I can't post there.")
        if to.startswith(("U", "W")):
            return Unreachable(f"I can't write to that person ({word}).")
        if word in NOT_THERE:
            return Unreachable(f"I can't post there; invite me with /invite @{self._name()}.")
        return Unreachable(f"Slack refused the message ({word}).")

    def _name(self) -> str:
        result = self._authorisation.result
        return (result.get("bot_user") or result.get("user") or "meetops") if result else "meetops"

    async def _tried(self, method: str, arguments: dict[str, Any]) -> bool:
        try:
            await self._waiting_out(method, arguments)
        except UNREACHABLE as error:
            log.info("slack call failed", method=method, error=error_word(error))
            return False
        return True

    async def _waiting_out(self, method: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
        """Call; a 429 (nothing was done) is waited out, anything else raised."""
        for _ in range(TRIES):
            try:
                return await self._client.api_call(method, json=arguments)
            except SlackApiError as error:
                wait = _retry_after(error)
                if wait is None or wait > LONGEST_RETRY_AFTER:
                    raise
                await asyncio.sleep(wait)
        return await self._client.api_call(method, json=arguments)

    async def _update(self, message: Posted, content: dict[str, Any]) -> None:
        arguments = {"channel": message.channel_id, "ts": message.ts, **content}
        for tried in range(TRIES):
            try:
                await self._waiting_out("chat.update", arguments)
            except SlackApiError as error:
                log.info("message not edited", error=error_word(error))
                return
            except UNREACHABLE as error:  # an edit says the same twice, so it may be sent again
                log.info("edit to be tried again", error=error_word(error))
                await asyncio.sleep(0.5 * 2**tried)
                continue
            return
        log.warning("message not edited", error="unreachable")


def _retry_after(error: SlackApiError) -> float | None:
    headers: Callable[[str, str], str] = getattr(error.response, "headers", {}).get
    if getattr(error.response, "status_code", 0) != 429:
        return None
    words = headers("Retry-After", "1")
    return float(words) if str(words).isdigit() else 1.0
