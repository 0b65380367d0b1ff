"""What an operator lays down, as frozen values: permissions, roles, grants, approval and dialling rules.

Areas and levels are those of seeds/003. `bot/settings` builds these values, `bot/policy` decides with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.errors import BadInput
from bot.model import PhoneNumber


class Level(StrEnum):
    """How far a permission goes. ACCESS belongs to on/off areas, READ and READ_WRITE to graded ones."""

    NO_ACCESS = "NO_ACCESS"
    READ_ACCESS = "READ_ACCESS"
    READ_WRITE_ACCESS = "READ_WRITE_ACCESS"
    ACCESS = "ACCESS"

    def covers(self, needed: Level) -> bool:
        """Whether having this level is enough. Levels of different kinds never cover each other."""
        graded = self is Level.READ_WRITE_ACCESS and needed is Level.READ_ACCESS
        return needed is Level.NO_ACCESS or self is needed or graded


_ORDER = tuple(Level)
_SWITCHES = ("api", "userInterface", "administration", "tracing")
_GRADED = ("monitoringMode", "configurationMode", "userManagement", "backends", "webServer")
AREAS = (*_SWITCHES, *_GRADED, "mediaRecording")


def level_of(area: str, word: object) -> Level:
    """The level a role's word means in that area: NO_ACCESS for an unknown word or one of the wrong kind."""
    try:
        level = Level(str(word))
    except ValueError:
        return Level.NO_ACCESS
    if area in _SWITCHES and level is not Level.ACCESS:
        return Level.NO_ACCESS
    if area in _GRADED and level is Level.ACCESS:
        return Level.NO_ACCESS
    return level


def area_words(area: str) -> str:
    """`monitoringMode` as people read it: Monitoring Mode; `api`: API."""
    if area == "api":
        return "API"
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", area)
    return spaced[:1].upper() + spaced[1:]


@dataclass(frozen=True, slots=True)
class Need:
    """A permission somebody must have. `level` may be given as its word; a word that is no level raises ValueError."""

    area: str
    level: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "level", Level(self.level))

    def __str__(self) -> str:
        words = area_words(self.area)
        if self.level == Level.READ_WRITE_ACCESS:
            return f"{words} Read/Write"
        return f"{words} Read" if self.level == Level.READ_ACCESS else words

    @property
    def in_full(self) -> str:
        """The document's own words (seeds/003, "Required Permissions"): User Management Read Access; API."""
        graded = self.level in (Level.READ_ACCESS, Level.READ_WRITE_ACCESS)
        return f"{self} Access" if graded else str(self)


@dataclass(frozen=True, slots=True)
class Permissions:
    """Area → level. Areas the bot does not know are kept; an area not named is NO_ACCESS."""

    levels: Mapping[str, Level] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Mapping[str, object]) -> Permissions:
        """Read the `permissions` object of a role (seeds/003)."""
        return cls({area: level_of(area, word) for area, word in words.items()})

    @classmethod
    def merged(cls, several: Iterable[Permissions]) -> Permissions:
        """Several roles of one person: the highest level in each area."""
        highest: dict[str, Level] = {}
        for permissions in several:
            for area, level in permissions.levels.items():
                highest[area] = max(level, highest.get(area, Level.NO_ACCESS), key=_ORDER.index)
        return cls(highest)

    def level(self, area: str) -> Level:
        """The level in that area."""
        return self.levels.get(area, Level.NO_ACCESS)

    def allows(self, need: Need) -> bool:
        """Whether these permissions are enough."""
        return self.level(need.area).covers(Level(need.level))

    def capped(self, by: Permissions) -> Permissions:
        """These permissions, but nowhere more than `by` has; levels of different kinds leave nothing."""
        return Permissions({area: _lower(level, by.level(area)) for area, level in self.levels.items()})

    def reading_only(self) -> Permissions:
        """What is left of them for looking: graded areas at READ_ACCESS, and of the switches `api` alone."""
        return Permissions({area: _reading(area, level) for area, level in self.levels.items()})

    def lacks(self, other: Permissions) -> tuple[Need, ...]:
        """What `other` has and these do not: nobody can grant it."""
        missing = (Need(area, level) for area, level in other.levels.items() if not self.level(area).covers(level))
        return tuple(missing)

    def held(self) -> tuple[Need, ...]:
        """What these permissions hold, in words: for `whoami`."""
        return tuple(Need(area, level) for area, level in self.levels.items() if level is not Level.NO_ACCESS)


