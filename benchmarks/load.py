"""Signed slash commands, one after the other or many at once, and how long each acknowledgement took."""

import asyncio
import hashlib
import hmac
import itertools
import time
from urllib.parse import urlencode

import aiohttp

from benchmarks.ground import CHANNEL, SIGNING_SECRET, TEAM, USER

_numbers = itertools.count()


class Sender:
    """Sends `/meet …` to one application over kept-alive connections."""

    def __init__(self, session: aiohttp.ClientSession, url: str, ground: str) -> None:
        self._session = session
        self._url = f"{url}/slack/events"
        self._ground = ground

    async def send(self, text: str) -> float:
        """One command; seconds until its acknowledgement. Raises when it was not acknowledged."""
        body, headers = self._signed(text)
        began = time.perf_counter()
        async with self._session.post(self._url, data=body, headers=headers) as answer:
            await answer.read()
            taken = time.perf_counter() - began
            if answer.status != 200:
                raise RuntimeError(f"{self._url} answered {answer.status}")
        return taken

    async def in_turn(self, text: str, count: int) -> list[float]:
        """One after the other."""
        return [await self.send(text) for _ in range(count)]

    async def at_once(self, text: str, count: int, *, side_by_side: int) -> None:
        """At most so many under way."""
        left = itertools.repeat(text, count)

        async def worker() -> None:
            for words in left:
                await self.send(words)

        await asyncio.gather(*(worker() for _ in range(side_by_side)))

    async def steadily(self, text: str, *, per_second: int, seconds: float) -> list[float]:
        """At a fixed rate, whatever the answers do."""
        began, sent = time.perf_counter(), []
        for number in range(int(per_second * seconds)):
            await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
            sent.append(asyncio.create_task(self.send(text)))
        return list(await asyncio.gather(*sent))

    def _signed(self, text: str) -> tuple[bytes, dict[str, str]]:
        number = next(_numbers)
        form = {
            "token": "t", "team_id": TEAM, "team_domain": "bench", "channel_id": CHANNEL, "channel_name": "bench",
            "user_id": USER, "user_name": "ann", "command": "/meet", "text": text, "api_app_id": "A0BENCH",
            "is_enterprise_install": "false", "trigger_id": f"1.2.{number}",
            "response_url": f"{self._ground}/response/{number}",
        }  # fmt: skip
        body = urlencode(form).encode()
        timestamp = str(int(time.time()))
        mac = hmac.new(SIGNING_SECRET.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
        return body, {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={mac}",
        }
