"""Roles as other back ends define them: read when somebody's grant needs them, kept, and closed when they are old.

Design (design.md §7): five minutes as they were read; where a back end cannot be asked, the last good copy counts for
an hour and for reading only; after that nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from structlog import get_logger

from bot.capabilities import KeepsRoles, RoleDocument
from bot.clock import Clock
from bot.errors import BotError
from bot.remembered import Remembered
from bot.rules import Permissions

TTL = timedelta(minutes=5)
LAST_GOOD = timedelta(hours=1)
PAUSE = timedelta(seconds=15)  # after a read that failed, until the next everyday question tries again
PATIENCE = 3.0  # seconds that one read may take before it counts as failed

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RoleCopy:
    """What the roles of one back end mean now. An id that two roles bear means nothing."""

    backend: str
    roles: Mapping[str, Permissions]
    as_of: datetime | None  # when they were read; None: never, or too long ago to count
    until: datetime
    doubt: str = ""  # why they may not be today's: a sentence, empty when they are


@dataclass(frozen=True, slots=True)
class _Read:
    roles: Mapping[str, Permissions]
    at: datetime


class RoleCopies:
    """The copies of all back ends that keep roles."""

    def __init__(self, backends: Mapping[str, KeepsRoles], clock: Clock, *, patience: float = PATIENCE) -> None:
        self._backends, self._clock = backends, clock
        self._kept = {name: Remembered[_Read](name, TTL, clock, patience) for name in backends}
        self._last: dict[str, _Read] = {}
        self._failed: dict[str, datetime] = {}
        self._changes = Counter[str]()  # what was begun before a change is not kept after it

    async def told(self, names: Iterable[str], *, fresh: bool = False) -> tuple[RoleCopy, ...]:
        """One copy for each name, all asked at once. Never raises for a back end that fails."""
        return tuple(await asyncio.gather(*(self._one(name, fresh=fresh) for name in sorted(names))))

    def forget(self, name: str) -> None:
        """The roles there were changed: nothing that was read before counts any more."""
        self._changes[name] += 1
        self._last.pop(name, None)
        self._failed.pop(name, None)
        if name in self._kept:
            self._kept[name].forget(name)

    async def _one(self, name: str, *, fresh: bool) -> RoleCopy:
        resting = self._failed.get(name)
        if name not in self._kept or (not fresh and resting is not None and self._clock.now() < resting + PAUSE):
            return self._old(name)
        changes = self._changes[name]
        try:
            read, until = await self._kept[name].get(name, partial(self._read, name), fresh=fresh)
        except BotError as error:
            log.warning("roles not read", backend=name, outcome=error.outcome)
            self._failed[name] = self._clock.now()
            return self._old(name)
        if changes == self._changes[name]:
            self._last[name] = read
            self._failed.pop(name, None)
        return RoleCopy(name, read.roles, read.at, until)

    async def _read(self, name: str) -> _Read:
        asked = self._clock.now()
        return _Read(_by_id(await self._backends[name].roles()), asked)

    def _old(self, name: str) -> RoleCopy:
        now, last = self._clock.now(), self._last.get(name)
        told = f"{name} does not tell me its roles now, so roles read from it"
        if last is None or now >= last.at + LAST_GOOD:
            return RoleCopy(name, {}, None, now, f"{told} do not count; try again soon.")
        reading = {role: permissions.reading_only() for role, permissions in last.roles.items()}
        return RoleCopy(name, reading, last.at, now, f"{told} count for reading only; try again soon.")


def _by_id(roles: Sequence[RoleDocument]) -> Mapping[str, Permissions]:
    times = Counter(role.id for role in roles)
    return {role.id: role.permissions for role in roles if times[role.id] == 1}
