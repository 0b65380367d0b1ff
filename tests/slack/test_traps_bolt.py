"""Traps of the stock Bolt (slack-bolt 1.30.0), each beside the proof that this bot does not fall into it.

A test that fails in its first half tells that Bolt has mended something: then our way round it may go.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urlencode

import pytest
from aiohttp.test_utils import TestServer
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.play.slack.seed import MIA
from bot.slack.bodies import FORM, JSON, Body
from tests.fakes.slack_entrance import BOT_TOKEN, SECRET, Door, opened_door

COMMAND = {"command": "/meet", "text": "help", "user_id": MIA, "team_id": "T0MEETOPS", "channel_id": "C0TEAM"}
MALFORMED = [
    (b"123", JSON),
    (b"[1]", JSON),
    (b'{"type": ', JSON),
    (b"payload=notjson", FORM),
    (b"payload=5", FORM),
    (b"text=\xff", FORM),
]


def form(**fields: str) -> bytes:
    return urlencode(COMMAND | fields).encode()


@dataclass
class Stock:
    """A Bolt application as its documentation teaches, on its own server, beside ours."""

    app: AsyncApp
    door: Door
    url: str = ""
    texts: list[str] = field(default_factory=list)

    def answers(self, then: Callable[[], Awaitable[None]] | None = None) -> None:
        async def command(ack: AsyncAck, body: Body) -> None:
            self.texts.append(body["text"])
            await ack("on it")
            if then:
                await then()

        self.app.command("/meet")(command)

    async def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        async with self.door.session.post(f"{self.url}/slack/events", data=body, headers=headers) as answer:
            return answer.status, await answer.text()

    async def send(self, body: bytes) -> tuple[int, str]:
        return await self.post(body, self.door.signed(body))


@asynccontextmanager
async def stock_server(door: Door) -> AsyncIterator[Stock]:
    client = AsyncWebClient(BOT_TOKEN, base_url=door.slack.api_url, session=door.session)
    stock = Stock(AsyncApp(client=client, signing_secret=SECRET), door)
    server = TestServer(stock.app.web_app())
    await server.start_server()
    stock.url = str(server.make_url("")).rstrip("/")
    yield stock
    await server.close()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened_door() as opened:
        yield opened


@pytest.fixture
async def stock(door: Door) -> AsyncIterator[Stock]:
    async with stock_server(door) as running:
        yield running


async def fail() -> None:
    raise KeyError("room")


async def test_the_word_payload_in_a_command_is_understood(stock: Stock) -> None:
    stock.answers()
    body = form(text="create payload review")
    assert (await stock.send(body))[0] == 404
    assert stock.texts == []
    assert (await stock.door.send(body))[0] == 200
    assert stock.door.listeners.texts == ["create payload review"]


async def test_a_failure_right_after_the_acknowledgement_does_not_take_it_back(stock: Stock) -> None:
    stock.answers(then=fail)
    stock.app._async_listeners[-1].ack_timeout = 0.05  # type: ignore[assignment]  # 3 s by default, and as long a wait
    assert (await stock.send(form()))[0] == 404
    assert stock.texts == ["help"]
    stock.door.listeners.answers["command"] = KeyError("room")
    status, text = await stock.door.send(form())
    assert (status, json.loads(text)["response_type"]) == (200, "ephemeral")


async def test_the_acknowledgement_does_not_wait_for_a_poll(stock: Stock) -> None:
    stock.answers()

    async def through_stock() -> int:
        return (await stock.app.async_dispatch(AsyncBoltRequest(body=dict(COMMAND), mode="socket_mode"))).status

    async def through_ours() -> int:
        return (await stock.door.entrance.dispatch(dict(COMMAND))).status

    async def fastest(dispatch: Callable[[], Awaitable[int]], times: int) -> float:
        took = []
        for _ in range(times):
            began = perf_counter()
            assert await dispatch() == 200
            took.append(perf_counter() - began)
        return min(took)

    assert await fastest(through_stock, 3) >= 0.009
    assert await fastest(through_ours, 30) < 0.009


@pytest.mark.parametrize(("body", "content_type"), MALFORMED)
async def test_unsigned_malformed_bodies_raise_nothing(
    stock: Stock, caplog: pytest.LogCaptureFixture, body: bytes, content_type: str
) -> None:
    assert (await stock.post(body, {"Content-Type": content_type}))[0] == 500
    assert any(record.exc_info for record in caplog.records)
    caplog.clear()
    assert (await stock.door.post(body, {"Content-Type": content_type}))[0] == 401
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("changed", [{"X-Slack-Request-Timestamp": "abc"}, {"X-Slack-Signature": "v0=é"}])
async def test_headers_that_are_no_signature_raise_nothing(stock: Stock, changed: dict[str, str]) -> None:
    body = form()
    assert (await stock.post(body, stock.door.signed(body) | changed))[0] == 500
    assert (await stock.door.post(body, stock.door.signed(body) | changed))[0] == 401


async def test_an_empty_signing_secret_is_noticed_at_the_start(stock: Stock) -> None:
    silent = AsyncApp(client=stock.app.client, signing_secret="")
    request = AsyncBoltRequest(body=form().decode(), headers={"content-type": FORM})
    assert (await silent.async_dispatch(request)).status == 500
    # ours: test_front_requests.py::test_a_signing_secret_is_demanded_at_the_start


async def test_a_replayed_command_acts_once(stock: Stock) -> None:
    stock.answers()
    body = form(text="dial standup +33612345678")
    headers = stock.door.signed(body)
    assert [(await stock.post(body, headers))[0] for _ in range(2)] == [200, 200]
    assert len(stock.texts) == 2
    assert [(await stock.door.post(body, headers))[0] for _ in range(2)] == [200, 200]
    assert len(stock.door.listeners.texts) == 1


async def test_headers_cannot_choose_which_function_runs(stock: Stock) -> None:
    stock.answers()
    body = form()
    headers = stock.door.signed(body) | {"X-Slack-Bolt-Lazy-Only": "1"}
    asking = asyncio.create_task(stock.post(body, headers))
    done, _ = await asyncio.wait({asking}, timeout=0.1)
    assert (done, stock.texts) == (set(), [])  # the command is skipped, the sender waits
    asking.cancel()
    assert (await stock.door.post(body, headers))[0] == 200
    assert stock.door.listeners.texts == ["help"]


async def test_the_first_command_does_not_wait_for_auth_test(stock: Stock) -> None:
    stock.answers()
    asked_at_start = len(stock.door.slack.workspace.calls_of("auth.test"))
    await stock.door.send(form())
    assert len(stock.door.slack.workspace.calls_of("auth.test")) == asked_at_start
    await stock.send(form())
    assert len(stock.door.slack.workspace.calls_of("auth.test")) == asked_at_start + 1


async def test_what_nobody_listens_to_is_answered_and_what_was_typed_is_not_logged(
    stock: Stock, caplog: pytest.LogCaptureFixture
) -> None:
    typed = {"type": "block_suggestion", "block_id": "b", "action_id": "room", "value": "sesame", "user": {"id": MIA}}
    body = urlencode({"payload": json.dumps(typed)}).encode()
    assert (await stock.send(body))[0] == 404
    assert "sesame" in caplog.text
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    unknown = urlencode({"payload": json.dumps(typed | {"type": "from_the_future"})}).encode()
    assert [(await stock.door.send(sent))[0] for sent in (body, unknown)] == [200, 200]
    assert "sesame" not in caplog.text


async def test_acknowledged_work_is_finished_before_the_process_ends(door: Door) -> None:
    begun, finished = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.sleep(0.05)
        finished.set()

    async with stock_server(door) as stock:
        stock.answers(then=work)
        assert (await stock.send(form()))[0] == 200
        await begun.wait()
    assert not finished.is_set()  # its server has shut down without waiting
    await finished.wait()
    finished.clear()
    door.tasks.spawn(work(), name="command")
    assert await door.tasks.drain(1.0) == 0
    assert finished.is_set()
