"""The two other applications: one written as Bolt's documentation teaches, one tuned with what Bolt itself offers.

Both do what the measured command does: acknowledge, one call to the vendor, one post. Run as
`python -m benchmarks.peers stock|tuned <port> <slack api> <vendor>`.
"""

import asyncio
import sys

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.ground import BOT_TOKEN, SIGNING_SECRET, VENDOR_PATH


def stock(port: int, slack_api: str, vendor: str) -> None:
    """As on docs.slack.dev/tools/bolt-python: `AsyncApp`, `ack()`, the work, `say()`, `app.start(port)`."""
    client = AsyncWebClient(token=BOT_TOKEN, base_url=slack_api)
    app = AsyncApp(client=client, signing_secret=SIGNING_SECRET)

    @app.command("/meet")
    async def meet(ack: AsyncAck, say: AsyncSay) -> None:
        await ack()
        async with aiohttp.ClientSession() as session, session.get(vendor + VENDOR_PATH) as answer:
            people = await answer.json()
        await say(f"{len(people['userDTO'])} people are in")

    app.start(port=port, host="127.0.0.1")


def tuned(port: int, slack_api: str, vendor: str) -> None:
    """The same with one shared session, `process_before_response` and the work in a task of its own."""
    asyncio.run(_tuned(port, slack_api, vendor))


async def _tuned(port: int, slack_api: str, vendor: str) -> None:
    session = aiohttp.ClientSession()
    client = AsyncWebClient(token=BOT_TOKEN, base_url=slack_api, session=session)
    app = AsyncApp(client=client, signing_secret=SIGNING_SECRET, process_before_response=True)
    running: set[asyncio.Task[None]] = set()

    async def work(say: AsyncSay) -> None:
        async with session.get(vendor + VENDOR_PATH) as answer:
            people = await answer.json()
        await say(f"{len(people['userDTO'])} people are in")

    @app.command("/meet")
    async def meet(ack: AsyncAck, say: AsyncSay) -> None:
        await ack()
        task = asyncio.create_task(work(say))
        running.add(task)
        task.add_done_callback(running.discard)

    async def receive(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    web_app = web.Application()
    web_app.router.add_post("/slack/events", receive)
    runner = web.AppRunner(web_app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    {"stock": stock, "tuned": tuned}[sys.argv[1]](int(sys.argv[2]), sys.argv[3], sys.argv[4])
