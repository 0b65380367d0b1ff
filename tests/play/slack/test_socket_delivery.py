"""Socket Mode, driven by Slack's own SDK client and by a bare WebSocket where the SDK hides too much."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.play.slack import SlackServer, Workspace


class Bot:
    """The SDK's client, answering every envelope."""

    def __init__(self, slack: SlackServer) -> None:
        self.envelopes: list[SocketModeRequest] = []
        self.answer: dict[str, Any] | None = None
        web = AsyncWebClient(token="xoxb-bot", base_url=slack.api_url)
        self.client = SocketModeClient(app_token="xapp-app", web_client=web, ping_interval=0.05, trace_enabled=False)
        self.client.socket_mode_request_listeners.append(self._acknowledge)

    async def _acknowledge(self, client: AsyncBaseSocketModeClient, envelope: SocketModeRequest) -> None:
        self.envelopes.append(envelope)
        await client.send_socket_mode_response(SocketModeResponse(envelope.envelope_id, self.answer))


@pytest.fixture
async def bot(slack: SlackServer) -> AsyncIterator[Bot]:
    bot = Bot(slack)
    await bot.client.connect()  # type: ignore[no-untyped-call]
    await slack.workspace.until(lambda: slack.socket_mode.connections)
    yield bot
    await bot.client.close()  # type: ignore[no-untyped-call]


async def link(slack: SlackServer) -> str:
    client = AsyncWebClient(base_url=slack.api_url)
    return str((await client.apps_connections_open(app_token="xapp-app"))["url"])


async def test_a_command_reaches_the_sdk_and_its_answer_is_shown(
    slack: SlackServer, bot: Bot, workspace: Workspace
) -> None:
    bot.answer = {"text": "On it"}
    delivery = await slack.slash("U0MIA", "#ops", "rooms")
    (envelope,) = bot.envelopes
    assert (envelope.type, envelope.payload["text"], envelope.accepts_response_payload) == (
        "slash_commands", "rooms", True
    )  # fmt: skip
    assert (delivery.ok, delivery.ack) == (True, {"text": "On it"})
    assert [message.text for message in workspace.ephemerals(user="U0MIA")] == ["On it"]


async def test_interactions_and_events_come_as_their_own_envelopes(slack: SlackServer, bot: Bot) -> None:
    await slack.shortcut("U0MIA", "launch")
    await slack.open_home("U0MIA")
    interactive, event = bot.envelopes
    assert (interactive.type, interactive.payload["callback_id"]) == ("interactive", "launch")
    assert (event.type, event.payload["event"]["type"], event.retry_attempt) == ("events_api", "app_home_opened", 0)


async def test_an_envelope_can_come_twice_and_be_sent_again(slack: SlackServer, bot: Bot) -> None:
    slack.socket_mode.deliver_twice()
    delivery = await slack.shortcut("U0MIA", "launch")
    await slack.redeliver(delivery)
    await slack.workspace.until(lambda: len(bot.envelopes) == 3)
    assert len({envelope.envelope_id for envelope in bot.envelopes}) == 1


async def test_the_sdk_comes_back_after_a_refresh_and_after_a_broken_line(slack: SlackServer, bot: Bot) -> None:
    for leave in (slack.socket_mode.disconnect, slack.socket_mode.drop):
        (before,) = slack.socket_mode.connections
        if (leaving := leave()) is not None:
            await leaving
        await slack.workspace.until(lambda old=before: slack.socket_mode.connections not in ([], [old]))  # type: ignore[misc]
        await slack.workspace.until(lambda: len(slack.socket_mode.connections) == 1)
        assert (await slack.shortcut("U0MIA", "launch")).ok


async def test_a_ticket_lets_in_once(slack: SlackServer) -> None:
    url = await link(slack)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
    assert slack.socket_mode.refused == 1


async def test_connects_can_be_refused_and_use_up_their_ticket(slack: SlackServer) -> None:
    slack.socket_mode.refuse_connects(1)
    url = await link(slack)
    async with aiohttp.ClientSession() as session:
        for status in (503, 401):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(url)
            assert refused.value.status == status
        await session.ws_connect(await link(slack))


async def test_the_eleventh_connection_is_sent_away(slack: SlackServer) -> None:
    async with aiohttp.ClientSession() as session:
        kept = [await session.ws_connect(await link(slack)) for _ in range(10)]
        socket = await session.ws_connect(await link(slack))
        assert (await socket.receive_json())["reason"] == "too_many_websockets"
        assert len(slack.socket_mode.connections) == len(kept)


async def test_payloads_go_to_the_connections_in_turn(slack: SlackServer) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(await link(slack)) for _ in range(2)]
        deliveries = [asyncio.create_task(slack.shortcut("U0MIA", "launch")) for _ in sockets]
        for socket in sockets:
            await socket.receive_json()
            envelope = await socket.receive_json()
            await socket.send_json({"envelope_id": envelope["envelope_id"]})
        assert [delivery.ok for delivery in await asyncio.gather(*deliveries)] == [True, True]


async def test_a_line_that_breaks_before_the_acknowledgement_fails_the_delivery(slack: SlackServer) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect(await link(slack))
        await socket.receive_json()
        delivery = asyncio.create_task(slack.shortcut("U0MIA", "launch"))
        await socket.receive_json()
        slack.socket_mode.drop()
        assert (await delivery).error == "dispatch_failed"


async def test_without_a_connection_nothing_is_delivered(slack: SlackServer, workspace: Workspace) -> None:
    delivery = await slack.slash("U0MIA", "#ops", "rooms")
    assert (delivery.status, delivery.error) == (None, "dispatch_failed")
    assert "dispatch_failed" in workspace.ephemerals(user="U0MIA")[0].text
