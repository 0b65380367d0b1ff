"""Stock Bolt understands what the simulated Slack sends, over HTTP with its own signature check."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.play.slack import SlackServer, demo_workspace
from tests.play.slack.cards import post

MODAL = {
    "type": "modal",
    "callback_id": "room",
    "title": {"type": "plain_text", "text": "Room"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "actions",
            "elements": [{"type": "external_select", "action_id": "who", "min_query_length": 0}],
        }
    ],
}


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    clock = Clock()  # Bolt checks signatures against the real time
    async with SlackServer(
        demo_workspace(clock), clock=clock, signing_secret="secret", bot_token="xoxb-bot", app_token="xapp-app"
    ) as server:
        yield server


@pytest.fixture
async def heard(slack: SlackServer) -> AsyncIterator[list[str]]:
    heard: list[str] = []
    app = _stock_app(slack, heard)

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.router.add_post("/slack/events", handle)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.connect_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    yield heard
    await runner.cleanup()


def _stock_app(slack: SlackServer, heard: list[str]) -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T0MEETOPS", bot_token="xoxb-bot", bot_user_id="U0MEETOPS")

    client = AsyncWebClient(token="xoxb-bot", base_url=slack.api_url)
    app = AsyncApp(signing_secret="secret", client=client, authorize=authorize, process_before_response=True)

    async def command(ack: Any, client: Any, body: Any) -> None:
        heard.append("command")
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        await ack("On it")

    async def action(ack: Any, context: Any) -> None:
        heard.append(f"action by {context.user_id}")
        await ack()

    async def closed(ack: Any) -> None:
        heard.append("closed")
        await ack()

    async def options(ack: Any, body: Any) -> None:
        heard.append(f"options {body['value']}")
        await ack(options=[{"text": {"type": "plain_text", "text": "Mia"}, "value": "1"}])

    async def shortcut(ack: Any) -> None:
        heard.append("shortcut")
        await ack()

    async def home(event: Any) -> None:
        heard.append(f"home of {event['user']}")

    app.command("/meet")(command)
    app.action("approve")(action)
    app.view_closed("room")(closed)
    app.options("who")(options)
    app.shortcut("launch")(shortcut)
    app.event("app_home_opened")(home)
    return app


async def test_bolt_hears_commands_clicks_options_modals_shortcuts_and_events(
    slack: SlackServer, heard: list[str]
) -> None:
    assert (await slack.slash("U0MIA", "#ops", "rooms")).ack == "On it"
    assert (await slack.click("U0MAX", post(slack.workspace), "Approve")).ok
    found = await slack.options("U0MIA", "who", "mi")
    assert isinstance(found.ack, dict)
    assert found.ack["options"][0]["value"] == "1"
    closed = await slack.close_view("U0MIA")
    assert closed is not None
    assert closed.ok
    assert (await slack.shortcut("U0MIA", "launch")).ok
    assert (await slack.open_home("U0VERA")).ok
    assert heard == ["command", "action by U0MAX", "options mi", "closed", "shortcut", "home of U0VERA"]
