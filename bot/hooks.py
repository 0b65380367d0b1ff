"""`POST /hooks/{backend}`: what vendors report. Changes the roster and confirms outcomes, nothing else.

Slack-free and HTTP-free: `bot/app.py` hands over headers and raw bytes and writes the answer out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from bot.capabilities import Backend, Event, HookRefused, ReceivesEvents, SettingsAsked
from bot.clock import Clock
from bot.errors import BadInput
from bot.roster import Roster
from bot.store import Store

LARGEST_BODY = 256 * 1024

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What goes back to the vendor."""

    status: int
    body: Mapping[str, object] = field(default_factory=dict)


class Hooks:
    """Authenticates, reads and applies one call. An unauthenticated one is never processed."""

    def __init__(
        self,
        backends: Mapping[str, Backend],
        store: Store,
        roster: Roster,
        clock: Clock,
        *,
        rejected: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self._backends = backends
        self._store = store
        self._roster = roster
        self._clock = clock
        self._rejected = rejected

    async def receive(self, name: str, headers: Mapping[str, str], raw: bytes) -> HookAnswer:
        """401 without proof, 400 for what is not readable, 200 for the rest (also events nobody knows)."""
        backend = self._backends.get(name)
        if not isinstance(backend, ReceivesEvents):
            return self._refuse(name, 404, "no such hook")
        try:
            read = backend.read_hook(headers, raw, self._clock.now())
        except HookRefused as error:
            return self._refuse(name, 401, error.reason)
        except BadInput:
            return self._refuse(name, 400, "unreadable")
        if isinstance(read, SettingsAsked):
            room = await self._store.rooms.by_vendor(name, read.vendor_id)
            return HookAnswer(200, backend.settings_answer(room.settings if room else None))
        await self._roster.apply(name, await self._by_id(name, read) if backend.reports_names else read)
        return HookAnswer(200)

    async def _by_id(self, name: str, events: Sequence[Event]) -> list[Event]:
        """Events that name a room as the vendor does, under its id. Rooms that nobody here knows are left out."""
        ids = {room.vendor_name: room.vendor_id for room in await self._store.rooms.all(name)} if events else {}
        return [replace(event, vendor_id=ids[event.vendor_id]) for event in events if event.vendor_id in ids]

    def _refuse(self, name: str, status: int, reason: str) -> HookAnswer:
        self._rejected(reason)
        log.warning("hook refused", backend=name, status=status, reason=reason)
        return HookAnswer(status)
