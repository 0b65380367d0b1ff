"""A tiny bot that shows what a page can do with Slack: it answers, posts a card, opens a window, edits."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.clock import MovableClock


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


CARD = [
    {"type": "header", "text": plain("standup")},
    {
        "type": "actions",
        "block_id": "row",
        "elements": [{"type": "button", "text": plain("Join"), "action_id": "join", "style": "primary"}],
    },
]
WINDOW = {
    "type": "modal",
    "title": plain("New room"),
    "submit": plain("Create"),
    "blocks": [
        {
            "type": "input",
            "block_id": "handle",
            "label": plain("Handle"),
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


@dataclass
class EchoBot:
    """Verifies nothing: it only has to talk."""

    api: str
    token: str
    session: aiohttp.ClientSession
    url: str = ""

    async def hear(self, request: web.Request) -> web.Response:
        form = await request.post()
        if "payload" not in form:
            return await self.command(form["channel_id"], str(form["text"]), form["trigger_id"])
        payload = json.loads(str(form["payload"]))
        answer = self.clicked if payload["type"] == "block_actions" else self.submitted
        return await answer(payload)

    async def command(self, channel: object, text: str, trigger: object) -> web.Response:
        if text == "card":
            await self.call("chat.postMessage", channel=channel, text="standup", blocks=CARD)
        elif text == "window":
            await self.call("views.open", trigger_id=trigger, view=WINDOW)
        else:
            return web.json_response({"response_type": "ephemeral", "text": f"You typed {text}"})
        return web.Response()

    async def clicked(self, payload: Mapping[str, Any]) -> web.Response:
        done = f"joined by <@{payload['user']['id']}>"
        await self.call(
            "chat.update", channel=payload["channel"]["id"], ts=payload["container"]["message_ts"], text=done, blocks=[]
        )
        return web.Response()

    async def submitted(self, payload: Mapping[str, Any]) -> web.Response:
        handle = payload["view"]["state"]["values"]["handle"]["text"]["value"]
        if handle == "taken":
            return web.json_response({"response_action": "errors", "errors": {"handle": "That name is taken."}})
        await self.call("chat.postMessage", channel=payload["user"]["id"], text=f"made {handle}")
        return web.Response()

    async def call(self, method: str, **arguments: object) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.session.post(self.api + method, json=arguments, headers=headers) as answer:
            body = await answer.json()
        assert body["ok"], body


@asynccontextmanager
async def echo_bot(config: Path, environ: Mapping[str, str], clock: MovableClock) -> AsyncIterator[EchoBot]:
    """In place of the real one; see `bot.play.playground.BuildBot`."""
    async with aiohttp.ClientSession() as session:
        bot = EchoBot(environ["SLACK_API_URL"], environ["SLACK_BOT_TOKEN"], session)
        application = web.Application()
        application.router.add_post("/slack/events", bot.hear)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, environ["HOST"], int(environ["PORT"])).start()
        bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield bot
        finally:
            await runner.cleanup()
