"""What a vendor answered, and what its status means to the person who asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bot.errors import BackendError, NotFound, SignInFailed, Unavailable, UnknownOutcome
from bot.model import Risk

TOKENS_BEAR = 60  # seconds that two clocks may differ: every token is signed as valid from a minute ago


@dataclass(frozen=True, slots=True)
class Answer:
    """What a vendor answered, whatever the status. Its `repr` shows neither headers nor body."""

    backend: str
    status: int
    headers: Mapping[str, str] = field(repr=False)  # without regard to case
    body: bytes = field(repr=False)
    repeated: bool = False  # an earlier attempt broke off and may have arrived: "gone already" may be its doing

    @property
    def ok(self) -> bool:
        """A 2xx."""
        return 200 <= self.status < 300

    @property
    def is_page(self) -> bool:
        """HTML: from something on the way, or from a server at another path, not from the interface called."""
        kind = self.headers.get("Content-Type", "").strip().lower()
        return kind.startswith("text/html") or self.body[:200].lstrip().lower().startswith(
            (b"<!doctype html", b"<html")
        )

    @property
    def date(self) -> str | None:
        """The vendor's clock."""
        return self.headers.get("Date")

    def ahead(self, now: datetime) -> int | None:
        """By how many seconds `now` is ahead of the vendor's clock; None where the vendor tells no time."""
        with suppress(ValueError, OverflowError, TypeError):
            return round(now.timestamp() - parsedate_to_datetime(self.date or "").timestamp())
        return None

    @property
    def retry_after(self) -> float | None:
        """The Retry-After in seconds, its date form by the vendor's own clock; None where there is none."""
        words = self.headers.get("Retry-After", "").strip()
        if words.isascii() and words.isdigit():
            return float(words) if len(words) < 7 else None
        with suppress(ValueError, OverflowError, TypeError):
            wait = parsedate_to_datetime(words) - parsedate_to_datetime(self.date or "")
            return max(0.0, wait.total_seconds())
        return None

    def json(self) -> Any:  # noqa: ANN401 (each adapter narrows what its vendor answers)
        """The body read as JSON. Raises BackendError for HTML, an empty or a cut-off body."""
        with suppress(ValueError, RecursionError):
            return json.loads(self.body)
        raise BackendError(f"{self.backend} answered something that is not JSON (status {self.status}).")


def raise_for(answer: Answer, *, risk: Risk, what: str = "that") -> None:
    """Raise what most vendors mean by this status; a 2xx returns. `what` is the thing a 404 speaks of: "that room"."""
    if answer.ok:
        return
    name, status = answer.backend, answer.status
    if status in {401, 403}:
        raise SignInFailed(f"{name} refused the bot's own credentials; ask an administrator to check them.")
    if status == 404:
        raise NotFound(f"{name} does not know {what}.")
    if status == 409:
        raise BackendError(f"{name} says that {what} conflicts with something that is there already.")
    if status == 429:
        soon = f"{answer.retry_after:.0f} s" if answer.retry_after else "a moment"
        raise Unavailable(f"{name} is busy; try again in {soon}.")
    if status >= 500 and risk is Risk.READ:
        raise Unavailable(f"{name} failed (status {status}); try again in a moment.")
    if status >= 500:
        raise unclear(name)
    raise BackendError(f"{name} did not accept the request (status {status}).")


def refuse_clock(answer: Answer, now: datetime) -> None:
    """Of a signed token that was refused: raise that the two clocks differ by more than such a token bears."""
    ahead = answer.ahead(now)
    if ahead is not None and abs(ahead) > TOKENS_BEAR:
        raise SignInFailed(
            f"{answer.backend} refused the bot's token: the bot's clock is {ahead:+d} s off {answer.backend}'s; ask an "
            "administrator to set the clocks."
        )


def unclear(backend: str) -> UnknownOutcome:
    """The sentence for a call that was sent and got no clear answer."""
    return UnknownOutcome(f"{backend} gave no clear answer: it may or may not have taken effect.")
