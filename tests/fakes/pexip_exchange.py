"""One request to a management node, whatever it is made of, and what may be compared of the answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from tests.fakes.pexip import basic

CONFIGURATION = "/api/admin/configuration/v1"
TOLD = ("Location", "Allow", "WWW-Authenticate", "Retry-After")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. `sent`: JSON, or bytes with their own `content_type`. `who`: an account, None for nobody."""

    method: str
    target: str
    sent: Any = None
    who: str | None = "slackbot"
    content_type: str = "application/json"

    def __str__(self) -> str:
        words = "" if self.sent is None else f" {self.sent!r}"[:120]
        return f"{self.method} {self.target.removeprefix(CONFIGURATION)}{words} ({self.who})"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, without what differs from day to day: moments, the server's own host, lengths."""

    status: int
    headers: dict[str, str]
    body: Any  # JSON read, other text as it stands; pages are only told apart by being pages


async def ask(session: aiohttp.ClientSession, url: str, asked: Asked) -> Said:
    """Send it as it stands, no redirect followed."""
    body = asked.sent if isinstance(asked.sent, bytes | None) else json.dumps(asked.sent).encode()
    headers = {} if asked.who is None else basic(asked.who)
    if body is not None:
        headers["Content-Type"] = asked.content_type
    address = URL(url + asked.target, encoded=True)
    async with session.request(
        asked.method, address, data=body, headers=headers, allow_redirects=False, skip_auto_headers=["Content-Type"]
    ) as reply:
        text = MOMENT.sub("(a moment)", (await reply.read()).decode(errors="replace"))
        told = {name: reply.headers[name].removeprefix(url) for name in TOLD if name in reply.headers}
        return Said(reply.status, told, json.loads(text) if reply.content_type == "application/json" else text)
