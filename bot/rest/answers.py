"""What a vendor answered, what is sent to it as a file, and what most vendors mean by a status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bot.errors import BackendError, NotFound, SignInFailed, Unavailable, UnknownOutcome
from bot.model import Risk


@dataclass(frozen=True, slots=True)
class Answer:
    """What a vendor answered, whatever the status. Its `repr` shows neither headers nor body."""

    backend: str
    status: int
    headers: Mapping[str, str] = field(repr=False)  # without regard to case
    body: bytes = field(repr=False)

    @property
    def ok(self) -> bool:
        """A 2xx."""
        return 200 <= self.status < 300

    @property
    def date(self) -> str | None:
        """The vendor's clock."""
        return self.headers.get("Date")

    @property
    def retry_after(self) -> float | None:
        """The Retry-After in seconds; None where there is none (its date form is not read)."""
        words = self.headers.get("Retry-After", "").strip()
        return float(words) if words.isascii() and words.isdigit() and len(words) < 7 else None

    def json(self) -> Any:  # noqa: ANN401 (each adapter narrows what its vendor answers)
        """The body read as JSON. Raises BackendError for HTML, an empty or a cut-off body."""
        with suppress(ValueError, RecursionError):
            return json.loads(self.body)
        raise BackendError(f"{self.backend} answered something that is not JSON (status {self.status}).")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent as one part of multipart/form-data. Its `repr` shows no content."""

    filename: str
    content: bytes = field(repr=False)
    content_type: str = "application/octet-stream"


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
        raise unknown(name)
    raise BackendError(f"{name} did not accept the request (status {status}).")


def unknown(backend: str) -> UnknownOutcome:
    """What is raised when a request was written and no clear answer came."""
    return UnknownOutcome(f"{backend} gave no clear answer: it may or may not have taken effect.")
