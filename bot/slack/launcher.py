"""The menu behind the bare slash command: a loading modal at once, its content as soon as it is known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from structlog import get_logger

from bot.errors import BotError
from bot.launch import Launch
from bot.reply import Button, Card, Code, Line, text
from bot.slack.client import UNREACHABLE, error_word
from bot.slack.render import button, lines_of, plain
from bot.voice import Address, Voice

MOST_PER_ROW = 5
MOST_BLOCKS = 100
CALLBACK = "launcher"

log = get_logger(__name__)


class Launcher:
    """Opens the menu."""

    def __init__(self, client: AsyncWebClient, voice: Voice) -> None:
        self._client = client
        self._voice = voice

    async def open(self, to: Address, content: Callable[[], Awaitable[Launch]]) -> None:
        """Show it, within the trigger's 3 seconds; where Slack shows no modal, privately as a message."""
        opened = await self._loading(to)
        try:
            launch = await content()
        except BotError as error:
            launch = Launch((Line((str(error),)),), (), ())
        if opened is None:
            await self._voice.whisper(to, _card(launch))
            return
        view_id, view_hash = opened
        arguments = {"view_id": view_id, "hash": view_hash, "view": view(launch, to.channel_id)}
        try:
            await self._client.api_call("views.update", json=arguments)
        except UNREACHABLE as error:
            log.info("menu not filled", error=error_word(error))

    async def _loading(self, to: Address) -> tuple[str, str] | None:
        if to.trigger_id is None:
            return None
        loading = _modal([lines_of(Line(text("One moment …")), private=True)[0]], to.channel_id)
        try:
            answer = await self._client.api_call("views.open", json={"trigger_id": to.trigger_id, "view": loading})
        except UNREACHABLE as error:
            log.info("menu not opened", error=error_word(error))
            return None
        opened = answer.get("view") or {}
        return str(opened.get("id", "")), str(opened.get("hash", ""))


def view(launch: Launch, channel_id: str | None) -> dict[str, Any]:
    """The modal: what is live, what waits, then a button per verb."""
    blocks: list[dict[str, Any]] = []
    for title, lines in (("Live here", launch.live), ("Waiting for you", launch.waiting)):
        if lines:
            blocks.append({"type": "header", "text": plain(title, 150)})
            blocks += [block for line in lines for block in lines_of(line, private=True)]
    if launch.verbs:
        blocks.append({"type": "header", "text": plain("What you can do", 150)})
        blocks += _rows(launch.verbs)
    return _modal(blocks[:MOST_BLOCKS] or lines_of(Line(text("Nothing here yet.")), private=True), channel_id)


def _rows(verbs: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:
    buttons = [Button(name, "form", value=name) for name, _ in verbs]
    rows = [buttons[start : start + MOST_PER_ROW] for start in range(0, len(buttons), MOST_PER_ROW)]
    return [{"type": "actions", "elements": [button(one, number) for number, one in enumerate(row)]} for row in rows]


def _modal(blocks: list[dict[str, Any]], channel_id: str | None) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": channel_id or "",
        "title": plain("Meetings", 24),
        "close": plain("Close", 24),
        "blocks": blocks,
    }


def _card(launch: Launch) -> Card:
    names = ", ".join(name for name, _ in launch.verbs)
    verbs = (Line(text("You can: ", Code(names))),) if names else ()
    return Card(title="Meetings", lines=(*launch.live, *launch.waiting, *verbs))
