"""Frozen values the whole bot speaks in. Each parses itself; no I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import phonenumbers

from bot.errors import BadInput

_SEPARATORS = re.compile(r"[\s.\-()\u00a0\u2010-\u2015]")


class Risk(StrEnum):
    """What repeating a call would do (design.md §4)."""

    READ = "read"  # retried freely
    REPEATABLE = "repeatable"  # idempotent: retried on connection errors, 429, 502-504
    ONCE = "once"  # costs money or cannot be repeated: sent at most once


class Outcome(StrEnum):
    """How an action ended (interface.md §6). The visible text carries the word."""

    DONE = "done"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    QUEUED = "queued"
    ALREADY_SO = "already so"
    NOT_SUPPORTED = "not supported"
    NOT_FOUND = "not found"
    AMBIGUOUS = "ambiguous"
    REFUSED = "refused"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    DENIED = "denied"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Person:
    """A Slack identity. Names are never used to decide."""

    team_id: str
    user_id: str
    enterprise_id: str = ""

    def __str__(self) -> str:
        return f"{self.enterprise_id}/{self.team_id}/{self.user_id}"

    def beside(self, user_id: str) -> Person:
        """The person whom this one mentioned: of the same workspace."""
        return Person(self.team_id, user_id, self.enterprise_id)

    @classmethod
    def parse(cls, text: str) -> Person:
        """Read back what `str()` wrote."""
        enterprise, team, user = text.split("/")
        return cls(team, user, enterprise)


def _is_emergency(digits: str) -> bool:
    """Whether these digits, with or without a country code before them, reach an emergency service somewhere."""
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        national = digits.removeprefix(str(code))
        if any(phonenumbers.is_emergency_number(one, region) for one in {digits, national} for region in regions):
            return True
    return False


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """An E.164 number. `str` and `repr` are masked; only the wire and a private `Details` read `e164`."""

    e164: str

    @classmethod
    def parse(cls, words: str) -> PhoneNumber:
        """Read `+40 747-777 777` and the like. Raises BadInput naming the rule that failed."""
        compact = _SEPARATORS.sub("", words)
        if not compact.startswith("+"):
            raise BadInput("A phone number starts with + and the country code, for example +40747777777.")
        if not re.fullmatch(r"\+[1-9][0-9]{6,14}", compact):
            raise BadInput("That is not an E.164 number: + and 7 to 15 digits, for example +40747777777.")
        try:
            number = phonenumbers.parse(compact, None)
        except phonenumbers.NumberParseException:
            raise BadInput("No country has that prefix; check the digits after the +.") from None
        if not phonenumbers.is_possible_number(number):
            raise BadInput("That number is too short or too long for its country.")
        return cls(compact)

    @staticmethod
    def is_short(words: str) -> bool:
        """Whether it is an emergency or short number (112, +112, +40 112): no number in E.164, but one that rings."""
        compact = _SEPARATORS.sub("", words)
        digits = compact.removeprefix("+")
        if not re.fullmatch(r"[0-9]{2,6}", digits):
            return False
        return (digits == compact and not digits.startswith("0")) or _is_emergency(digits)

    @property
    def masked(self) -> str:
        """`+40 74… 777`: enough to recognise, too little to ring."""
        number = phonenumbers.parse(self.e164, None)
        national = self.e164[1 + len(str(number.country_code)) :]
        return f"+{number.country_code} {national[:2]}… {national[-3:]}"

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"PhoneNumber({self.masked!r})"


@dataclass(frozen=True, slots=True)
class JoinLink:
    """An address that lets somebody into a room. A secret: `str` and `repr` redact; one renderer may `reveal()` it."""

    _url: str
    expires_at: datetime | None  # when the link (not the meeting) ends; None: the vendor does not say
    personal: bool  # minted for one person; False: one address for everybody
    single_use: bool = False
    claims: str | None = None  # JSON from which the very same token can be minted again; never the token

    def reveal(self) -> str:
        """The URL itself, for an ephemeral message or modal of that person alone."""
        return self._url

    def __str__(self) -> str:
        return "JoinLink(…)"

    __repr__ = __str__


class Medium(StrEnum):
    """How somebody takes part."""

    WEB = "web"
    PHONE = "phone"
    SIP = "sip"


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who is in a meeting now. `id` is the vendor's id for this very presence; it changes on every re-join."""

    id: str
    name: str
    medium: Medium = Medium.WEB
    user_id: str | None = None  # the vendor's stable user id (the id the bot put into the link); BAN takes this one
    person: Person | None = None  # set when the user id is one the bot minted for a Slack person: verified
    phone: str | None = None  # E.164 where known
    moderator: bool | None = None
    joined_at: datetime | None = None
    waiting: bool = False  # before the door: not in the meeting yet
    muted: bool = False  # by the vendor, not by themselves


