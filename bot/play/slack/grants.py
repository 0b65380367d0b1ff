"""What Slack lends the bot for a short time: trigger ids, response URLs, and its turn to post."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from bot.clock import Clock
from bot.play.slack.records import Message
from bot.play.slack.refusals import SlackRefusal

TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_URL_LIFE = timedelta(minutes=30)
RESPONSE_URL_USES = 5
POST_BURST = 5
PER_MINUTE = {2: 20, 3: 50, 4: 100}  # tier of a method to calls a minute (slack docs, rate limits)


@dataclass(slots=True)
class Trigger:
    """Permission to open one modal for one person; `view_id` when it came from inside a modal."""

    user: str
    view_id: str
    issued: datetime
    used: bool = False


class Triggers:
    """Trigger ids: three seconds, one use."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str, view_id: str = "") -> str:
        """A new trigger id for that person."""
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = Trigger(user, view_id, self._clock.now())
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use it up. Raises SlackRefusal: invalid, expired or exchanged."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackRefusal("invalid_trigger_id")
        if trigger.used:
            raise SlackRefusal("exchanged_trigger_id")
        if self._clock.now() - trigger.issued > TRIGGER_LIFE:
            raise SlackRefusal("expired_trigger_id")
        trigger.used = True
        return trigger


@dataclass(slots=True)
class ResponseGrant:
    """Permission to answer in one place through a response URL; `message` is the original of a click."""

    channel: str
    user: str
    issued: datetime
    message: Message | None = None
    uses: int = 0


class ResponseGrants:
    """Response URL tokens: five uses within thirty minutes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, ResponseGrant] = {}

    def issue(self, channel: str, user: str, message: Message | None = None) -> str:
        """A new token for that place and person."""
        token = secrets.token_urlsafe(18)
        self._issued[token] = ResponseGrant(channel, user, self._clock.now(), message)
        return token

    def use(self, token: str) -> ResponseGrant:
        """Count one use. Raises SlackRefusal `used_url` or `expired_url`, which Slack sends with HTTP 404."""
        grant = self._issued.get(token)
        if grant is None or self._clock.now() - grant.issued > RESPONSE_URL_LIFE:
            raise SlackRefusal("expired_url")
        if grant.uses >= RESPONSE_URL_USES:
            raise SlackRefusal("used_url")
        grant.uses += 1
        return grant


class Pace:
    """How fast the bot may go: a post a second and channel with bursts of five, other methods by their tier."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._left: dict[str, tuple[float, datetime]] = {}

    def take(self, channel: str) -> None:
        """Take one turn to post in that channel. Raises SlackRefusal `ratelimited` with the seconds to wait."""
        self._take(channel, burst=POST_BURST, per_second=1.0)

    def call(self, method: str, tier: int) -> None:
        """Take one call of that method. Raises SlackRefusal `ratelimited` with the seconds to wait."""
        if allowed := PER_MINUTE.get(tier):
            self._take(method, burst=allowed, per_second=allowed / 60)

    def _take(self, what: str, *, burst: int, per_second: float) -> None:
        now = self._clock.now()
        left, since = self._left.get(what, (float(burst), now))
        left = min(float(burst), left + (now - since).total_seconds() * per_second)
        if left < 1:
            self._left[what] = (left, now)
            raise SlackRefusal("ratelimited", retry_after=ceil((1 - left) / per_second))
        self._left[what] = (left - 1, now)
