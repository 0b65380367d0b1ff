"""Application tokens: one per person whom the bot acts for, asked for once however many wait for it.

A token costs the server a password hash (about a second); so it is kept until shortly before its end, all who need one
at the same moment wait for the same request, and refused credentials are not tried again at once.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.backends.lasuite.refusals import check_token, content_of
from bot.clock import Clock
from bot.errors import BackendError, SignInFailed
from bot.model import Risk
from bot.rest import Answer, Rest

TOKEN = ("application", "token")
# Texts and decisions are in English; pages are not asked for.
HEADERS = {"Accept": "application/json", "Accept-Language": "en"}
PATIENCE = 15.0  # seconds for one request
RENEW_BEFORE = timedelta(seconds=60)
REFUSAL_HOLDS = timedelta(seconds=60)
MOST_KEPT = 10_000  # people


@dataclass(frozen=True, slots=True)
class _Token:
    value: str = field(repr=False)
    since: datetime
    renew_at: datetime

    def good_at(self, now: datetime) -> bool:
        return self.since <= now < self.renew_at


class Tokens:
    """The tokens of one application. None of them leaves but as the value of a header."""

    def __init__(self, rest: Rest, *, client_id: str, client_secret: SecretStr, clock: Clock) -> None:
        self._rest = rest
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock
        self._kept: OrderedDict[str, _Token] = OrderedDict()
        self._asking: dict[str, asyncio.Task[_Token]] = {}
        self._refused: tuple[datetime, str] | None = None  # when and how the application itself was refused

    async def of(self, email: str) -> str:
        """A token that acts for this person. Raises NoAccess where the server knows nobody of that address."""
        kept = self._kept.get(email)
        if kept is not None and kept.good_at(self._clock.now()):
            return kept.value
        asking = self._asking.get(email)
        if asking is None:
            asking = asyncio.create_task(self._fetch(email))
            self._asking[email] = asking
            asking.add_done_callback(lambda done: self._asked(email, done))
        return (await asyncio.shield(asking)).value  # one who gives up does not stop the others

    def drop(self, email: str, token: str) -> None:
        """Forget it: the server refused it. One that another call has renewed meanwhile stays."""
        kept = self._kept.get(email)
        if kept is not None and kept.value == token:
            del self._kept[email]

    async def probe(self) -> None:
        """See whether the server knows the application; no token is made. Raises BackendError.

        Refusing the scope comes after looking at the credentials; see "Known doubts".
        """
        answer = await self._request("")
        if answer.status not in {400}:
            check_token(answer, (self._client_secret.get_secret_value(),))
        if answer.is_page:
            raise BackendError(f"{answer.backend} answered with a web page (status 400); check its base_url.")

    def _asked(self, email: str, done: asyncio.Task[_Token]) -> None:
        self._asking.pop(email, None)
        if not done.cancelled() and done.exception() is None:
            self._kept[email] = done.result()
            self._kept.move_to_end(email)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    async def _fetch(self, email: str) -> _Token:
        if self._refused and timedelta() <= self._clock.now() - self._refused[0] < REFUSAL_HOLDS:
            raise SignInFailed(self._refused[1])
        since = self._clock.now()
        answer = await self._request(email)
        try:
            check_token(answer, (self._client_secret.get_secret_value(), email))
        except SignInFailed as error:
            self._refused = (self._clock.now(), str(error))
            raise
        self._refused = None
        return _read(answer, since)

    async def _request(self, email: str) -> Answer:
        body = {
            "client_id": self._client_id,
            "client_secret": self._client_secret.get_secret_value(),
            "grant_type": "client_credentials",
            "scope": email or "status",
        }
        return await self._rest.request(
            "POST",
            *TOKEN,
            operation="token",
            risk=Risk.READ,  # a token that nobody received harms nobody
            json=body,
            headers=HEADERS,
            timeout=PATIENCE,
            slash=True,
        )


def _read(answer: Answer, since: datetime) -> _Token:
    content = content_of(answer)
    value, lasts = content.get("access_token"), content.get("expires_in", 3600)
    usable = isinstance(value, str) and value.isascii() and value.isprintable() and " " not in value
    if not value or not usable or isinstance(lasts, bool) or not isinstance(lasts, int | float) or lasts <= 0:
        raise BackendError(f"{answer.backend} answered a request for a token without one.")
    life = timedelta(seconds=min(lasts, 86400))
    return _Token(str(value), since, since + life - min(RENEW_BEFORE, life / 10))