def _lower(one: Level, other: Level) -> Level:
    if other.covers(one):
        return one
    return other if one.covers(other) else Level.NO_ACCESS


def _reading(area: str, level: Level) -> Level:
    if level.covers(Level.READ_ACCESS):
        return Level.READ_ACCESS
    return level if area == "api" else Level.NO_ACCESS


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions."""

    id: str
    display_name: str
    permissions: Permissions


@dataclass(frozen=True, slots=True)
class Grant:
    """Who has a role: everyone (full members only), some users, some user groups; any of them is enough.

    With `from_` the role is one of that back end, never more than the role `at_most` of this bot.
    """

    role: str
    everyone: bool = False
    users: frozenset[str] = frozenset()
    usergroups: frozenset[str] = frozenset()
    from_: str = ""
    at_most: str = ""


ADMINISTRATORS = (Need("administration", Level.ACCESS),)
HALF_AN_HOUR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """How many other people must agree before a command acts, and who they may be."""

    name: str  # what `explain` calls it: "[[approvals]] 1", "built-in: dial"
    commands: frozenset[str]
    backends: frozenset[str] = frozenset({"*"})
    approvals: int = 1
    approver_needs: tuple[Need, ...] = ADMINISTRATORS
    notify: tuple[str, ...] = ()  # users and user groups mentioned on the card
    expires: timedelta = HALF_AN_HOUR
    reason_required: bool = False

    def matches(self, verb: str, backend: str | None) -> bool:
        """Whether this rule speaks about that command on that back end."""
        return verb in self.commands and ("*" in self.backends or backend in self.backends)


@dataclass(frozen=True, slots=True)
class Dialing:
    """Which numbers may be rung and how often. Nothing may be rung while `allow` is empty."""

    allow: tuple[str, ...] = ()  # E.164 prefixes
    deny: tuple[str, ...] = ()
    per_user_per_hour: int = 10
    per_room_per_day: int = 50
    per_day: int = 200
    book: Mapping[str, PhoneNumber] = field(default_factory=dict)  # case-folded name → number

    def named(self, name: str) -> PhoneNumber | None:
        """The number behind a name of the book, any case."""
        return self.book.get(name.casefold())


def _role(role_id: str, **words: str) -> Role:
    return Role(role_id, role_id.capitalize(), Permissions.of(words))


_EVERYTHING = {area: Level.ACCESS if area in _SWITCHES else Level.READ_WRITE_ACCESS for area in AREAS}
BUILT_IN_ROLES: Mapping[str, Role] = {
    role.id: role
    for role in (
        _role("ADMINISTRATOR", **_EVERYTHING),
        _role(
            "OPERATOR",
            api="ACCESS",
            userInterface="ACCESS",
            monitoringMode="READ_WRITE_ACCESS",
            backends="READ_WRITE_ACCESS",
        ),
        _role("MEMBER", api="ACCESS", userInterface="ACCESS", monitoringMode="READ_ACCESS"),
        _role("VIEWER", api="ACCESS", monitoringMode="READ_ACCESS"),
    )
}


@dataclass(frozen=True, slots=True)
class Rules:
    """All that `SIGHUP` re-reads."""

    roles: Mapping[str, Role] = field(default_factory=lambda: BUILT_IN_ROLES)
    grants: tuple[Grant, ...] = ()
    approvals: tuple[ApprovalRule, ...] = ()
    dialing: Dialing = Dialing()


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
LONGEST_SPAN = timedelta(days=3660)


def read_span(words: str) -> timedelta:
    """Read `30m`, `2h`, `7d`. Raises BadInput for anything else, for zero and for more than ten years."""
    found = re.fullmatch(r"([0-9]{1,9})\s?([smhdw])", words.strip().lower())
    if found is None:
        raise BadInput("A duration is a number and s, m, h, d or w, for example 30m or 2h.")
    span = timedelta(**{_UNITS[found[2]]: int(found[1])}) if int(found[1]) < 10**8 else LONGEST_SPAN * 2
    if not timedelta(0) < span <= LONGEST_SPAN:
        raise BadInput("A duration is more than nothing and at most ten years.")
    return span


def span_words(span: timedelta) -> str:
    """The shortest exact way to type a span: `10m`, `2h`, `90s`."""
    seconds = int(span.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
