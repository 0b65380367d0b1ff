"""The feed behind the vendor panel: what was sent, what came back, and no credential."""

from __future__ import annotations

from datetime import UTC, datetime

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import MovableClock
from bot.play.exchange import Exchange, ExchangeFeed, recording

TOKEN = "eyJhbGciOiJSUzI1NiIsImtpZCI6InZwYWFz"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


async def echo(request: web.Request) -> web.Response:
    return web.json_response({"got": await request.text()}, status=201)


async def missing(request: web.Request) -> web.Response:
    raise web.HTTPNotFound(text="no such room")


def vendor(feed: ExchangeFeed) -> TestClient[web.Request, web.Application]:
    app = web.Application(middlewares=[recording(feed, "jaas")])
    app.router.add_post("/rooms/{name}", echo)
    app.router.add_get("/missing", missing)
    return TestClient(TestServer(app))


async def test_a_request_is_recorded_with_its_answer_and_a_cut_credential() -> None:
    feed = ExchangeFeed(MovableClock(NOON))
    async with vendor(feed) as client:
        await client.post("/rooms/standup?a=b", data="hello", headers={"Authorization": f"Bearer {TOKEN}"})
    assert list(feed.recent) == [
        Exchange(
            at=NOON,
            backend="jaas",
            method="POST",
            path="/rooms/standup",
            query="a=b",
            request="hello",
            status=201,
            response='{"got": "hello"}',
            authorization="Bearer eyJhbG…",
        )
    ]


async def test_a_refusal_raised_by_the_vendor_is_recorded_too() -> None:
    feed = ExchangeFeed(MovableClock(NOON))
    async with vendor(feed) as client:
        assert (await client.get("/missing")).status == 404
    assert [(e.status, e.response) for e in feed.recent] == [(404, "no such room")]


async def test_a_subscriber_hears_each_exchange_until_it_leaves() -> None:
    feed, heard = ExchangeFeed(MovableClock(NOON)), list[str]()
    leave = feed.subscribe(lambda exchange: heard.append(exchange.path))
    async with vendor(feed) as client:
        await client.get("/missing")
        leave()
        await client.post("/rooms/late", data="")
    assert heard == ["/missing"]
    assert len(feed.recent) == 2
