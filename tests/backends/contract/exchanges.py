"""An operation's requests and answers, recorded once between the back end and a vendor that is well, then played again.

So each request of an operation can be made to fail, not just its last, and nobody writes the answers before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from tests.backends.contract.failures import Failure
from tests.fakes.raw_http import RawServer, Request, Turn, answer

LEFT_OUT = frozenset({"content-length", "transfer-encoding", "connection", "content-encoding", "host"})
CUT = Turn(close=True)

Place = tuple[str, str]  # method, target
AT_ALL = ("GET", "/")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its good answer."""

    request: Request
    turn: Turn

    @property
    def place(self) -> Place:
        return self.request.method, self.request.target

    @property
    def way(self) -> Place:
        """The same without the query, in which a session's id may stand."""
        return self.request.method, self.request.target.partition("?")[0]


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
    """Answers as recorded, but request number `fails` with `failure`, however often it is sent.

    After it everything is shown as it was before it. `lasting`: nothing is, all that comes after fails as well; so does
    a request that was not recorded.
    """

    turns: list[Turn] = field(default_factory=list)
    exchanges: Sequence[Exchange] = ()
    fails: int = 0
    failure: Failure | None = None
    lasting: bool = False
    _asked: Counter[Place] = field(default_factory=Counter)
    _down: bool = False

    async def turn_for(self, request: bytes) -> Turn:
        one = Request.parse(request)
        place = (one.method, one.target)
        if place == AT_ALL:
            return Turn(answer("200 OK"))
        number, self._asked[place] = self._asked[place], self._asked[place] + 1
        before = [known.turn for known in self.exchanges[: self.fails] if known.place == place]
        recorded = [known.turn for known in self.exchanges if known.place == place]
        failing = place == self.exchanges[self.fails].place and number >= len(before)
        if failing or not recorded or (self.lasting and self._down):
            self._down = True
            assert self.failure
            return self.failure.turn_for(one)
        shown = before if self._down and before else recorded
        return shown[min(number, len(shown) - 1)]

    async def connect(self, session: aiohttp.ClientSession) -> None:
        """So that no time of the first request goes into connecting."""
        async with session.get(self.url) as opened:
            await opened.read()
        self.requests.clear()
