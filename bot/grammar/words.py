"""The small words of a command line. Each keeps what was meant and writes itself back as it is typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from bot.errors import BadInput
from bot.model import PhoneNumber
from bot.rules import read_span, span_words

Choice: TypeAlias = str  # one of the field's `choices`, in the declaration's spelling


@dataclass(frozen=True, slots=True)
class UserWord:
    """A Slack user, mentioned."""

    user_id: str

    def __str__(self) -> str:
        return f"<@{self.user_id}>"


@dataclass(frozen=True, slots=True)
class ChannelWord:
    """A Slack channel, mentioned."""

    channel_id: str

    def __str__(self) -> str:
        return f"<#{self.channel_id}>"


@dataclass(frozen=True, slots=True)
class ParticipantWord:
    """Somebody in a meeting: exactly one of `id` (`id:f0aa9e1e`), `user_id` (a mention) or `name` is set."""

    id: str | None = None
    user_id: str | None = None
    name: str = ""

    @property
    def everybody(self) -> bool:
        """The bare word `all`."""
        return self.name.casefold() == "all"

    def __str__(self) -> str:
        if self.user_id is not None:
            return f"<@{self.user_id}>"
        return f"id:{self.id}" if self.id is not None else self.name


@dataclass(frozen=True, slots=True)
class PhoneWord:
    """A number, or a name of the dialling book. `str` is masked where it is a number."""

    number: PhoneNumber | None = None
    name: str = ""  # of the book; or the digits of an emergency or short number, which no book has

    @property
    def short(self) -> bool:
        """Whether an emergency or short number was typed."""
        return PhoneNumber.is_short(self.name)

    def __str__(self) -> str:
        return str(self.number) if self.number is not None else self.name


@dataclass(frozen=True, slots=True)
class Duration:
    """`10m`, `2h`, `7d`, or one of the words that the field allows (`meeting`, `always`); then `span` is None."""

    span: timedelta | None
    word: str = ""

    @classmethod
    def parse(cls, words: str, allowed: tuple[str, ...] = ()) -> Duration:
        """Read a span, or one of the allowed words in any case. Raises BadInput."""
        word = words.strip().lower()
        if word in allowed:
            return cls(None, word)
        try:
            return cls(read_span(word))
        except BadInput as error:
            also = f" Or one of: {', '.join(allowed)}." if allowed else ""
            raise BadInput(f"{error}{also}") from None

    def __str__(self) -> str:
        return self.word if self.span is None else span_words(self.span)


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail address."""

    address: str

    @classmethod
    def parse(cls, words: str) -> Email:
        """Read `john@x.org`. Raises BadInput."""
        word = words.strip()
        if len(word) > 254 or not re.fullmatch(
            r"[^\s@<>\",;:\\()\[\]|]+@[^\s@.<>\",;:\\()\[\]|]+(\.[^\s@.<>\",;:\\()\[\]|]+)+", word
        ):
            raise BadInput("That is not an e-mail address, for example john@example.org.")
        return cls(word)

    def __str__(self) -> str:
        return self.address
