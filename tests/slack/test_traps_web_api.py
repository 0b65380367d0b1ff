"""Traps of the stock Web API client (slack-sdk 3.47.0) and `respond()`, beside the proof that ours has none of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.http_retry.builtin_interval_calculators import FixedValueRetryIntervalCalculator
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.metrics import Metrics
from bot.slack.client import UNREACHABLE, WebClient, new_session
from bot.slack.response_url import Delivery, ResponseUrls
from tests.fakes.raw_http import RawServer, Turn, answer

WELL = Turn(answer("200 OK", b'{"ok":true}', Content_Type="application/json"))
LOST = Turn(close=True)
BUSY = b'{"ok":false,"error":"ratelimited"}'
USED = Turn(answer("404 Not Found", b'{"ok":false,"error":"used_url"}', Content_Type="application/json"))


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with new_session() as opened:
        yield opened


def stock_client(server: RawServer, session: aiohttp.ClientSession | None = None, **more: Any) -> AsyncWebClient:
    return AsyncWebClient("xoxb-bot", base_url=f"{server.url}/api/", session=session, **more)


def our_client(server: RawServer, session: aiohttp.ClientSession) -> WebClient:
    return WebClient(session, token="xoxb-bot", api_url=f"{server.url}/api/", metrics=Metrics())


def our_sender(server: RawServer, session: aiohttp.ClientSession) -> ResponseUrls:
    return ResponseUrls(session, api_url=f"{server.url}/api/", clock=Clock(), metrics=Metrics())


def limited(retry_after: int) -> Turn:
    return Turn(answer("429 Too Many Requests", BUSY, Content_Type="application/json", Retry_After=str(retry_after)))


async def test_calls_share_a_connection(session: aiohttp.ClientSession) -> None:
    async with RawServer([WELL]) as server:
        for _ in range(3):
            await stock_client(server).auth_test()
        assert server.connections == 3
        for _ in range(3):
            await our_client(server, session).auth_test()
        assert server.connections == 4


async def test_a_call_that_hangs_ends_in_time() -> None:
    quick = aiohttp.ClientTimeout(total=0.05)
    async with RawServer([Turn(stall=1.0)]) as server, new_session() as patient, new_session(timeout=quick) as hasty:
        waiting = asyncio.create_task(stock_client(server, patient, timeout=0.05).auth_test())
        with pytest.raises(TimeoutError):
            await our_client(server, hasty).auth_test()
        done, _ = await asyncio.wait({waiting}, timeout=0.1)
        assert done == set()  # given a session, the stock client does not heed its own timeout
        waiting.cancel()


async def test_the_shared_session_has_a_time_limit(session: aiohttp.ClientSession) -> None:
    assert session.timeout.total == 10.0


async def test_a_post_that_may_have_arrived_is_not_sent_again(session: aiohttp.ClientSession) -> None:
    async with RawServer([LOST]) as server:
        stock = stock_client(server, session)
        (handler,) = stock.retry_handlers
        assert isinstance(handler, AsyncConnectionErrorRetryHandler)
        handler.interval_calculator = FixedValueRetryIntervalCalculator(0.01)  # about a second by default
        with pytest.raises(aiohttp.ClientError):
            await stock.chat_postMessage(channel="C0", text="hello")
        assert len(server.requests) == 2
        with pytest.raises(UNREACHABLE):
            await our_client(server, session).chat_postMessage(channel="C0", text="hello")
        assert len(server.requests) == 3


async def test_a_short_429_is_waited_out(session: aiohttp.ClientSession) -> None:
    async with RawServer([limited(0), WELL]) as server:
        with pytest.raises(SlackApiError):
            await stock_client(server, session).chat_postMessage(channel="C0", text="hello")
    async with RawServer([limited(0), WELL]) as server:
        await our_client(server, session).chat_postMessage(channel="C0", text="hello")
        assert len(server.requests) == 2


@pytest.mark.parametrize("retry_after", [4, 86_400])
async def test_a_long_429_is_the_callers_to_schedule(session: aiohttp.ClientSession, retry_after: int) -> None:
    async with RawServer([limited(retry_after), WELL]) as server:
        with pytest.raises(SlackApiError) as refusal:
            await our_client(server, session).chat_postMessage(channel="C0", text="hello")
        assert refusal.value.response.headers["Retry-After"] == str(retry_after)
        assert len(server.requests) == 1


async def test_a_second_429_is_not_waited_for(session: aiohttp.ClientSession) -> None:
    async with RawServer([limited(0)]) as server:
        with pytest.raises(SlackApiError):
            await our_client(server, session).chat_postMessage(channel="C0", text="hello")
        assert len(server.requests) == 2


async def test_a_join_link_given_to_slack_does_not_stand_in_an_address(session: aiohttp.ClientSession) -> None:
    link: dict[str, Any] = {"external_unique_id": "standup", "join_url": "https://8x8.vc/standup?jwt=sesame"}
    async with RawServer([WELL]) as server:
        await stock_client(server, session).calls_add(**link)
        await our_client(server, session).api_call("calls.add", json=link)
        theirs, ours = server.targets
    assert "sesame" in theirs
    assert ours == "/api/calls.add"
    assert b"sesame" in server.requests[1]


async def test_the_sender_is_told_when_a_response_url_is_used_up(session: aiohttp.ClientSession) -> None:
    async with RawServer([USED]) as server:
        url = f"{server.url}/response/x"
        await AsyncRespond(response_url=url)("hello")  # raises nothing
        assert await our_sender(server, session).send(url, {"text": "hello"}) is Delivery.USED_UP


async def test_answers_over_a_response_url_share_a_connection(session: aiohttp.ClientSession) -> None:
    async with RawServer([WELL]) as server:
        url = f"{server.url}/response/x"
        for _ in range(2):
            await AsyncRespond(response_url=url)("hello")
        assert server.connections == 2
        sender = our_sender(server, session)
        for _ in range(2):
            assert await sender.send(url, {"text": "hello"}) is Delivery.SENT
        assert server.connections == 3


async def test_an_answer_goes_to_slack_and_nowhere_else(session: aiohttp.ClientSession) -> None:
    async with RawServer([WELL]) as elsewhere:
        async with RawServer([Turn(answer("307 Temporary Redirect", Location=elsewhere.url))]) as slack:
            url = f"{slack.url}/response/x"
            await AsyncRespond(response_url=url)("hello")
            await AsyncRespond(response_url=elsewhere.url)("hello")
            assert len(elsewhere.requests) == 2
            sender = our_sender(slack, session)
            assert await sender.send(url, {"text": "hello"}) is Delivery.FAILED
            assert await sender.send(elsewhere.url, {"text": "hello"}) is Delivery.FAILED
        assert len(elsewhere.requests) == 2