@dataclass(frozen=True, slots=True)
class Meeting:
    """One running (or ended) instance of a room. A room that is used again gets a new `id`."""

    id: str
    started_at: datetime | None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is in a room. `participants` is None when it is unknown, which is never the same as empty."""

    participants: tuple[Participant, ...] | None
    as_of: datetime | None
    meeting: Meeting | None = None
    why_unknown: str = ""
    last: Meeting | None = None  # the one before, where none runs now and its end is known

    @property
    def empty(self) -> bool:
        """Known to hold nobody."""
        return self.participants is not None and not self.participants


@dataclass(frozen=True, slots=True)
class VendorRoom:
    """A room as a back end answers for it."""

    vendor_id: str  # what the vendor's calls take; unique within the back end
    name: str  # the vendor's own name
    kind: str = ""  # conference, vmr, …; the vendor's word
    facts: Mapping[str, str] = field(default_factory=dict)  # shown by `show`, in this order; no secrets
    secrets: Mapping[str, str] = field(default_factory=dict)  # PINs: to the owner and monitoringMode READ_WRITE alone
    # What the bot keeps for the adapter (JaaS policy); `show` shows it but for names that begin with `_`.
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Room:
    """A room the bot knows: its handle, and the vendor's own id and name behind it."""

    id: str
    backend: str
    handle: str
    vendor_id: str
    vendor_name: str
    kind: str
    owner: Person | None  # None: made elsewhere
    created_at: datetime
    locked: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """`backend/handle`, as people read and type it."""
        return f"{self.backend}/{self.handle}"


@dataclass(frozen=True, slots=True)
class RoomWord:
    """A room as typed: `backend/handle`, or anything else that names one (alias, vendor id, join URL)."""

    backend: str | None
    name: str

    @classmethod
    def parse(cls, words: str) -> RoomWord:
        """Split off a back-end name where one stands before the first slash."""
        if not words.strip():
            raise BadInput("Name a room.")
        head, slash, tail = words.partition("/")
        if slash and tail.strip() and re.fullmatch(r"[a-z0-9_]+", head.lower()):
            return cls(head.lower(), tail.strip())
        return cls(None, words.strip())

    @property
    def is_address(self) -> bool:
        """Whether an address was pasted; it may hold a token."""
        return "://" in self.name

    @property
    def public(self) -> str:
        """The word as it may be kept and reported: of an address only what comes before its query."""
        return str(self).partition("?")[0] if self.is_address else str(self)

    def __str__(self) -> str:
        return f"{self.backend}/{self.name}" if self.backend else self.name


@dataclass(frozen=True, slots=True)
class JoinAs:
    """For whom a link is minted. `user_id` is opaque and stable; it also names the person to the vendor."""

    user_id: str
    name: str
    host: bool
    person: Person | None = None  # None: an outsider
    email: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class DialIn:
    """How to reach a room by telephone. The PIN lets anyone in: to the owner alone."""

    pin: str
    numbers: tuple[tuple[str, str], ...]  # (country code, number as the vendor formats it)
    sip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """How a back end does now: for `status`. `problem` is one sentence, empty when well."""

    ok: bool
    facts: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording of a room."""

    id: str
    name: str
    status: str
    started_at: datetime | None
    ended_at: datetime | None
