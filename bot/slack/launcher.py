"""The menu behind the bare slash command: a loading modal at once, its content as soon as it is known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from structlog import get_logger

from bot.errors import BotError
from bot.launch import Launch
from bot.reply import Button, Card, Code, Line, Strong, text
from bot.slack.client import UNREACHABLE, error_word
from bot.slack.render import Block, button, fitting, header, plain, section
from bot.voice import Address, Voice

MOST_PER_ROW = 5
MOST_BLOCKS = 100
MOST_ROWS = 40
MOST_WORDS = 6_000  # of one list: a view is at most 250 kB of JSON, in which one character may take twelve bytes
CALLBACK = "launcher"
CLOSED = frozenset({"not_found", "hash_conflict"})  # the person has moved on
BROKEN = Launch((Line(text("I could not find out what there is; close this and try again.")),), (), ())

log = get_logger(__name__)


class Launcher:
    """Opens the menu."""

    def __init__(self, client: AsyncWebClient, voice: Voice) -> None:
        self._client = client
        self._voice = voice

    async def open(self, to: Address, content: Callable[[], Awaitable[Launch]]) -> None:
        """Show it, within the trigger's 3 seconds; where Slack shows no modal, privately as a message."""
        opened = await self._loading(to)
        launch = BROKEN
        try:
            launch = await content()
        except BotError as error:
            launch = Launch((Line(text(Strong(error.outcome), " · ", *(error.detail or (str(error),)))),), (), ())
        finally:  # also after a bug, which is reported elsewhere, nobody is left with a loading modal
            if opened is None or not await self._filled(opened, view(launch, to.channel_id)):
                await self._voice.whisper(to, _card(launch))

    async def _loading(self, to: Address) -> tuple[str, str] | None:
        if to.trigger_id is None:
            return None
        loading = _modal([section("One moment …")], to.channel_id)
        try:
            answer = await self._client.api_call("views.open", json={"trigger_id": to.trigger_id, "view": loading})
        except UNREACHABLE as error:
            log.info("menu not opened", error=error_word(error))
            return None
        opened = answer.get("view") or {}
        return str(opened.get("id", "")), str(opened.get("hash", ""))

    async def _filled(self, opened: tuple[str, str], content: dict[str, Any]) -> bool:
        arguments = {"view_id": opened[0], "hash": opened[1], "view": content}
        try:
            await self._client.api_call("views.update", json=arguments)
        except UNREACHABLE as error:
            log.info("menu not filled", error=error_word(error))
            return error_word(error) in CLOSED
        return True


def view(launch: Launch, channel_id: str | None) -> dict[str, Any]:
    """The modal: what is live, what waits, then a button per verb. Of long lists the beginning; of verbs all."""
    verbs = [header("What you can do"), *_rows(launch.verbs)] if launch.verbs else []
    lists = [
        (title, lines) for title, lines in (("Rooms here", launch.live), ("Waiting for you", launch.waiting)) if lines
    ]
    blocks: list[Block] = []
    for title, lines in lists:
        share = (MOST_BLOCKS - len(verbs)) // len(lists) - 1
        blocks += [header(title), *fitting(lines, share, most_words=MOST_WORDS, private=True)]
    return _modal([*blocks, *verbs] or [section("Nothing here yet.")], channel_id)


def _rows(verbs: tuple[tuple[str, str], ...]) -> list[Block]:
    buttons = [Button(name, "form", value=name) for name, _ in verbs]
    rows = [buttons[start : start + MOST_PER_ROW] for start in range(0, len(buttons), MOST_PER_ROW)][:MOST_ROWS]
    return [{"type": "actions", "elements": [button(one, number) for number, one in enumerate(row)]} for row in rows]


def _modal(blocks: list[Block], channel_id: str | None) -> dict[str, Any]:
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
