"""Answers in a window: to a click where there is no channel, on the Home tab or in a window that stands over it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from structlog import get_logger

from bot.slack.client import UNREACHABLE, error_word
from bot.slack.render import Message, plain, section
from bot.voice import Address

CALLBACK = "answer"

log = get_logger(__name__)


class Windows:
    """Opens them and writes into them. Where Slack shows none, the answer goes another way."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def open(self, to: Address) -> Address:
        """A window at once, before the answer is known: a trigger holds 3 seconds. The address of that window."""
        if to.trigger_id is None or to.view_id is not None:
            return to
        answer = await self._shown("views.open", trigger_id=to.trigger_id, view=loading())
        return replace(to, view_id=str(answer.get("id")), trigger_id=None) if answer else to

    async def say(self, to: Address, content: Message) -> bool:
        """Write it into the window, or into a new one. False where it can't be shown."""
        view = window(content["blocks"])
        if to.view_id is not None:
            return bool(await self._shown("views.update", view_id=to.view_id, view=view))
        return bool(to.trigger_id and await self._shown("views.open", trigger_id=to.trigger_id, view=view))

    async def _shown(self, method: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
        try:
            answer = await self._client.api_call(method, json=arguments)
        except UNREACHABLE as error:
            log.info("window not shown", method=method, error=error_word(error))
            return {}
        shown: dict[str, Any] = answer.get("view") or {}
        return shown


def loading() -> dict[str, Any]:
    """What stands in it until the answer is known."""
    return window([section("One moment …")])


def window(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    """The modal around these blocks."""
    title, close = plain("Meetings", 24), plain("Close", 24)
    return {"type": "modal", "callback_id": CALLBACK, "title": title, "close": close, "blocks": blocks}
