"""An operation's requests and answers, recorded once between the back end and a vendor that is well, then played again.

So each request of an operation can be made to fail, not just its last, and nobody writes the answers before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from tests.fakes.raw_http import RawServer, Request, Turn, answer

LEFT_OUT = frozenset({"content-length", "transfer-encoding", "connection", "content-encoding", "host"})
CUT = Turn(close=True)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its good answer."""

    request: Request
    turn: Turn

    @property
    def place(self) -> tuple[str, str]:
        return self.request.method, self.request.target


@dataclass
class Relay(RawServer):
    """Hands every request on to a vendor. `cut`: of the request of that number the answer is lost on the way back."""

    turns: list[Turn] = field(default_factory=list)
    upstream: str = ""
    cut: int | None = None
    exchanges: list[Exchange] = field(default_factory=list)

    async def turn_for(self, request: bytes) -> Turn:
        one = Request.parse(request)
        headers = {key: value for key, value in one.headers.items() if key not in LEFT_OUT}
        place = URL(self.upstream + one.target, encoded=True)
        # A server closes what it has answered: a kept-alive connection may break under a second request.
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.request(
                one.method, place, data=one.body or None, headers=headers, allow_redirects=False
            ) as response,
        ):
            kept = {key.replace("-", "_"): value for key, value in response.headers.items()}
            kept = {key: value for key, value in kept.items() if key.replace("_", "-").lower() not in LEFT_OUT}
            turn = Turn(answer(f"{response.status} Recorded", await response.read(), **kept))
        self.exchanges.append(Exchange(one, turn))
        return CUT if self.cut == len(self.exchanges) - 1 else turn


@dataclass
class Replay(RawServer):
    """Answers as recorded until request number `fails`; that one and all after it get `failure`."""

    turns: list[Turn] = field(default_factory=list)
    exchanges: Sequence[Exchange] = ()
    fails: int = 0
    failure: Turn = field(default_factory=Turn)
    _used: set[int] = field(default_factory=set)

    def begin(self, exchanges: Sequence[Exchange], fails: int, failure: Turn) -> None:
        """Once more from the beginning."""
        self.exchanges, self.fails, self.failure = exchanges, fails, failure
        self.requests, self._used = [], set()

    async def turn_for(self, request: bytes) -> Turn:
        one = Request.parse(request)
        unused = [number for number in range(len(self.exchanges)) if number not in self._used]
        same = [number for number in unused if self.exchanges[number].place == (one.method, one.target)]
        number = next(iter(same or unused), len(self.exchanges))  # several are asked at once: not always in order
        if number >= self.fails or self.fails in self._used:
            self._used.add(self.fails)
            return self.failure
        self._used.add(number)
        return self.exchanges[number].turn
